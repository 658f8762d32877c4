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
from api.services.answer_text import body_of, trace_of
from api.services.decide import rendered
from api.services.ports import Rules
from api.services.releases import ReleaseService
from api.services.sight import Sight, mask_of, masked_answer, masked_result
from api.store.records import Content, DecisionRow, StoredDecision
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
    sight: Sight

    def decision(self, decision_id: str) -> StoredDecision:
        """The stored decision, which may be erased. Raises `Problem` not_found."""
        found = self.store.decision(decision_id)
        if found is None:
            raise Problem("not_found")
        return found

    def readable(self, decision_id: str) -> tuple[DecisionRow, Content]:
        """The stored decision with its content. Raises `Problem` not_found, erased."""
        found = self.decision(decision_id)
        if found.content is None:
            raise Problem("erased", more={"remains": remains(found.row)})
        return found.row, found.content

    def answer(self, decision_id: str, by: Principal) -> bytes:
        """The decision, byte for byte as it was answered, or masked."""
        record, content = self.readable(decision_id)
        if self.sight.sees(by, [record], "decision"):
            return body_of(content)
        return masked_answer(self.releases.rules_of(record.release_id), content)

    def replay(self, decision_id: str, by: Principal) -> dict[str, Any]:
        """Decides again from the stored inputs and release; says whether the result is identical, or what differs."""
        record, content = self.readable(decision_id)
        rules, result = self._again(record, content, "none")
        found = list(differences(*_comparable(content, result)))
        if found and not self.sight.sees(by, [record], "replay"):
            found = [mask_of(rules, content).value(difference) for difference in found]
        return {
            "decision_id": record.decision_id,
            "identical": not found,
            "differences": found,
            "release": record.release_id,
            "engine": {"decided": record.engine, "replayed": self.engine},
        }

    def trace(self, decision_id: str, by: Principal) -> dict[str, Any]:
        """The full trace: the stored one, or made again by the stored release when less was stored."""
        record, content = self.readable(decision_id)
        found = self.full_trace(record, content)
        if not self.sight.sees(by, [record], "trace"):
            found["trace"] = mask_of(self.releases.rules_of(record.release_id), content).trace(found["trace"])
        return found

    def full_trace(self, record: DecisionRow, content: Content) -> dict[str, Any]:
        """As `trace`, with nothing masked."""
        stored = record.trace_level == "full"
        trace = trace_of(content) if stored else render_trace(self._reproduced(record, content)[1].trace)
        return {"decision_id": record.decision_id, "release": record.release_id, "trace": trace}

    def explanation(self, decision_id: str, by: Principal) -> dict[str, Any]:
        """Ordered sentences about how the decision came about."""
        record, content = self.readable(decision_id)
        return self.sentences(record, content, masked=not self.sight.sees(by, [record], "explanation"))

    def sentences(self, record: DecisionRow, content: Content, *, masked: bool = False) -> dict[str, Any]:
        """As `explanation`."""
        rules, result = self._reproduced(record, content)
        if masked:
            result = masked_result(rules, content, result)
        sentences = [sentence_document(s) for s in rules.explain(result)]
        return {"decision_id": record.decision_id, "release": record.release_id, "sentences": sentences}

    def _again(self, record: DecisionRow, content: Content, trace: Trace) -> tuple[Rules, Result]:
        rules = self.releases.rules_of(record.release_id)
        return rules, rules.decide(decode(content.inputs.encode()), date.fromisoformat(record.as_of), trace)

    def _reproduced(self, record: DecisionRow, content: Content) -> tuple[Rules, Result]:
        """The result with its full trace, only if it is the result that was stored."""
        rules, result = self._again(record, content, "full")
        stored, replayed = _comparable(content, result)
        if stored != replayed:
            raise Problem("trace_not_reproducible")
        return rules, result


def remains(row: DecisionRow) -> dict[str, Any]:
    """What is known of a decision whose personal data has been erased."""
    return {
        "decision_id": row.decision_id,
        "decided_at": row.decided_at,
        "as_of": row.as_of,
        "status": row.status,
        "tier": row.tier,
        "product": row.product,
        "route": row.route,
        "release": row.release_id,
        "engine": row.engine,
        "path": decode(row.path.encode()) if row.path else None,
    }


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


def _comparable(content: Content, result: Result) -> tuple[dict[str, Any], dict[str, Any]]:
    answer = decode(content.answer.encode())
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
