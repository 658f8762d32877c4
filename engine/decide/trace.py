"""The trace: how a decision came about, as JSON. Explanations, audit and replay read it. Pure.

    {"level": "fired" | "full", "as_of": date, "decisions": [DECISION, …],   in the order of the plan, then of the calls
     "left_out": [name, …],     only where a decision would make the trace too large: those that are not told
     "undetermined": [{"member": pointer, "because": [CAUSE, …]}, …]}        only where members of the answer are so

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

The inputs of a function are told with its first call. Values are as `engine.feel.json_values` writes them: numbers are
`Decimal`, an undetermined one is `{"undetermined": [CAUSE, …]}`. Parts may be the same objects in one trace and in
every other: they must not be changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from greenlane.engine.decide.evaluation import EvaluationState, Matched, Note
from greenlane.engine.decide.matching import FALSE, TRUE, UNDETERMINED, bits
from greenlane.engine.decide.matching.conditions import off_budget
from greenlane.engine.decide.plan import Plan
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.json_values import json_of, json_of_cause
from greenlane.engine.feel.value_size import MAX_TOLD, told_size
from greenlane.engine.feel.values import FeelFunction
from greenlane.engine.rules.ruleset import Decision, Ruleset
from greenlane.engine.rules.table import Row, Table

Record = dict[str, Any]
_FULL = "full"


class TraceWriter:
    """Writes the traces of one ruleset. Safe for many threads."""

    def __init__(self, ruleset: Ruleset, plan: Plan) -> None:
        self._heads = {decision.name: _head(decision) for decision in ruleset.decisions.values()}
        self._parameters = {d.name: tuple(p.name for p in d.parameters) for d in ruleset.decisions.values()}
        self._reads = {
            name: {read: plan.asserted.get(read, read) for read in reads if read not in ruleset.references}
            for name, reads in plan.reads.items()
        }
        self._readable = {read: decision for reads in self._reads.values() for read, decision in reads.items()}
        self._rows = {
            name: tuple(map(_row, decision.logic.rows)) if isinstance(decision.logic, Table) else ()
            for name, decision in ruleset.decisions.items()
        }

    def written(self, notes: Sequence[Note], state: EvaluationState, level: str) -> Record:
        """The trace of the notes, in their order."""
        # The state and its notes hold every value, so that what is known of one by its identity stays true.
        known: dict[int, Any] = {}
        inputs = dict(self._inputs(state, known))
        told: set[str] = set()
        decisions: list[Record] = []
        left_out: dict[str, None] = {}
        room = MAX_TOLD
        for note in notes:
            name = note.decision.name
            read = [] if name in told else [inputs[read] for read in self._reads[name] if read in inputs]
            try:
                record = self._decision(note, read, level, known)
                size = told_size(record)[0]
            except (FeelError, RecursionError):
                size = room + 1
            if size > room:
                left_out[name] = None
                continue
            room -= size
            told.add(name)
            decisions.append(record)
        written: Record = {"level": level, "as_of": state.as_of.isoformat(), "decisions": decisions}
        return {**written, "left_out": list(left_out)} if left_out else written

    def _inputs(self, state: EvaluationState, known: dict[int, Any]) -> Iterator[tuple[str, Record]]:
        """What there was to be read: facts, and decisions that were made."""
        for read, decision in self._readable.items():
            if read not in state:
                continue
            value = state[read]
            if isinstance(value, FeelFunction):
                continue
            if isinstance(value, dict | list | tuple):
                yield read, {"name": read, "decision": decision}
            else:
                yield read, {"name": read, "value": json_of(value, known)}

    def _decision(self, note: Note, inputs: list[Record], level: str, known: dict[int, Any]) -> Record:
        name = note.decision.name
        record = self._heads[name].copy()
        if note.arguments is not None:
            arguments = zip(self._parameters[name], note.arguments, strict=True)
            record["arguments"] = {parameter: json_of(value, known) for parameter, value in arguments}
        record["inputs"] = inputs
        if note.matched:
            record.update(_rows_told(note.matched, self._rows[name], level, known))
        record["result"] = json_of(note.value, known)
        return record


def source_of(decided: Decision | Row) -> str:
    """Where a decision or row is written: `path:line`."""
    return f"{decided.place.path}:{decided.place.line}"


def _head(decision: Decision) -> Record:
    return {
        "decision": decision.name,
        "title": {"zh": decision.title.zh, "en": decision.title.en},
        "basis": decision.basis,
        "source": source_of(decision),
    }


def _row(row: Row) -> Record:
    return {
        "row": row.id,
        "code": row.code,
        "zh": row.text.zh if row.text else None,
        "en": row.text.en if row.text else None,
        "source": source_of(row),
    }


def _rows_told(strata: tuple[Matched, ...], rows: tuple[Record, ...], level: str, known: dict[int, Any]) -> Record:
    """What became of the rows of a table, which are matched together or by strata."""
    held: list[Record] = []
    undetermined: list[Record] = []
    told: Record = {"held": held, "undetermined": undetermined}
    for conditions, _, found, scope in strata:
        if found.held:
            held.extend([rows[row] for row in bits(found.held)])
        for row in bits(found.undetermined):
            causes = [json_of_cause(cause) for cause in conditions.causes(row, scope, found.known)]
            undetermined.append({**rows[row], "because": causes})
    if level == _FULL:
        told["failed"] = [
            {**rows[row], "conditions": conditions} for matched in strata for row, conditions in _failed(matched, known)
        ]
        told["not_in_force"] = [
            rows[row] for conditions, in_force, _, _ in strata for row in bits(conditions.members & ~in_force)
        ]
    return told


def _failed(matched: Matched, known: dict[int, Any]) -> Iterator[tuple[int, list[Record]]]:
    """The rows in force that do not hold, with the conditions that say so."""
    conditions, in_force, found, _ = matched
    for row in bits(conditions.members & in_force & ~found.held & ~found.undetermined):
        yield row, list(_conditions(matched, row, known))


def _conditions(matched: Matched, row: int, known: dict[int, Any]) -> Iterator[Record]:
    """The conditions of a row that are not true."""
    conditions, _, found, scope = matched
    assert found.truths is not None, "a full trace is made from explained matches"
    for written in conditions.rows[row]:
        truth = found.truths[written.condition]
        if truth == TRUE:
            continue
        condition = conditions.conditions[written.condition]
        record: Record = {"text": written.text, "truth": False if truth == FALSE else None}
        if condition.name is not None:
            record.update(fact=condition.name, value=json_of(scope[condition.name], known))
        undetermined = truth == UNDETERMINED
        causes = conditions.causes_of(written.condition, off_budget(scope), found.known) if undetermined else ()
        record["because"] = [json_of_cause(cause) for cause in causes]
        yield record
