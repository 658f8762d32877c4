"""The header of a table: what each column means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from greenlane.engine.diagnostics import DiagnosticSink
from greenlane.engine.rules.files.decision_frame import DecisionFrame
from greenlane.engine.rules.files.names import COLUMN_WORDS, Names, unknown
from greenlane.engine.rules.files.table_text import ANNOTATIONS, HeaderCell, RawTable
from greenlane.engine.rules.vocabulary import FactKind, ratio


class Role(Enum):
    """What the cells of a column are."""

    ANNOTATION = "annotation"
    TEST = "test"
    WHEN = "when"
    THEN = "then"
    OUTPUT = "output"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ColumnMeaning:
    """`kind` is that of the fact or output, None where it is not known."""

    role: Role
    name: str
    kind: FactKind | None


def read_header(
    table: RawTable, frame: DecisionFrame, constant: frozenset[str], names: Names, sink: DiagnosticSink
) -> tuple[ColumnMeaning, ...]:
    """The meaning of each column; `constant` are outputs that the section sets.

    Columns that are unknown, there twice or missing are errors, and so is a unit that is not the fact's own.
    """
    outputs = {output.name: output.kind for output in frame.outputs}
    columns: list[ColumnMeaning] = []
    seen: dict[str, HeaderCell] = {}
    for cell in table.header:
        column = _meaning(cell, outputs, frame, names, sink)
        columns.append(column)
        if cell.name in seen:
            first = seen[cell.name].cell.place
            message = f"the column `{cell.name}` is there twice"
            sink.error("GL126", message, cell.cell.place, "remove one of them", (first,))
        elif cell.name in constant:
            sink.error("GL126", f"`{cell.name}` is a column and under `set`", cell.cell.place, "remove one of them")
        seen.setdefault(cell.name, cell)
        _check_unit(cell, column, sink)
    _check_complete(table, frame, constant, frozenset(seen), sink)
    return tuple(columns)


def _meaning(
    cell: HeaderCell, outputs: Mapping[str, FactKind], frame: DecisionFrame, names: Names, sink: DiagnosticSink
) -> ColumnMeaning:
    name = cell.name
    if name in ANNOTATIONS:
        return ColumnMeaning(Role.ANNOTATION, name, None)
    if name == "when":
        return ColumnMeaning(Role.WHEN, name, None)
    if name == "then" and frame.asserted:
        return ColumnMeaning(Role.THEN, name, None)
    if name in outputs:
        return ColumnMeaning(Role.OUTPUT, name, outputs[name])
    if name in names.kinds:
        return ColumnMeaning(Role.TEST, name, names.kinds[name])
    if not name:
        sink.error("GL126", "this column has no name", cell.cell.place, "name it, or remove it")
    elif names.complete and name not in frame.faulty:
        unknown(name, [*outputs, *names.kinds, *COLUMN_WORDS], "column", cell.cell.place, sink)
    return ColumnMeaning(Role.UNKNOWN, name, None)


def _check_unit(cell: HeaderCell, column: ColumnMeaning, sink: DiagnosticSink) -> None:
    if not cell.unit or column.role is Role.UNKNOWN:
        return
    if column.role not in (Role.TEST, Role.OUTPUT):
        sink.error("GL206", f"`{cell.name}` has no unit", cell.cell.place, f"write `{cell.name}`")
        return
    if column.kind is None or column.kind.unit == cell.unit:
        return
    unit = column.kind.unit
    if not unit:
        sink.error("GL206", f"`{cell.name}` has no unit", cell.cell.place, f"write `{cell.name}`")
        return
    factor = ratio(unit, cell.unit)
    scale = f"; 1 {unit} = {factor.normalize():f} {cell.unit}" if factor else ""
    message = f"`{cell.name}` is in {unit}, not in {cell.unit}"
    sink.error("GL206", message, cell.cell.place, f"give the numbers in {unit} and write `{cell.name} ({unit})`{scale}")


def _check_complete(
    table: RawTable, frame: DecisionFrame, constant: frozenset[str], seen: frozenset[str], sink: DiagnosticSink
) -> None:
    place = table.header[-1].cell.place
    wanted = {"id": "every row has an id"}
    if frame.asserted:
        wanted["then"] = "it says which facts the row sets, as in `size: L`"
    for output in frame.outputs:
        if output.name not in ("id", "code") and output.name not in constant:
            wanted[output.name] = "every output is a column, or under `set` of the section"
    for name, help_ in wanted.items():
        if name not in seen:
            sink.error("GL126", f"the table has no column `{name}`", place, help_)
