"""Deciding about applications: by the current rules, stored before it is answered."""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from greenlane.api.application_fields import application_date, region_of, search_values
from greenlane.api.config import Trace
from greenlane.api.days import Clock, Days, timestamp
from greenlane.api.decisions.answer_text import body_of, trace_bytes
from greenlane.api.decisions.kill_switch import MEMBER, stopped_document, stopped_result
from greenlane.api.decisions.records import DecisionRecord, Stored
from greenlane.api.decisions.store import DecisionStore
from greenlane.api.json_text import canonical, encode
from greenlane.api.principals import LOCAL, Principal
from greenlane.api.problems import Problem, altered
from greenlane.api.releases.cache import Loaded, acceptable
from greenlane.api.releases.release_view import release_name
from greenlane.api.releases.snapshots import Snapshot, Snapshots
from greenlane.engine.decide import Result

OWNER_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Request:
    """An application as it was sent, and how it is to be decided. `known_at`: by what was recorded until then."""

    application: Any
    as_of: date | None
    trace: Trace
    key: str | None = None
    known_at: datetime | None = None

    def sha256(self) -> str:
        """Equal for requests that ask the same, however their JSON is laid out."""
        as_of = self.as_of.isoformat() if self.as_of else None
        known_at = timestamp(self.known_at) if self.known_at else None
        return request_sha256(self.application, as_of, self.trace, known_at)


def request_sha256(application: Any, as_of: str | None, trace: str, known_at: str | None) -> str:
    """The hash of what a request asks."""
    content = {"application": application, "as_of": as_of, "trace": trace}
    if known_at is not None:
        content["known_at"] = known_at
    return hashlib.sha256(canonical(content)).hexdigest()


def stored_key(kind: str, key: str | None, by: Principal, *more: int) -> str | None:
    """The name under which the store keeps an idempotency key: every caller has keys of its own."""
    if key is None:
        return None
    # Keys hold no `@`, so that no caller can choose one that another caller's would be stored as.
    owner = "" if by == LOCAL else "@" + hashlib.sha256(by.id.encode()).hexdigest()[:OWNER_DIGITS]
    return ":".join([kind + owner, key, *map(str, more)])


@dataclass(frozen=True, slots=True)
class Answer:
    """A decision as it is sent: the same bytes whenever it is asked for again."""

    decision_id: str
    body: bytes
    created: bool


class Watch(Protocol):
    """What is told of decisions while they are made."""

    def decided(self, seconds: float) -> None:
        """A decision took so long, without reading, storing and answering."""
        ...

    def waited(self, seconds: float) -> None:
        """It took so long until the decisions of a request were on disk."""
        ...

    def stored(self, status: str, product: str | None, route: str | None) -> None:
        """A decision is on disk."""
        ...


@dataclass(frozen=True, slots=True)
class DecisionService:
    """Decides and stores. Safe for many threads."""

    snapshots: Snapshots
    store: DecisionStore
    clock: Clock
    days: Days
    engine: str
    watch: Watch
    default_trace: Trace

    def decide(self, request: Request, by: Principal) -> Answer:
        """The decision, on disk. Raises `Problem` and `StoreUnavailableError`."""
        (answer,) = self.decide_all([request], by)
        if isinstance(answer, Problem):
            raise answer
        return answer

    def decide_all(self, requests: Sequence[Request], by: Principal) -> list[Answer | Problem]:
        """A decision or a problem for each, the decisions on disk. Raises `StoreUnavailableError`.

        All are decided by what was known at one moment, whatever is recorded meanwhile.
        """
        snapshot = self.snapshots.take()
        hashes = {r.key: r.sha256() for r in requests if r.key is not None}
        known = self.store.with_keys(hashes) if hashes else {}
        decided: list[DecisionRecord | Stored | Problem] = []
        for request in requests:
            earlier = known.get(request.key) if request.key is not None else None
            decided.append(earlier if earlier is not None else self._record(request, snapshot, by))
        fresh = [d for d in decided if isinstance(d, DecisionRecord)]
        stored = self._stored(fresh) if fresh else ()
        for record, found in zip(fresh, stored, strict=True):
            if found.created:
                self.watch.stored(record.status, record.product, record.route)
        waiting = iter(stored)
        settled = [next(waiting) if isinstance(d, DecisionRecord) else d for d in decided]
        return [_answer(found) for found in settled]

    def _stored(self, fresh: Sequence[DecisionRecord]) -> Sequence[Stored]:
        begun = time.perf_counter()
        stored = self.store.add(fresh)
        self.watch.waited(time.perf_counter() - begun)
        return stored

    def _record(self, request: Request, snapshot: Snapshot, by: Principal) -> DecisionRecord | Problem:
        now = self.clock()
        as_of = request.as_of or application_date(request.application) or self.days.today(now)
        try:
            loaded = acceptable(snapshot.choose(as_of, now, request.known_at), request.application, as_of)
        except Problem as problem:
            return problem
        begun = time.perf_counter()
        result, marks = _result(snapshot, loaded, request, as_of)
        self.watch.decided(time.perf_counter() - begun)
        decision_id, decided_at = str(uuid.uuid4()), timestamp(now)
        decided = result.as_json()
        searched = search_values(request.application, decided["outcome"])
        answer = {
            "decision_id": decision_id,
            "application_id": searched["application_id"],
            "decided_at": decided_at,
            "as_of": as_of.isoformat(),
            **marks,
            **decided,
            "release": release_name(loaded.record),
        }
        return DecisionRecord(
            decision_id=decision_id,
            idempotency_key=request.key,
            request_sha256=request.sha256(),
            release_id=loaded.record.id,
            engine=self.engine,
            decided_at=decided_at,
            as_of=as_of.isoformat(),
            status=result.status,
            trace_level=request.trace,
            path=encode(result.path).decode(),
            inputs=encode(request.application).decode(),
            answer=encode(answer).decode(),
            trace=trace_bytes(result.trace),
            caller=by.id,
            region=region_of(request.application),
            **searched,
        )


def _result(snapshot: Snapshot, loaded: Loaded, request: Request, as_of: date) -> tuple[Result, dict[str, Any]]:
    """The result, and what its answer says of the way it came about besides."""
    marks: dict[str, Any] = {"known_at": timestamp(request.known_at)} if request.known_at is not None else {}
    if snapshot.stopped is not None:
        marks[MEMBER] = stopped_document(snapshot.stopped)
        return stopped_result(loaded.rules.ruleset, as_of, request.trace), marks
    return loaded.rules.decide_valid(request.application, as_of, request.trace), marks


def _answer(found: Stored | DecisionRecord | Problem) -> Answer | Problem:
    if isinstance(found, Problem):
        return found
    assert isinstance(found, Stored)
    if not found.same:
        return Problem("idempotency_conflict")
    if found.altered:
        return altered(found.decision_id)
    if found.content is None:
        return Problem("erased")
    return Answer(found.decision_id, body_of(found.content), found.created)
