"""The rules that decide now, told to people and programs."""

from __future__ import annotations

from typing import Any

from greenlane.api.releases.records import ReleaseRecord
from greenlane.api.releases.release_view import release_name
from greenlane.engine.feel.json_values import json_of
from greenlane.engine.rules.ruleset import Decision, Ruleset
from greenlane.engine.rules.table import Table
from greenlane.engine.rules.vocabulary import Fact, Vocabulary
from greenlane.engine.text import Text


def ruleset_document(ruleset: Ruleset, release: ReleaseRecord) -> dict[str, Any]:
    """What decides now: its release, its owner and when it is in force, and its decisions."""
    until = ruleset.effective_until
    return {
        "release": release_name(release),
        "title": _text(ruleset.title),
        "owner": ruleset.owner,
        "language": ruleset.language,
        "effective": {"from": ruleset.effective_from.isoformat(), "until": until.isoformat() if until else None},
        "decisions": [_decision(d) for d in ruleset.decisions.values()],
        "references": [
            {"name": r.name, "title": _text(r.title), "source": r.source, "rows": len(r.rows)}
            for r in ruleset.references.values()
        ],
    }


def vocabulary_document(vocabulary: Vocabulary) -> dict[str, Any]:
    """Every fact, with its type, its labels and its place in the application."""
    return {
        "groups": [{"name": name, **_text(title)} for name, title in vocabulary.groups.items()],
        "facts": [_fact(fact) for fact in vocabulary.facts.values()],
    }


def _decision(decision: Decision) -> dict[str, Any]:
    table = decision.logic if isinstance(decision.logic, Table) else None
    return {
        "name": decision.name,
        "title": _text(decision.title),
        "basis": decision.basis,
        "kind": _kind(table),
        "parameters": [p.name for p in decision.parameters],
        "rows": len(table.rows) if table else 0,
        "source": str(decision.place),
    }


def _kind(table: Table | None) -> str:
    if table is None:
        return "value"
    return "rule set" if table.chained else "table"


def _fact(fact: Fact) -> dict[str, Any]:
    kind = fact.kind
    return {
        "name": fact.name,
        "path": list(fact.path),
        "type": kind.type.value,
        **_text(fact.title),
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


def _text(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
