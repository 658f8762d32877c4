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
from greenlane.engine.decide.plan import Plan
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.json_values import MAX_TOLD, json_of, json_of_cause, told_size
from greenlane.engine.feel.scope import FREE_SIZE
from greenlane.engine.feel.semantics import SCALARS
from greenlane.engine.feel.values import FeelFunction
from greenlane.engine.rules.ruleset import Decision, Ruleset
from greenlane.engine.rules.table import Row, Table

Record = dict[str, Any]
_FULL = "full"
# Of a decision beside its result: its title, place, rows.
_ITEMS_AROUND = 16
_ALONE = SCALARS - {str}


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
        room = _Room()
        inputs = dict(self._inputs(state, room.known))
        long = {read for read, entry in inputs.items() if _is_long_text(entry.get("value"))}
        told: set[str] = set()
        decisions: list[Record] = []
        left_out: dict[str, None] = {}
        for note in notes:
            name, before = note.decision.name, room.left
            reads = () if name in told else self._reads[name]
            try:
                for text in long.intersection(reads):
                    room.told(inputs[text]["value"])
                told_first = [inputs[read] for read in reads if read in inputs]
                decisions.append(self._decision(note, told_first, level, room))
            except (FeelError, RecursionError):
                left_out[name], room.left = None, before
                continue
            told.add(name)
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

    def _decision(self, note: Note, inputs: list[Record], level: str, room: _Room) -> Record:
        name = note.decision.name
        record = self._heads[name].copy()
        if note.arguments is not None:
            arguments = zip(self._parameters[name], note.arguments, strict=True)
            record["arguments"] = {parameter: room.told(value) for parameter, value in arguments}
        record["inputs"] = inputs
        if note.matched:
            record.update(_rows_told(note.matched, self._rows[name], level, room))
        record["result"] = room.told(note.value)
        return record


def _is_long_text(value: Any) -> bool:
    return type(value) is str and len(value) > FREE_SIZE


class _Room:
    """What a trace may still tell, in items; lists that share their items can be small to hold and endless to tell.

    `known` has what has been written, as `json_of` keeps it. The state and its notes hold every value, so that what is
    known of one by its identity stays true.
    """

    __slots__ = ("_sizes", "known", "left")

    def __init__(self) -> None:
        self.left = MAX_TOLD
        self.known: dict[int, Any] = {}
        self._sizes: dict[int, tuple[int, int]] = {}

    def told(self, value: Any) -> Any:
        """The value as JSON; FeelError ("limit") where there is no room for it and for what is told around it."""
        self.left -= _ITEMS_AROUND if type(value) in _ALONE else _ITEMS_AROUND + told_size(value, self._sizes)
        if self.left < 0:
            raise FeelError("limit", "too much to tell", "输出过大")
        return json_of(value, self.known)


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


def _rows_told(strata: tuple[Matched, ...], rows: tuple[Record, ...], level: str, room: _Room) -> Record:
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
            {**rows[row], "conditions": conditions} for matched in strata for row, conditions in _failed(matched, room)
        ]
        told["not_in_force"] = [
            rows[row] for conditions, in_force, _, _ in strata for row in bits(conditions.members & ~in_force)
        ]
    return told


def _failed(matched: Matched, room: _Room) -> Iterator[tuple[int, list[Record]]]:
    """The rows in force that do not hold, with the conditions that say so."""
    conditions, in_force, found, _ = matched
    for row in bits(conditions.members & in_force & ~found.held & ~found.undetermined):
        yield row, list(_conditions(matched, row, room))


def _conditions(matched: Matched, row: int, room: _Room) -> Iterator[Record]:
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
            record.update(fact=condition.name, value=room.told(scope[condition.name]))
        undetermined = truth == UNDETERMINED
        causes = conditions.causes_of(written.condition, scope, found.known) if undetermined else ()
        record["because"] = [json_of_cause(cause) for cause in causes]
        yield record
