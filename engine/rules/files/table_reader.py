"""Reads the tables of a decision: what each column of the header means, then each line to a row. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from greenlane.engine.diagnostics import DiagnosticSink, Origin
from greenlane.engine.rules.files.cell_reader import CellReader, ListItem, split_items
from greenlane.engine.rules.files.declaration import DecisionDeclaration
from greenlane.engine.rules.files.namespace import Namespace, report_unknown
from greenlane.engine.rules.files.node_reader import ScalarError, check_order, parse_date
from greenlane.engine.rules.files.table_lexer import ANNOTATIONS, COLUMN_WORDS, HeaderCell, RawCell, RawRow, RawTable
from greenlane.engine.rules.table import Cell, Row, Test
from greenlane.engine.rules.vocabulary import FactKind, ratio
from greenlane.engine.text import Text

_ANY = ("", "-")


class CellRole(Enum):
    """What the cells of a column are."""

    ANNOTATION = "annotation"
    TEST = "test"
    WHEN = "when"
    THEN = "then"
    OUTPUT = "output"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class TableColumn:
    """`kind` is that of the fact or output, None where it is not known."""

    role: CellRole
    name: str
    kind: FactKind | None


@dataclass(frozen=True, slots=True)
class HeaderReader:
    """Reads the header of a section's table. `constant` are the outputs that the section sets."""

    declaration: DecisionDeclaration
    constant: frozenset[str]
    names: Namespace
    sink: DiagnosticSink

    def columns(self, table: RawTable) -> tuple[TableColumn, ...]:
        """The meaning of each column.

        Columns that are unknown, there twice or missing are errors, and so is a unit that is not the fact's own.
        """
        outputs = self.declaration.output_kinds
        columns: list[TableColumn] = []
        seen: dict[str, HeaderCell] = {}
        for header in table.header:
            place = header.cell.place
            column = self._column(header, outputs)
            columns.append(column)
            if header.name in seen:
                first = seen[header.name].cell.place
                message = f"the column `{header.name}` is there twice"
                self.sink.error("GL126", message, place, "remove one of them", (first,))
            elif header.name in self.constant:
                message = f"`{header.name}` is a column and under `set`"
                self.sink.error("GL126", message, place, "remove one of them")
            seen.setdefault(header.name, header)
            self._check_unit(header, column)
        self._check_complete(table, frozenset(seen))
        return tuple(columns)

    def _column(self, header: HeaderCell, outputs: Mapping[str, FactKind]) -> TableColumn:
        name = header.name
        if name in ANNOTATIONS:
            return TableColumn(CellRole.ANNOTATION, name, None)
        if name == "when":
            return TableColumn(CellRole.WHEN, name, None)
        if name == "then" and self.declaration.asserted:
            return TableColumn(CellRole.THEN, name, None)
        if name in outputs:
            return TableColumn(CellRole.OUTPUT, name, outputs[name])
        if name in self.names.kinds:
            return TableColumn(CellRole.TEST, name, self.names.kinds[name])
        place = header.cell.place
        if not name:
            self.sink.error("GL126", "this column has no name", place, "name it, or remove it")
        elif self.names.complete and name not in self.declaration.unreadable:
            report_unknown(name, [*outputs, *self.names.kinds, *COLUMN_WORDS], "column", place, self.sink)
        return TableColumn(CellRole.UNKNOWN, name, None)

    def _check_unit(self, header: HeaderCell, column: TableColumn) -> None:
        name, written, place = header.name, header.unit, header.cell.place
        if not written or column.role is CellRole.UNKNOWN:
            return
        has_values = column.role in (CellRole.TEST, CellRole.OUTPUT)
        if has_values and (column.kind is None or column.kind.unit == written):
            return
        unit = column.kind.unit if has_values and column.kind else ""
        if not unit:
            self.sink.error("GL206", f"`{name}` has no unit", place, f"write `{name}`")
            return
        factor = ratio(unit, written)
        scale = f"; 1 {unit} = {factor.normalize():f} {written}" if factor else ""
        help_ = f"give the numbers in {unit} and write `{name} ({unit})`{scale}"
        self.sink.error("GL206", f"`{name}` is in {unit}, not in {written}", place, help_)

    def _check_complete(self, table: RawTable, seen: frozenset[str]) -> None:
        place = table.header[-1].cell.place
        wanted = {"id": "every row has an id"}
        if self.declaration.asserted:
            wanted["then"] = "it says which facts the row sets, as in `size: L`"
        for output in self.declaration.outputs:
            if output.name not in ("id", "code") and output.name not in self.constant:
                wanted[output.name] = "every output is a column, or under `set` of the section"
        for name, help_ in wanted.items():
            if name not in seen:
                self.sink.error("GL126", f"the table has no column `{name}`", place, help_)


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads the rows of one section. `constants` are the outputs that the section sets."""

    declaration: DecisionDeclaration
    columns: tuple[TableColumn, ...]
    constants: Mapping[str, Cell]
    section: int
    cells: CellReader
    sink: DiagnosticSink

    def row(self, raw: RawRow) -> Row | None:
        """The row; None, and errors, where any of its cells cannot be read."""
        before = len(self.sink)
        notes = {column.name: cell for column, cell in self._cells(raw, CellRole.ANNOTATION)}
        since, until = self._day(notes.get("from")), self._day(notes.get("until"))
        if "until" in notes:
            check_order(since, until, notes["until"].place, self.sink)
        row = Row(
            id=self._id(notes.get("id"), raw),
            tests=self._tests(raw),
            when=self._when(raw),
            outputs=self._outputs(raw),
            asserts=self._asserts(raw),
            code=notes["code"].plain if "code" in notes else None,
            text=_text(notes),
            basis=notes["basis"].plain if "basis" in notes else "",
            since=since,
            until=until,
            section=self.section,
            place=raw.place,
        )
        return row if len(self.sink) == before else None

    def _cells(self, raw: RawRow, role: CellRole) -> list[tuple[TableColumn, RawCell]]:
        """The cells of that role that are not left open."""
        pairs = zip(self.columns, raw.cells, strict=True)
        return [(column, cell) for column, cell in pairs if column.role is role and cell.text not in _ANY]

    def _id(self, cell: RawCell | None, raw: RawRow) -> str:
        if cell is None:
            if any(column.name == "id" for column in self.columns):
                self.sink.error("GL122", "this row has no id", raw.place, "give it one that no row had before")
            return ""
        return cell.plain

    def _tests(self, raw: RawRow) -> tuple[Test, ...]:
        cells = self._cells(raw, CellRole.TEST)
        read = [(column.name, self.cells.tests(cell, column.kind)) for column, cell in cells]
        return tuple(Test(name, cell) for name, cell in read if cell is not None)

    def _when(self, raw: RawRow) -> Cell | None:
        found = self._cells(raw, CellRole.WHEN)
        return self.cells.expression(found[0][1]) if found else None

    def _outputs(self, raw: RawRow) -> tuple[Cell | None, ...]:
        written = self._cells(raw, CellRole.OUTPUT)
        given = {column.name: self.cells.value(cell, column.kind) for column, cell in written}
        return tuple(given.get(output.name) or self.constants.get(output.name) for output in self.declaration.outputs)

    def _asserts(self, raw: RawRow) -> dict[str, Cell]:
        found: dict[str, Cell] = {}
        pairs = zip(self.columns, raw.cells, strict=True)
        then = next((cell for column, cell in pairs if column.role is CellRole.THEN), None)
        if then is None:
            return found
        if then.text in _ANY:
            self.sink.error("GL127", "this row sets no fact", then.place, "write `fact: value`")
            return found
        for item in split_items(then.text):
            self._assert(item, then, found)
        return found

    def _assert(self, item: ListItem, cell: RawCell, found: dict[str, Cell]) -> None:
        name, colon, value = item.text.partition(":")
        name = name.strip()
        place = cell.origin.place(cell.text, item.start, item.start + len(item.text))
        if not colon or not value.strip():
            self.sink.error("GL127", f"`{item.text}` sets no fact", place, "write `fact: value`")
        elif name in found:
            self.sink.error("GL127", f"`{name}` is set twice", place, "remove one of them")
        elif name in self.declaration.unreadable:
            return
        elif name not in self.declaration.asserted:
            report_unknown(name, self.declaration.asserted, "asserted fact", place, self.sink)
        else:
            start = item.start + item.text.index(":") + 1
            start += len(value) - len(value.lstrip())
            origin = Origin(cell.origin.path, cell.origin.line, cell.origin.column + start)
            read = self.cells.value(RawCell(value.strip(), origin), self.declaration.asserted[name].kind)
            if read is not None:
                found[name] = read

    def _day(self, cell: RawCell | None) -> date | None:
        if cell is None:
            return None
        try:
            return parse_date(cell.text)
        except ScalarError as error:
            self.sink.error("GL403", error.message, cell.place, error.help)
            return None


def _text(notes: Mapping[str, RawCell]) -> Text | None:
    """The row's text. A language that is left out is empty; both: no text."""
    zh, en = notes.get("zh"), notes.get("en")
    if zh is None and en is None:
        return None
    return Text(zh.plain if zh else "", en.plain if en else "")
