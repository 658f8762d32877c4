"""A trace read into steps, one for each decision made: what explanations are written from. Pure.

The only module here that knows how a trace is written (`engine.decide.trace`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from greenlane.engine.feel import STRICT, Cause, evaluate_node, names_read
from greenlane.engine.feel.json_values import cause_of_json, restored
from greenlane.engine.rules.ruleset import Ruleset
from greenlane.engine.rules.table import Cell, Row, Table

Record = Mapping[str, Any]


class Seen(Enum):
    """What became of a row."""

    HELD = "held"
    UNDETERMINED = "undetermined"
    FAILED = "failed"
    NOT_IN_FORCE = "not in force"


@dataclass(frozen=True, slots=True)
class SeenCondition:
    """A condition that kept a row from holding, in the words of the row; `fact` with its `value` if about one name."""

    text: str
    fact: str | None = None
    value: Any = None


@dataclass(frozen=True, slots=True)
class SeenRow:
    """A row that was looked at. `yields` maps output or asserted fact to what it yields, as far as that is known.

    `causes` says why a row is undetermined, `conditions` which conditions failed.
    """

    id: str
    seen: Seen
    yields: Mapping[str, Any]
    causes: tuple[Cause, ...] = ()
    conditions: tuple[SeenCondition, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionStep:
    """One decision as it was made; a function as often as it was called, each time with its `arguments`.

    `inputs` maps every name read to its value, in the order read. `rows` is in the order of the table; the rows that
    did not hold are missing when the trace left them out.
    """

    decision: str
    arguments: Mapping[str, Any]
    inputs: Mapping[str, Any]
    rows: tuple[SeenRow, ...]
    result: Any


_ROWS = {
    "held": Seen.HELD,
    "undetermined": Seen.UNDETERMINED,
    "failed": Seen.FAILED,
    "not_in_force": Seen.NOT_IN_FORCE,
}


def steps_of(trace: Record, ruleset: Ruleset) -> Iterator[DecisionStep]:
    """The steps of a trace (`engine.decide.trace`), in its order, without decisions that the ruleset does not have."""
    records = [record for record in trace["decisions"] if record["decision"] in ruleset.decisions]
    results = {r["decision"]: restored(r["result"]) for r in records if "arguments" not in r}
    for record in records:
        decision = ruleset.decisions[record["decision"]]
        table = decision.logic if isinstance(decision.logic, Table) else None
        result = restored(record["result"]) if "arguments" in record else results[decision.name]
        yield DecisionStep(
            decision.name,
            restored(record.get("arguments", {})),
            {entry["name"]: _input(entry, results) for entry in record["inputs"]},
            tuple(_rows(record, table, result)) if table is not None else (),
            result,
        )


def members_of(trace: Record) -> Iterator[tuple[str, tuple[Cause, ...]]]:
    """The members of the answer that cannot be told, by their pointers, and why."""
    for entry in trace.get("undetermined", ()):
        yield entry["member"], tuple(map(cause_of_json, entry["because"]))


def _input(entry: Record, results: Record) -> Any:
    """The value read; a list or context, or a fact out of one, is looked up where it was made."""
    if "decision" not in entry:
        return restored(entry["value"])
    made = results.get(entry["decision"])
    if entry["name"] != entry["decision"] and isinstance(made, Mapping):
        return made.get(entry["name"])
    return made


def _rows(record: Record, table: Table, result: Any) -> Iterator[SeenRow]:
    found = {entry["row"]: (seen, entry) for key, seen in _ROWS.items() for entry in record.get(key, ())}
    contributing = (Seen.HELD, Seen.UNDETERMINED) if table.referral is not None else (Seen.HELD,)
    made = [row for row in table.rows if row.id in found and found[row.id][0] in contributing]
    for row in table.rows:
        if row.id not in found:
            continue
        seen, entry = found[row.id]
        yields = _yields(row, table, result, made) if seen is Seen.HELD else {}
        yield SeenRow(row.id, seen, yields, tuple(map(cause_of_json, entry.get("because", ()))), _conditions(entry))


def _conditions(entry: Record) -> tuple[SeenCondition, ...]:
    """The conditions that are false, not those that cannot be said."""
    return tuple(
        SeenCondition(condition["text"], condition.get("fact"), restored(condition.get("value")))
        for condition in entry.get("conditions", ())
        if condition["truth"] is False
    )


def _yields(row: Row, table: Table, result: Any, made: Sequence[Row]) -> dict[str, Any]:
    """What the row yields: what it writes down as it is, and what it computes as far as the result shows it."""
    cells = row.asserts or {
        output.name: cell for output, cell in zip(table.outputs, row.outputs, strict=True) if cell is not None
    }
    shown = _shown(row, table, result, made)
    return {name: _constant(cell) if not names_read(cell.node) else shown.get(name) for name, cell in cells.items()}


def _constant(cell: Cell) -> Any:
    return evaluate_node(cell.node, {}, STRICT)


def _shown(row: Row, table: Table, result: Any, made: Sequence[Row]) -> Record:
    """The part of the result that this row made, empty where it cannot be told."""
    part = result
    if isinstance(result, list | tuple) and len(result) == len(made):
        part = result[made.index(row)]
    elif len(made) > 1 and not row.asserts:
        return {}
    if isinstance(part, Mapping):
        return part
    return {table.outputs[0].name: part} if len(table.outputs) == 1 else {}
