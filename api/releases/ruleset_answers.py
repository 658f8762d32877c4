"""What is answered about the rules that decide now: declared once, for its bytes and for the OpenAPI document. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from greenlane.api.json_objects import JsonObject, OpenObject
from greenlane.api.releases.answers import ReleaseName
from greenlane.api.releases.records import ReleaseRecord
from greenlane.engine.feel.json_values import json_of
from greenlane.engine.rules.ruleset import Decision, Ruleset
from greenlane.engine.rules.table import Table
from greenlane.engine.rules.vocabulary import Fact, Vocabulary
from greenlane.engine.text import Text


class LabelItem(JsonObject):
    """The same in both languages."""

    zh: str
    en: str


class RulesetDocument(JsonObject):
    """What decides now: its release, its owner and when it is in force, and its decisions."""

    open = True

    release: ReleaseName
    title: LabelItem
    owner: str
    language: int
    effective: OpenObject
    decisions: Sequence[OpenObject]
    references: Sequence[OpenObject]

    @classmethod
    def of(cls, ruleset: Ruleset, release: ReleaseRecord) -> RulesetDocument:
        """The ruleset of a release."""
        until = ruleset.effective_until
        return RulesetDocument(
            ReleaseName.of(release),
            LabelItem(ruleset.title.zh, ruleset.title.en),
            ruleset.owner,
            ruleset.language,
            {"from": ruleset.effective_from.isoformat(), "until": until.isoformat() if until else None},
            [_decision(decision) for decision in ruleset.decisions.values()],
            [
                {"name": r.name, "title": _both(r.title), "source": r.source, "rows": len(r.rows)}
                for r in ruleset.references.values()
            ],
        )


class VocabularyDocument(JsonObject):
    """The facts: each with its type, its labels and its place in the application."""

    open = True

    groups: Sequence[OpenObject]
    facts: Sequence[OpenObject]

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> VocabularyDocument:
        """Every group and every fact."""
        return VocabularyDocument(
            [{"name": name, **_both(title)} for name, title in vocabulary.groups.items()],
            [_fact(fact) for fact in vocabulary.facts.values()],
        )


def _decision(decision: Decision) -> dict[str, Any]:
    table = decision.logic if isinstance(decision.logic, Table) else None
    return {
        "name": decision.name,
        "title": _both(decision.title),
        "basis": decision.basis,
        "kind": "value" if table is None else "rule set" if table.chained else "table",
        "parameters": [p.name for p in decision.parameters],
        "rows": len(table.rows) if table else 0,
        "source": str(decision.place),
    }


def _fact(fact: Fact) -> dict[str, Any]:
    kind = fact.kind
    return {
        "name": fact.name,
        "path": list(fact.path),
        "type": kind.type.value,
        **_both(fact.title),
        "unit": kind.unit or None,
        "allowed": list(kind.allowed) if kind.allowed is not None else None,
        "minimum": kind.minimum,
        "maximum": kind.maximum,
        "whole": kind.whole,
        "pattern": kind.pattern,
        "check": kind.check,
        "required": fact.required,
        "absent": json_of(fact.absent),
        "sensitivity": fact.sensitivity,
        "personal": fact.personal,
    }


def _both(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
