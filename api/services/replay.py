"""Stored decisions: read again, decided again, explained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from api.config import Trace
from api.json_text import decode, encode
from api.principals import Principal
from api.problems import Problem, pointer
from api.rendering import render_trace
from api.services.answer_text import trace_of
from api.services.decide import rendered
from api.services.ports import Rules
from api.services.releases import ReleaseService
from api.store.records import DecisionRecord
from api.store.repository import Store
from engine.decide import Result
from engine.explain import Sentence

COMPARED = ("status", "outcome", "reasons", "undetermined")
"""The members of an answer that a replay must give again."""

ABSENT = object()


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
        record = self.decision(decision_id, by)
        _, result = self._again(record, "none")
        found = list(differences(*_comparable(record, result)))
        return {
            "decision_id": record.decision_id,
            "identical": not found,
            "differences": found,
            "release": record.release_id,
            "engine": {"decided": record.engine, "replayed": self.engine},
        }

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
        sentences = [sentence_document(s) for s in rules.explain(result)]
        return {"decision_id": record.decision_id, "release": record.release_id, "sentences": sentences}

    def _again(self, record: DecisionRecord, trace: Trace) -> tuple[Rules, Result]:
        rules = self.releases.rules_of(record.release_id)
        return rules, rules.decide(decode(record.inputs.encode()), date.fromisoformat(record.as_of), trace)

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


def _comparable(record: DecisionRecord, result: Result) -> tuple[dict[str, Any], dict[str, Any]]:
    answer = decode(record.answer.encode())
    return {name: answer[name] for name in COMPARED}, decode(encode(rendered(result)))


def differences(stored: Any, replayed: Any, *at: str | int) -> Iterator[dict[str, Any]]:
    """Where two JSON values differ: the deepest places, with both values (one that is not there is left out)."""
    if isinstance(stored, Mapping) and isinstance(replayed, Mapping):
        for key in [*stored, *(k for k in replayed if k not in stored)]:
            yield from differences(stored.get(key, ABSENT), replayed.get(key, ABSENT), *at, key)
    elif isinstance(stored, list) and isinstance(replayed, list):
        for index in range(max(len(stored), len(replayed))):
            yield from differences(_item(stored, index), _item(replayed, index), *at, index)
    elif stored is ABSENT or replayed is ABSENT or type(stored) is not type(replayed) or stored != replayed:
        found = {"pointer": pointer(*at), "stored": stored, "replayed": replayed}
        yield {name: value for name, value in found.items() if value is not ABSENT}


def _item(items: list[Any], index: int) -> Any:
    return items[index] if index < len(items) else ABSENT
