"""The trace of a result read into steps: the only module here that knows how a trace is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from greenlane.engine.explain.story import Seen, SeenCondition, SeenRow, Step
from greenlane.engine.feel import STRICT, Cause, evaluate_node, names_read
from greenlane.engine.rules.ruleset import Ruleset
from greenlane.engine.rules.table import Cell, Row, Table
from greenlane.engine.text import Text

Record = Mapping[str, Any]

_ROWS = {
    "held": Seen.HELD,
    "undetermined": Seen.UNDETERMINED,
    "failed": Seen.FAILED,
    "not_in_force": Seen.NOT_IN_FORCE,
}


def steps_of(trace: Record, ruleset: Ruleset) -> Iterator[Step]:
    """The steps of a trace (`engine.decide.trace`), in its order, without decisions that the ruleset does not have."""
    records = [record for record in trace["decisions"] if record["decision"] in ruleset.decisions]
    results = {record["decision"]: record["result"] for record in records if "arguments" not in record}
    for record in records:
        decision = ruleset.decisions[record["decision"]]
        table = decision.logic if isinstance(decision.logic, Table) else None
        yield Step(
            decision.name,
            record.get("arguments", {}),
            {entry["name"]: _input(entry, results) for entry in record["inputs"]},
            tuple(_rows(record, table)) if table is not None else (),
            record["result"],
        )


def _input(entry: Record, results: Record) -> Any:
    """The value read; a list or context, or a fact out of one, is looked up where it was made."""
    if "decision" not in entry:
        return entry["value"]
    made = results.get(entry["decision"])
    if entry["name"] != entry["decision"] and isinstance(made, Mapping):
        return made.get(entry["name"])
    return made


def _rows(record: Record, table: Table) -> Iterator[SeenRow]:
    found = {entry["row"]: (seen, entry) for key, seen in _ROWS.items() for entry in record.get(key, ())}
    contributing = (Seen.HELD, Seen.UNDETERMINED) if table.referral is not None else (Seen.HELD,)
    made = [row for row in table.rows if row.id in found and found[row.id][0] in contributing]
    for row in table.rows:
        if row.id not in found:
            continue
        seen, entry = found[row.id]
        yields = _yields(row, table, record["result"], made) if seen is Seen.HELD else {}
        yield SeenRow(row.id, seen, yields, _causes(entry), _conditions(entry))


def _causes(entry: Record) -> tuple[Cause, ...]:
    return tuple(
        Cause(cause["kind"], cause["subject"], Text(cause["zh"], cause["en"])) for cause in entry.get("because", ())
    )


def _conditions(entry: Record) -> tuple[SeenCondition, ...]:
    """The conditions that are false, not those that cannot be said."""
    return tuple(
        SeenCondition(condition["text"], condition.get("fact"), condition.get("value"))
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
