"""Stored decisions: read again, decided again, explained."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from api.config import Trace
from api.json_text import decode, encode
from api.principals import OPERATOR, Principal
from api.problems import Problem
from api.rendering import render_trace
from api.services.answer_text import trace_of
from api.services.causes import causes
from api.services.decide import rendered
from api.services.differences import differences
from api.services.ports import Rules
from api.services.releases import ReleaseService
from api.services.stopped import MEMBER, stopped_result, stopped_sentences
from api.store.records import DecisionRecord
from api.store.repository import Store
from engine.decide import Result
from engine.explain import Sentence

PAGE = 500
COMPARED = ("status", "outcome", "reasons", "undetermined")
"""The members of an answer that a replay must give again."""


@dataclass(frozen=True, slots=True)
class ReplayService:
    """Everything that starts from a stored decision. Safe for many threads."""

    store: Store
    releases: ReleaseService
    engine: str

    def decision(self, decision_id: str, by: Principal) -> DecisionRecord:
        """The stored decision. Raises `Problem` not_found, also when the caller may not see it."""
        found = self.store.decision(decision_id)
        if found is None or not by.scope.includes(found.region, found.caller):
            raise Problem("not_found", denied=found is not None)
        return found

    def replay(self, decision_id: str, by: Principal) -> dict[str, Any]:
        """Decides again from the stored inputs and release; says whether the result is identical, or what differs."""
        return self.replay_of(self.decision(decision_id, by))

    def replay_of(self, record: DecisionRecord) -> dict[str, Any]:
        """As `replay`, of a decision at hand. `cause` names what is not as it was: input, rules, data, engine."""
        unreadable = False
        found: list[dict[str, Any]] = []
        try:
            _, result = self._again(record, "none")
            found = list(differences(*_comparable(record, result)))
        except Problem as problem:
            unreadable = problem.code in {"release_unreadable", "not_found"}
            if not unreadable:
                raise
        identical = not found and not unreadable
        return {
            "decision_id": record.decision_id,
            "identical": identical,
            "cause": [] if identical else causes(record, self.releases, self.engine),
            "differences": found,
            "release": record.release_id,
            "engine": {"decided": record.engine, "replayed": self.engine},
        }

    def sweep(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Replays every stored decision, the newest first: its number in the store, and what its replay says."""
        below: int | None = None
        while page := self.store.search({}, None, None, below, PAGE):
            for summary in page:
                yield summary.seq, self.replay(summary.decision_id, OPERATOR)
            below = page[-1].seq

    def trace(self, decision_id: str, by: Principal) -> dict[str, Any]:
        """The full trace: the stored one, or made again by the stored release when less was stored."""
        record = self.decision(decision_id, by)
        stored = record.trace_level == "full"
        trace = trace_of(record) if stored else render_trace(self._reproduced(record)[1].trace)
        return {"decision_id": record.decision_id, "release": record.release_id, "trace": trace}

    def explanation(self, decision_id: str, by: Principal) -> dict[str, Any]:
        """Ordered sentences about how the decision came about."""
        record = self.decision(decision_id, by)
        rules, result = self._reproduced(record)
        told = stopped_sentences() if _was_stopped(record) else rules.explain(result)
        sentences = [sentence_document(s) for s in told]
        return {"decision_id": record.decision_id, "release": record.release_id, "sentences": sentences}

    def _again(self, record: DecisionRecord, trace: Trace) -> tuple[Rules, Result]:
        rules, as_of = self.releases.rules_of(record.release_id), date.fromisoformat(record.as_of)
        if _was_stopped(record):
            return rules, stopped_result(rules.ruleset, as_of, trace)
        return rules, rules.decide(decode(record.inputs.encode()), as_of, trace)

    def _reproduced(self, record: DecisionRecord) -> tuple[Rules, Result]:
        """The result with its full trace, only if it is the result that was stored."""
        rules, result = self._again(record, "full")
        stored, replayed = _comparable(record, result)
        if stored != replayed:
            raise Problem("trace_not_reproducible")
        return rules, result


def sentence_document(sentence: Sentence) -> dict[str, Any]:
    """A sentence of an explanation as JSON."""
    return {
        "zh": sentence.zh,
        "en": sentence.en,
        "heading": sentence.heading,
        "decision": sentence.decision,
        "row": sentence.row,
        "source": str(sentence.source) if sentence.source is not None else None,
    }


def _was_stopped(record: DecisionRecord) -> bool:
    """Whether the kill switch was on, so that no rule was asked."""
    return MEMBER in decode(record.answer.encode())


def _comparable(record: DecisionRecord, result: Result) -> tuple[dict[str, Any], dict[str, Any]]:
    answer = decode(record.answer.encode())
    return {name: answer[name] for name in COMPARED}, decode(encode(rendered(result)))
