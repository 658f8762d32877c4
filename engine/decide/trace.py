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

The inputs of a function are told with its first call. Values are FEEL values; one that is undetermined is
`engine.feel.Undetermined`. Parts that do not depend on the facts are the same objects in every trace: they must not be
changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from greenlane.engine.decide.layer import Layer
from greenlane.engine.decide.matching import Match, bits
from greenlane.engine.decide.plan import Plan
from greenlane.engine.decide.recorder import Note
from greenlane.engine.decide.scope import Evaluation
from greenlane.engine.diagnostics import Place
from greenlane.engine.feel import Cause
from greenlane.engine.feel.values import FeelFunction
from greenlane.engine.rules.ruleset import Decision, Ruleset
from greenlane.engine.rules.table import Row, Table

Record = dict[str, Any]
_FULL = "full"


class Tracer:
    """Writes the traces of one ruleset."""

    def __init__(self, ruleset: Ruleset, plan: Plan) -> None:
        self._heads = {decision.name: _head(decision) for decision in ruleset.decisions.values()}
        self._parameters = {d.name: tuple(p.name for p in d.parameters) for d in ruleset.decisions.values()}
        self._reads = {
            name: {read: plan.asserted.get(read, read) for read in reads if read not in ruleset.references}
            for name, reads in plan.reads.items()
        }
        self._readable = {read: decision for reads in self._reads.values() for read, decision in reads.items()}
        tables = [decision.logic for decision in ruleset.decisions.values() if isinstance(decision.logic, Table)]
        self._rows = {id(table): tuple(map(_row, table.rows)) for table in tables}

    def rendered(self, notes: Sequence[Note], evaluation: Evaluation, level: str) -> Record:
        """The trace of the notes, in their order."""
        known = dict(self._inputs(evaluation))
        told: set[str] = set()
        decisions = []
        for note in notes:
            name = note.decision.name
            inputs = [] if name in told else [known[read] for read in self._reads[name] if read in known]
            told.add(name)
            decisions.append(self._decision(note, inputs, evaluation, level))
        return {"level": level, "as_of": evaluation.as_of, "decisions": decisions}

    def _decision(self, note: Note, inputs: list[Record], evaluation: Evaluation, level: str) -> Record:
        name = note.decision.name
        record = self._heads[name].copy()
        if note.arguments is not None:
            record["arguments"] = dict(zip(self._parameters[name], note.arguments, strict=True))
        record["inputs"] = inputs
        if note.matches:
            record.update(self._found(note, evaluation, level))
        record["result"] = note.value
        return record

    def _inputs(self, evaluation: Evaluation) -> Iterator[tuple[str, Record]]:
        """What there was to be read: facts, and decisions that were made."""
        for read, decision in self._readable.items():
            if read not in evaluation:
                continue
            value = evaluation[read]
            if isinstance(value, FeelFunction):
                continue
            if isinstance(value, dict | list | tuple):
                yield read, {"name": read, "decision": decision}
            else:
                yield read, {"name": read, "value": value}

    def _found(self, note: Note, evaluation: Evaluation, level: str) -> Record:
        rows = self._rows[id(note.matches[0][0].table)]
        held: list[Record] = []
        undetermined: list[Record] = []
        told: Record = {"held": held, "undetermined": undetermined}
        for layer, match, scope in note.matches:
            if match.held:
                held.extend([rows[row] for row in bits(match.held)])
            for row in bits(match.undetermined):
                causes = [cause_of(cause) for cause in layer.conditions.causes(row, scope)]
                undetermined.append({**rows[row], "because": causes})
        if level == _FULL:
            told["failed"] = [
                {**rows[row], "conditions": parts}
                for found in note.matches
                for row, parts in _failed(*found, evaluation)
            ]
            told["not_in_force"] = [
                rows[row]
                for layer, _, _ in note.matches
                for row in bits(layer.conditions.members & ~_in_force(layer, evaluation))
            ]
        return told


def source_of(place: Place) -> str:
    """`path:line`."""
    return f"{place.path}:{place.line}"


def cause_of(cause: Cause) -> Record:
    """A cause as data."""
    return {"kind": cause.kind, "subject": cause.subject, "zh": cause.message.zh, "en": cause.message.en}


def _head(decision: Decision) -> Record:
    return {
        "decision": decision.name,
        "title": {"zh": decision.title.zh, "en": decision.title.en},
        "basis": decision.basis,
        "source": source_of(decision.place),
    }


def _in_force(layer: Layer, evaluation: Evaluation) -> int:
    return layer.in_force.rows(evaluation.as_of)


def _failed(
    layer: Layer, match: Match, scope: Mapping[str, Any], evaluation: Evaluation
) -> Iterator[tuple[int, list[Record]]]:
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
        yield row, parts


def _row(row: Row) -> Record:
    return {
        "row": row.id,
        "code": row.code,
        "zh": row.text.zh if row.text else None,
        "en": row.text.en if row.text else None,
        "source": source_of(row.place),
    }
