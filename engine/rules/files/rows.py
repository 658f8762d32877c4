"""The lines of a table to rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from greenlane.engine.diagnostics import DiagnosticSink, Origin
from greenlane.engine.rules.files.bare_words import Item, split_items
from greenlane.engine.rules.files.cells import CellReader
from greenlane.engine.rules.files.columns import ColumnMeaning, Role
from greenlane.engine.rules.files.decision_frame import DecisionFrame
from greenlane.engine.rules.files.names import unknown
from greenlane.engine.rules.files.scalars import Unreadable, check_order, day
from greenlane.engine.rules.files.table_text import RawCell, RawRow
from greenlane.engine.rules.table import Cell, Output, Row, Test
from greenlane.engine.rules.vocabulary import FactKind
from greenlane.engine.text import Text

_ANY = ("", "-")


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads the rows of one section. `constants` are the outputs that the section sets."""

    frame: DecisionFrame
    columns: tuple[ColumnMeaning, ...]
    constants: Mapping[str, Cell]
    section: int
    cells: CellReader
    sink: DiagnosticSink

    def row(self, raw: RawRow) -> Row | None:
        """The row; None, and errors, where any of its cells cannot be read."""
        before = len(self.sink)
        notes = {
            column.name: cell
            for column, cell in zip(self.columns, raw.cells, strict=True)
            if column.role is Role.ANNOTATION and cell.text not in _ANY
        }
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

    def _of(self, raw: RawRow, role: Role) -> list[tuple[ColumnMeaning, RawCell]]:
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
        read = [(column.name, self.cells.tests(cell, column.kind)) for column, cell in self._of(raw, Role.TEST)]
        return tuple(Test(name, cell) for name, cell in read if cell is not None)

    def _when(self, raw: RawRow) -> Cell | None:
        found = self._of(raw, Role.WHEN)
        return self.cells.expression(found[0][1]) if found else None

    def _outputs(self, raw: RawRow) -> tuple[Cell | None, ...]:
        given = {column.name: self.cells.value(cell, column.kind) for column, cell in self._of(raw, Role.OUTPUT)}
        return tuple(given.get(output.name) or self.constants.get(output.name) for output in self.frame.outputs)

    def _asserts(self, raw: RawRow) -> dict[str, Cell]:
        found: dict[str, Cell] = {}
        then = [cell for column, cell in zip(self.columns, raw.cells, strict=True) if column.role is Role.THEN]
        if then and then[0].text in _ANY:
            self.sink.error("GL127", "this row sets no fact", then[0].place, "write `fact: value`")
            return found
        for item in split_items(then[0].text) if then else ():
            self._assert(item, then[0], found)
        return found

    def _assert(self, item: Item, cell: RawCell, found: dict[str, Cell]) -> None:
        name, colon, value = item.text.partition(":")
        name = name.strip()
        place = cell.origin.place(cell.text, item.start, item.start + len(item.text))
        if not colon or not value.strip():
            self.sink.error("GL127", f"`{item.text}` sets no fact", place, "write `fact: value`")
        elif name in found:
            self.sink.error("GL127", f"`{name}` is set twice", place, "remove one of them")
        elif name in self.frame.faulty:
            return
        elif name not in self.frame.asserted:
            unknown(name, self.frame.asserted, "asserted fact", place, self.sink)
        else:
            start = item.start + item.text.index(":") + 1
            start += len(value) - len(value.lstrip())
            origin = Origin(cell.origin.path, cell.origin.line, cell.origin.column + start)
            read = self.cells.value(RawCell(value.strip(), origin), self.frame.asserted[name].kind)
            if read is not None:
                found[name] = read

    def _day(self, cell: RawCell | None) -> date | None:
        if cell is None:
            return None
        try:
            return day(cell.text)
        except Unreadable as error:
            self.sink.error("GL403", error.message, cell.place, error.help)
            return None


def _text(notes: Mapping[str, RawCell]) -> Text | None:
    """The row's text. A language that is left out is empty; both: no text."""
    zh, en = notes.get("zh"), notes.get("en")
    if zh is None and en is None:
        return None
    return Text(zh.plain if zh else "", en.plain if en else "")


def kinds_of(outputs: tuple[Output, ...]) -> dict[str, FactKind]:
    """The kind of each output by its name."""
    return {output.name: output.kind for output in outputs}
