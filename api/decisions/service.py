"""Deciding about applications: by what is in force, stored before it is answered. No web framework and no SQL."""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Protocol

from msgspec import UNSET

from greenlane.api.application_fields import application_date, region_of, search_values
from greenlane.api.config import AnswerLimits, Trace
from greenlane.api.days import Clock, Days, timestamp
from greenlane.api.decisions.answers import SealedAnswer, body_of, compressed, conclusion, with_trace
from greenlane.api.decisions.kill_switch import stopped_member, stopped_result
from greenlane.api.decisions.records import NO_STATUS, DecisionRecord, Stored
from greenlane.api.decisions.store import DecisionStore
from greenlane.api.json_objects import canonical, encode
from greenlane.api.principals import LOCAL, Principal
from greenlane.api.problems import ProblemError, altered, answer_full
from greenlane.api.releases.loaded import LoadedRelease
from greenlane.api.releases.snapshots import Snapshot, Snapshots
from greenlane.engine.decide import Result

OWNER_DIGITS = 16


@dataclass(frozen=True)
class Application:
    """A JSON value that was sent as an application, numbers as decimals; it need not be one that a release takes."""

    value: Any

    @cached_property
    def canonical(self) -> bytes:
        """Its one serialisation, which is hashed, sealed and stored: equal for equal values, however they were sent."""
        return canonical(self.value)


@dataclass(frozen=True)
class Request:
    """An application, and how it is to be decided. `known_at`: by what was recorded until then."""

    application: Application
    as_of: date | None
    trace: Trace
    key: str | None = None
    known_at: datetime | None = None

    @cached_property
    def sha256(self) -> str:
        """Equal for requests that ask the same, however their JSON is laid out."""
        as_of = self.as_of.isoformat() if self.as_of else None
        known_at = timestamp(self.known_at) if self.known_at else None
        return request_sha256(self.application.canonical, as_of, self.trace, known_at)


def request_sha256(application: bytes, as_of: str | None, trace: str, known_at: str | None) -> str:
    """The hash of what a request asks, of the canonical bytes of its application."""
    known = [b'"known_at":', encode(known_at), b","] if known_at is not None else []
    asked = [b'{"application":', application, b',"as_of":', encode(as_of), b",", *known, b'"trace":', encode(trace)]
    return hashlib.sha256(b"".join((*asked, b"}"))).hexdigest()


def stored_key(kind: str, key: str | None, by: Principal, *more: int) -> str | None:
    """The name under which the store keeps an idempotency key: every caller has keys of its own."""
    if key is None:
        return None
    # Keys hold no `@`, so that no caller can choose one that another caller's would be stored as.
    owner = "" if by == LOCAL else "@" + hashlib.sha256(by.id.encode()).hexdigest()[:OWNER_DIGITS]
    return ":".join([kind + owner, key, *map(str, more)])


@dataclass(frozen=True, slots=True)
class Answered:
    """A decision as it is sent: the same bytes whenever it is asked for again."""

    decision_id: str
    body: bytes
    created: bool


