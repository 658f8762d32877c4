"""Stored decisions: read, explained, decided again, and why that comes out otherwise. No web framework and no SQL."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from msgspec import UNSET

from greenlane.api.config import Trace
from greenlane.api.decisions.answers import (
    Difference,
    EngineVersions,
    ExplanationDocument,
    ReplayDocument,
    SentenceItem,
    TraceDocument,
    body_of,
    trace_text,
)
from greenlane.api.decisions.disclosure import Disclosure, mask_of, masked_answer, masked_result
from greenlane.api.decisions.kill_switch import MEMBER, stopped_result, stopped_sentences
from greenlane.api.decisions.records import Content, DecisionRow, StoredDecision
from greenlane.api.decisions.service import request_sha256
from greenlane.api.decisions.store import DecisionStore
from greenlane.api.json_objects import canonical, encode
from greenlane.api.principals import OPERATOR, Principal
from greenlane.api.problems import ProblemError, altered
from greenlane.api.releases.records import ReleaseRecord
from greenlane.api.releases.service import ReleaseService, content_sha256
from greenlane.engine.decide import Result
from greenlane.engine.json_text import JsonError, decode, differences
from greenlane.engine.policy import Policy

ReviewStates = Callable[[Sequence[str]], Mapping[str, str]]
"""The state of the review of each decision that has one, by its id."""

Divergence = Literal["input", "rules", "data", "engine"]

DATA = (".csv",)
"""Reference data lies in files of these endings; all others are rules."""

PAGE = 500
DIFFERENCES = 1000
"""How many a replay tells; it counts the others."""

COMPARED = ("status", "outcome", "reasons", "undetermined")
"""The members of an answer that a replay must give again."""


@dataclass(frozen=True, slots=True)
class ReplayService:
    """Everything that starts from a stored decision. Safe for many threads."""

    store: DecisionStore
    releases: ReleaseService
    engine: str
    disclosure: Disclosure
    review_states: ReviewStates

    def decision(self, decision_id: str, by: Principal) -> StoredDecision:
        """The stored decision, perhaps erased. Raises `ProblemError` not_found, also when the caller may not see it."""
        found = self.store.decision(decision_id)
        if found is None or not by.visibility.includes(found.row.region, found.row.caller):
            raise ProblemError("not_found", denied=found is not None)
        return found

    def readable(self, decision_id: str, by: Principal) -> tuple[DecisionRow, Content]:
        """The stored decision with its content. Raises `ProblemError` not_found, erased, altered."""
        found = self.decision(decision_id, by)
        if found.altered:
            raise altered(decision_id)
        if found.content is None:
            raise ProblemError("erased", more={"remains": remains(found.row)})
        return found.row, found.content

    def answer(self, decision_id: str, by: Principal) -> bytes:
        """The decision, byte for byte as it was answered, or masked."""
        record, content = self.readable(decision_id, by)
        if self.disclosure.sees(by, [record], "decision"):
            return body_of(content)
        return masked_answer(self.releases.policy_of(record.release_id), content)

    def review_state(self, decision_id: str) -> str | None:
        """The state of the review of a decision, None when there is none."""
        return self.review_states([decision_id]).get(decision_id)

    def replay(self, decision_id: str, by: Principal) -> ReplayDocument:
        """Decides again from the stored inputs and release; says whether the result is identical, or what differs."""
        stored = self.decision(decision_id, by)
        if stored.altered:
            return self._replayed(stored.row, None, [])
        record, content = self.readable(decision_id, by)
        found = self._differences(record, content)
        if found and not self.disclosure.sees(by, [record], "replay"):
            hide = mask_of(self.releases.policy_of(record.release_id), content)
            found = [hide.value(difference) for difference in found]
        return self._replayed(record, content, found)

    def _differences(self, record: DecisionRow, content: Content) -> list[dict[str, Any]] | None:
        """Where the result differs from the one stored; None where the release is not there to decide again."""
        try:
            _, result = self._again(record, content, "none")
            return list(differences(*_comparable(content, result)))
        except ProblemError as problem:
            if problem.code in {"release_unreadable", "not_found"}:
                return None
            raise

    def _replayed(
        self, record: DecisionRow, content: Content | None, found: Sequence[Mapping[str, Any]] | None
    ) -> ReplayDocument:
        identical = content is not None and found is not None and not found
        told = found or ()
        return ReplayDocument(
            record.decision_id,
            identical,
            [] if identical else divergence(record, content, self.store, self.releases, self.engine),
            [Difference(**difference) for difference in told[:DIFFERENCES]],
            record.release_id,
            EngineVersions(record.engine, self.engine),
            max(0, len(told) - DIFFERENCES) or UNSET,
        )

    def sweep(self) -> Iterator[tuple[int, ReplayDocument | None]]:
        """Replays every stored decision, the newest first: its number in the store, and what its replay says.

        None is said of a decision that was erased.
        """
        below: int | None = None
        while page := self.store.newest(below, PAGE):
            for seq, decision_id in page:
                yield seq, self._unless_erased(decision_id)
            below = page[-1][0]

    def _unless_erased(self, decision_id: str) -> ReplayDocument | None:
        try:
            return self.replay(decision_id, OPERATOR)
        except ProblemError as problem:
            if problem.code != "erased":
                raise
            return None

    def trace(self, decision_id: str, by: Principal) -> TraceDocument:
        """The full trace: the stored one, or made again by the stored release when less was stored."""
        record, content = self.readable(decision_id, by)
        trace = self._full_trace(record, content)
        if not self.disclosure.sees(by, [record], "trace"):
            trace = mask_of(self.releases.policy_of(record.release_id), content).trace(trace)
        return TraceDocument(record.decision_id, record.release_id, trace)

    def full_trace(self, record: DecisionRow, content: Content) -> TraceDocument:
        """As `trace`, of a decision at hand, with nothing masked."""
        return TraceDocument(record.decision_id, record.release_id, self._full_trace(record, content))

    def _full_trace(self, record: DecisionRow, content: Content) -> dict[str, Any]:
        stored = trace_text(content) if record.trace_level == "full" else None
        found = decode(stored) if stored is not None else self._reproduced(record, content)[1].trace
        assert found is not None
        return found

    def explanation(self, decision_id: str, by: Principal) -> ExplanationDocument:
        """Ordered sentences about how the decision came about."""
        record, content = self.readable(decision_id, by)
        return self.sentences(record, content, masked=not self.disclosure.sees(by, [record], "explanation"))

    def sentences(self, record: DecisionRow, content: Content, *, masked: bool = False) -> ExplanationDocument:
        """As `explanation`, of a decision at hand."""
        rules, result = self._reproduced(record, content)
        if masked:
            result = masked_result(rules, content, result)
        told = stopped_sentences() if _was_stopped(content) else rules.explain(result)
        return ExplanationDocument(record.decision_id, record.release_id, [SentenceItem.of(each) for each in told])

    def _again(self, record: DecisionRow, content: Content, trace: Trace) -> tuple[Policy, Result]:
        rules, as_of = self.releases.policy_of(record.release_id), date.fromisoformat(record.as_of)
        if _was_stopped(content):
            return rules, stopped_result(rules.ruleset, as_of, trace)
        return rules, rules.decide_valid(decode(content.inputs), as_of, trace)

    def _reproduced(self, record: DecisionRow, content: Content) -> tuple[Policy, Result]:
        """The result with its full trace, only if it is the result that was stored."""
        rules, result = self._again(record, content, "full")
        stored, replayed = _comparable(content, result)
        if stored != replayed:
            raise ProblemError("trace_not_reproducible")
        return rules, result


def remains(row: DecisionRow) -> dict[str, Any]:
    """What is known of a decision whose personal data has been erased."""
    return {
        "decision_id": row.decision_id,
        "decided_at": row.decided_at,
        "as_of": row.as_of,
        "status": row.status or None,
        "tier": row.tier,
        "product": row.product,
        "route": row.route,
        "release": row.release_id,
        "engine": row.engine,
        "path": decode(row.path.encode()) if row.path else None,
    }


def _was_stopped(content: Content) -> bool:
    """Whether the kill switch was on, so that no rule was asked."""
    return MEMBER in decode(content.answer)


def _comparable(content: Content, result: Result) -> tuple[dict[str, Any], dict[str, Any]]:
    answer = decode(content.answer)
    return {name: answer[name] for name in COMPARED}, decode(encode(result.as_json()))


def divergence(
    record: DecisionRow, content: Content | None, store: DecisionStore, releases: ReleaseService, engine: str
) -> list[Divergence]:
    """What is not as it was when the decision was made; `engine` where nothing stored explains it.

    There is no `content` where it was altered at rest.
    """
    found: list[Divergence] = []
    if content is None or not _input_is_whole(record, content, store):
        found.append("input")
    found += _altered(releases.store.release(record.release_id), releases.file_hashes(record.release_id))
    if not found or record.engine != engine:
        found.append("engine")
    return found


def _input_is_whole(record: DecisionRow, content: Content, store: DecisionStore) -> bool:
    """Whether the stored inputs are those that were asked about: with their day given in the request, or not."""
    try:
        application, answer = decode(content.inputs), decode(content.answer)
    except JsonError:
        return False
    days = (None, record.as_of)
    whole = canonical(application)
    hashes = [request_sha256(whole, day, record.trace_level, answer.get("known_at")) for day in days]
    return store.was_asked(record, hashes)


def _altered(release: ReleaseRecord | None, hashes: Mapping[str, Any] | None) -> list[Divergence]:
    """Which kinds of files of a release are not those that were stored."""
    if release is None:
        return ["rules", "data"]
    if content_sha256(release.files) == release.sha256:
        return []
    if hashes is None:
        return ["rules"]
    now = {path: hashlib.sha256(text.encode()).hexdigest() for path, text in release.files.items()}
    paths = {path for path in {*now, *hashes} if now.get(path) != hashes.get(path)}
    data = any(path.endswith(DATA) for path in paths)
    rules = any(not path.endswith(DATA) for path in paths)
    return [*(["rules"] if rules or not data else []), *(["data"] if data else [])]  # type: ignore[list-item]
