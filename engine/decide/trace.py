"""The trace: how a decision came about, as data. Explanations, audit and replay read it.

    {"level": "fired" | "full", "as_of": date, "decisions": [DECISION, …]}   in the order of the plan, then of the calls

    DECISION    {"decision", "title": {"zh", "en"}, "basis", "source": "path:line",
                 "arguments": {name: value},      only of a call
                 "inputs": [INPUT, …], "held": [ROW, …], "undetermined": [ROW with "because", …],
                 "failed": [ROW with "conditions", …], "not_in_force": [ROW, …],      only at level "full"
                 "result": value}      an expression has no rows, neither empty lists of them
    INPUT       {"name", "value"}, or {"name", "decision"} where the value is a list or context told under that decision
    ROW         {"row", "code", "zh", "en", "source": "path:line"}, null for a code or text that the row does not have
    because     [CAUSE, …]
    conditions  [{"text", "fact", "value", "truth": false | null, "because": [CAUSE, …]}, …], those of the row that
                do not hold, as written; "fact" and "value" only for a condition on one name
    CAUSE       {"kind", "subject", "zh", "en"}

Values are FEEL values; one that is undetermined is `engine.feel.Undetermined`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.decide.layer import Layer
from engine.decide.plan import Plan
from engine.decide.recorder import Note
from engine.decide.scope import Evaluation
from engine.feel import Cause
from engine.feel.values import FeelFunction
from engine.matching import Match, bits
from engine.model.ruleset import Decision, Ruleset
from engine.model.table import Row
from engine.source import Place

Record = dict[str, Any]
_FULL = "full"


def rendered(notes: Sequence[Note], evaluation: Evaluation, level: str, ruleset: Ruleset, plan: Plan) -> Record:
    """The trace of the notes, in their order."""
    decisions = [_decision(note, evaluation, level, ruleset, plan) for note in notes]
    return {"level": level, "as_of": evaluation.as_of, "decisions": decisions}


def source_of(place: Place) -> str:
    """`path:line`."""
    return f"{place.path}:{place.line}"


def cause_of(cause: Cause) -> Record:
    """A cause as data."""
    return {"kind": cause.kind, "subject": cause.subject, "zh": cause.message.zh, "en": cause.message.en}


def _decision(note: Note, evaluation: Evaluation, level: str, ruleset: Ruleset, plan: Plan) -> Record:
    decision = note.decision
    record: Record = {
        "decision": decision.name,
        "title": {"zh": decision.title.zh, "en": decision.title.en},
        "basis": decision.basis,
        "source": source_of(decision.place),
    }
    if note.arguments is not None:
        names = (parameter.name for parameter in decision.parameters)
        record["arguments"] = dict(zip(names, note.arguments, strict=True))
    record["inputs"] = list(_inputs(decision, evaluation, ruleset, plan))
    if note.matches:
        record.update(_rows(note, evaluation, level))
    record["result"] = note.value
    return record


def _inputs(decision: Decision, evaluation: Evaluation, ruleset: Ruleset, plan: Plan) -> Iterator[Record]:
    """What the decision reads, as far as it was there to be read: facts, and decisions that were made."""
    for name in plan.reads[decision.name]:
        if name in ruleset.references or name not in evaluation:
            continue
        value = evaluation[name]
        if isinstance(value, FeelFunction):
            continue
        if isinstance(value, dict | list | tuple):
            yield {"name": name, "decision": plan.asserted.get(name, name)}
        else:
            yield {"name": name, "value": value}


def _rows(note: Note, evaluation: Evaluation, level: str) -> Record:
    rows: Record = {"held": [], "undetermined": []}
    for layer, match, scope in note.matches:
        rows["held"].extend(_row(layer.table.rows[row]) for row in bits(match.held))
        for row in bits(match.undetermined):
            causes = [cause_of(cause) for cause in layer.conditions.causes(row, scope)]
            rows["undetermined"].append({**_row(layer.table.rows[row]), "because": causes})
    if level == _FULL:
        rows["failed"] = [failed for found in note.matches for failed in _failed(*found, evaluation)]
        rows["not_in_force"] = [
            _row(layer.table.rows[row])
            for layer, _, _ in note.matches
            for row in bits(layer.conditions.members & ~_in_force(layer, evaluation))
        ]
    return rows


def _in_force(layer: Layer, evaluation: Evaluation) -> int:
    return layer.in_force.rows(evaluation.as_of)


def _failed(layer: Layer, match: Match, scope: Mapping[str, Any], evaluation: Evaluation) -> Iterator[Record]:
    """The rows in force that do not hold, with the conditions that say so."""
    conditions = layer.conditions
    truths = match.truths
    assert truths is not None, "a full trace is made from explained matches"
    for row in bits(conditions.members & _in_force(layer, evaluation) & ~match.held & ~match.undetermined):
        parts = []
        for part in conditions.rows[row]:
            truth = truths[part.condition]
            if truth == 2:
                continue
            condition = conditions.conditions[part.condition]
            record: Record = {"text": part.text, "truth": False if truth == 0 else None}
            if condition.name is not None:
                record.update(fact=condition.name, value=scope[condition.name])
            record["because"] = [cause_of(cause) for cause in condition.causes(scope)] if truth == 1 else []
            parts.append(record)
        yield {**_row(layer.table.rows[row]), "conditions": parts}


def _row(row: Row) -> Record:
    return {
        "row": row.id,
        "code": row.code,
        "zh": row.text.zh if row.text else None,
        "en": row.text.en if row.text else None,
        "source": source_of(row.place),
    }