class DecisionObserver(Protocol):
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
    observer: DecisionObserver
    default_trace: Trace
    limits: AnswerLimits

    def decide(self, request: Request, by: Principal) -> Answered:
        """The decision, on disk. Raises `ProblemError` and `StoreUnavailableError`."""
        (answer,) = self.decide_all([request], by)
        if isinstance(answer, ProblemError):
            raise answer
        return answer

    def decide_all(self, requests: Sequence[Request], by: Principal) -> list[Answered | ProblemError]:
        """A decision or a problem for each, the decisions on disk. Raises `StoreUnavailableError`.

        All are decided by what was known at one moment, whatever is recorded meanwhile. Once the decisions have the
        size that an answer may have, those after them are problems (answer_full), and nothing is decided of them. Of
        all faults together the first are told, and at least one of each request that has any.
        """
        snapshot = self.snapshots.take()
        hashes = {request.key: request.sha256 for request in requests if request.key is not None}
        earlier = self.store.with_keys(hashes) if hashes else {}
        found: list[Answered | ProblemError | _Fresh] = []
        size, faults = 0, self.limits.faults
        for request in requests:
            if size > self.limits.size:
                found.append(answer_full(self.limits.size))
                continue
            known = earlier.get(request.key) if request.key is not None else None
            each = _earlier(known) if known is not None else self._decided(request, snapshot, by, max(1, faults))
            if isinstance(each, ProblemError):
                faults -= len(each.errors)
            else:
                size += len(each.body)
            found.append(each)
        answered = iter(self._stored([each for each in found if isinstance(each, _Fresh)]))
        return [next(answered) if isinstance(each, _Fresh) else each for each in found]

    def _stored(self, fresh: Sequence[_Fresh]) -> list[Answered | ProblemError]:
        """The decisions, once they are on disk: or what another request with the same key had decided before."""
        if not fresh:
            return []
        begun = time.perf_counter()
        stored = self.store.add([each.record for each in fresh])
        self.observer.waited(time.perf_counter() - begun)
        for each, found in zip(fresh, stored, strict=True):
            if found.created:
                self.observer.stored(each.record.status, each.record.product, each.record.route)
        return [
            Answered(each.record.decision_id, each.body, created=True) if found.created else _earlier(found)
            for each, found in zip(fresh, stored, strict=True)
        ]

    def _decided(self, request: Request, snapshot: Snapshot, by: Principal, faults: int) -> _Fresh | ProblemError:
        now = self.clock()
        as_of = request.as_of or application_date(request.application.value) or self.days.today(now)
        try:
            loaded = snapshot.choose(as_of, now, request.known_at)
            loaded.accept(request.application.value, as_of, faults)
        except ProblemError as problem:
            return problem
        begun = time.perf_counter()
        result = _result(snapshot, loaded, request, as_of)
        self.observer.decided(time.perf_counter() - begun)
        members = conclusion(result)
        searched = search_values(request.application.value, members["outcome"])
        answer = SealedAnswer(
            decision_id=str(uuid.uuid4()),
            application_id=searched["application_id"],
            decided_at=timestamp(now),
            as_of=as_of.isoformat(),
            known_at=timestamp(request.known_at) if request.known_at is not None else UNSET,
            kill_switch=UNSET if snapshot.stopped is None else stopped_member(snapshot.stopped),
            **members,
            release=loaded.name,
        )
        return _fresh(request, answer, result, self.engine, by, searched)


@dataclass(frozen=True, slots=True)
class _Fresh:
    """A decision that is yet to be stored, and the bytes that are sent once it is."""

    record: DecisionRecord
    body: bytes


def _fresh(
    request: Request,
    answer: SealedAnswer,
    result: Result,
    engine: str,
    by: Principal,
    searched: Mapping[str, str | None],
) -> _Fresh:
    sealed = encode(answer)
    trace = encode(result.trace) if result.trace is not None else None
    record = DecisionRecord(
        decision_id=answer.decision_id,
        idempotency_key=request.key,
        request_sha256=request.sha256,
        release_id=answer.release.id,
        engine=engine,
        decided_at=answer.decided_at,
        as_of=answer.as_of,
        status=answer.status or NO_STATUS,
        trace_level=request.trace,
        path=encode(result.path).decode(),
        inputs=request.application.canonical,
        answer=sealed,
        trace=compressed(trace),
        caller=by.id,
        region=region_of(request.application.value),
        **searched,
    )
    return _Fresh(record, with_trace(sealed, trace))


def _result(snapshot: Snapshot, loaded: LoadedRelease, request: Request, as_of: date) -> Result:
    if snapshot.stopped is not None:
        return stopped_result(loaded.policy.ruleset, as_of, request.trace)
    return loaded.policy.decide_valid(request.application.value, as_of, request.trace)


def _earlier(found: Stored) -> Answered | ProblemError:
    """The decision that a request with the same key was given before."""
    if not found.same:
        return ProblemError("idempotency_conflict")
    if found.altered:
        return altered(found.decision_id)
    if found.content is None:
        return ProblemError("erased")
    return Answered(found.decision_id, body_of(found.content), created=False)
