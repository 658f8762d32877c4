"""Rows of a worksheet to lines of a rule file, each piece of a line with the cell it comes from. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from greenlane.engine.diagnostics import Diagnostic
from greenlane.engine.interop.xlsx.worksheet import (
    BLOCK,
    COMMENT,
    EXPRESSIONS,
    RAW,
    SECTION,
    SEPARATOR,
    STEP,
    cell_place,
    unmarked,
)
from greenlane.engine.rules.files.table_lexer import ANNOTATIONS
from greenlane.engine.rules.layout.quoting import is_flow_collection, quote_entry, quote_expression, quote_scalar

_BLANK = " \n\u00a0"


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A line of a file. `cells` says where a part from which cell begins: (position, row, column), counted from 0."""

    text: str
    cells: tuple[tuple[int, int, int], ...]


@dataclass(slots=True)
class SheetText:
    """What the rows of a sheet say. `starts` are the indexes in `lines` where documents after the first begin.

    `diagnostics` are what cannot be made a line, each at its `CellPlace`.
    """

    lines: list[SheetLine] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)


def read_document_rows(rows: Sequence[Sequence[str]], sheet: str = "") -> SheetText:
    """The lines that the rows of a YAML rule file stand for; `sheet` is the name that places have.

    Never raises: a row that stands for no line is a diagnostic (XL107, XL108).
    """
    reader = _DocumentReader(sheet)
    count = len(rows)
    while count and not any(rows[count - 1]):
        count -= 1
    for number, texts in enumerate(rows[:count]):
        cells = list(texts) if tuple(texts[:1]) == (RAW,) else [text.strip(_BLANK) for text in texts]
        width = len(cells)
        while width and not cells[width - 1]:
            width -= 1
        reader.row(number, list(cells[:width]))
    reader.flush()
    return reader.out


def read_record_rows(rows: Sequence[Sequence[str]]) -> SheetText:
    """The records of a CSV file as lines; a field with a line break makes several of them."""
    out = SheetText()
    width = max((column + 1 for cells in rows[:1] for column, text in enumerate(cells) if text), default=0)
    for number, cells in enumerate(rows):
        used = max((column + 1 for column, text in enumerate(cells) if text), default=0)
        if cells and cells[0] == RAW:
            out.lines.append(SheetLine("".join(cells[1:]), ((0, number, 1),)))
        elif used:
            fields = [*cells[: max(used, width)], *[""] * (width - len(cells))]
            out.lines += _record(number, fields)
    return out


@dataclass(slots=True)
class _LineBuilder:
    """A line under construction."""

    text: str = ""
    cells: list[tuple[int, int, int]] = field(default_factory=list)

    def add(self, text: str, row: int, column: int) -> _LineBuilder:
        self.cells.append((len(self.text), row, column))
        self.text += text
        return self

    def build(self) -> SheetLine:
        return SheetLine(self.text.rstrip() if not self.text.strip() else self.text, tuple(self.cells))


class _DocumentReader:
    """Reads row by row. `_base` is the depth of a row without a mark; `_open` a map in brackets that may go on."""

    def __init__(self, sheet: str) -> None:
        self.out = SheetText()
        self._sheet = sheet
        self._begin()

    def _begin(self) -> None:
        self._base = 0
        self._header: list[str] | None = None
        self._columns: tuple[int, list[str]] | None = None
        self._open: _LineBuilder | None = None
        self._open_label: tuple[int, str] = (0, "")
        self._open_comment = ""

    def row(self, number: int, cells: list[str]) -> None:
        self._one_line(number, cells)
        if not cells:
            self._emit(_LineBuilder())
        elif cells[0] == RAW:
            line = _LineBuilder()
            for column, text in enumerate(cells[1:], 1):
                line.add(text, number, column)
            self._emit(line)
        elif cells[0] in (SEPARATOR, "---"):
            self.flush()
            self._begin()
            self.out.starts.append(len(self.out.lines))
        else:
            self._marked(number, cells)

    def _one_line(self, number: int, cells: list[str]) -> None:
        """SheetLine breaks are for expressions alone."""
        for column, text in enumerate(cells):
            expression = column == 1 and self._header is None and not set(cells[0]) & set(".:|")
            if "\n" in text and not expression:
                message, help_ = "there is a line break in this cell", "write it on one line"
                self._report("XL107", number, column, message, help_)
                cells[column] = text.replace("\n", " ")

    def _marked(self, number: int, cells: list[str]) -> None:
        begins = cells[0].startswith(SECTION.strip())
        deeper, label = unmarked(cells[0].removeprefix(SECTION.strip()).lstrip(" ") if begins else cells[0])
        if begins:
            self.flush()
            self._base, self._header, self._columns = 2, None, None
        depth = self._base + deeper
        if label.startswith(COMMENT):
            self._surplus(number, cells, 1)
            self._emit(_LineBuilder().add(STEP * max(0, depth) + label, number, 0))
        elif self._header is not None:
            self._rule(number, cells)
        elif label == "id" and not deeper:
            self._table(number, ["id", *cells[1:]], begins)
        elif self._columns is not None and depth == self._columns[0]:
            self._entry(number, label, cells)
        else:
            self._key(number, depth, label, cells, begins)

    def _emit(self, line: _LineBuilder) -> None:
        self.flush()
        self.out.lines.append(line.build())

    def flush(self) -> None:
        """End the map in brackets that is open."""
        if self._open is None:
            return
        self._open.text += "}" + self._open_comment
        self.out.lines.append(self._open.build())
        self._open = None

    def _surplus(self, number: int, cells: Sequence[str], width: int) -> None:
        for column in range(width, len(cells)):
            if cells[column]:
                message = f"nothing takes the text `{cells[column][:40]}`"
                help_ = "rows of a table stand under a row that begins with `id`; remove the text otherwise"
                self._report("XL108", number, column, message, help_)

    def _report(self, code: str, row: int, column: int, message: str, help_: str) -> None:
        self.out.diagnostics.append(Diagnostic(code, message, cell_place(self._sheet, row, column), help_))

    def _table(self, number: int, header: list[str], begins: bool) -> None:
        dash = "- " if begins else ""
        depth = self._base - 1 if begins else self._base
        self._emit(_LineBuilder().add(f"{STEP * depth}{dash}rows: |", number, 0))
        self._base += 1
        self._header = [name.partition(" (")[0] for name in header]
        self._cells(number, header, [False] * len(header))

    def _rule(self, number: int, cells: list[str]) -> None:
        assert self._header is not None
        cells += [""] * (len(self._header) - len(cells))
        self._cells(number, cells, [name in ANNOTATIONS for name in self._header])

    def _cells(self, number: int, cells: Sequence[str], plain: Sequence[bool]) -> None:
        line = _LineBuilder(STEP * self._base)
        for column, text in enumerate(cells):
            escaped = text.replace("|", "\\|") if column < len(plain) and plain[column] else text
            line.add((" | " if column else "") + escaped, number, column)
        line.text = line.text.rstrip()
        # The bar belongs to no cell.
        line.cells = [(begin + 3 if column else begin, row, column) for begin, row, column in line.cells]
        self._emit(line)

    def _key(self, number: int, depth: int, label: str, cells: list[str], begins: bool) -> None:
        self._columns = None
        if not label or depth < 0:
            self._surplus(number, cells, 0)
            return
        indent = STEP * (depth - 1) + "- " if begins else STEP * depth
        if label.endswith(":"):
            self._opening(number, depth, indent + label, cells)
            return
        cells += [""] * (2 - len(cells))
        comment = f"  {cells[2]}" if len(cells) > 2 and cells[2].startswith(COMMENT) else ""
        self._surplus(number, cells, 3 if comment else 2)
        outer, dot, inner = label.partition(".")
        if dot:
            self._inner(number, (depth, outer), inner, cells[1], indent if begins else None, comment)
        else:
            self._value(number, indent, label, cells[1], comment)

    def _opening(self, number: int, depth: int, label: str, cells: list[str]) -> None:
        alone = len(cells) == 2 and cells[1].startswith(COMMENT)
        self._emit(_LineBuilder().add(label + (f"  {cells[1]}" if alone else ""), number, 0))
        if len(cells) > 1 and not alone:
            self._columns = (depth + 1, cells)

    def _inner(
        self, number: int, outer: tuple[int, str], inner: str, text: str, begin: str | None, comment: str
    ) -> None:
        """One value of a map in brackets: the first of them, or one more."""
        if self._open is not None and self._open_label == outer and begin is None:
            self._open.add(f", {inner}: ", number, 0)
        else:
            self.flush()
            indent = begin if begin is not None else STEP * outer[0]
            self._open = _LineBuilder().add(f"{indent}{outer[1]}: {{{inner}: ", number, 0)
            self._open_label, self._open_comment = outer, ""
        self._open_comment = comment or self._open_comment
        self._open.add(quote_scalar(text, True), number, 1)

    def _value(self, number: int, indent: str, label: str, text: str, comment: str) -> None:
        block = label.endswith(BLOCK) or "\n" in text
        label = label.removesuffix(BLOCK)
        line = _LineBuilder().add(f"{indent}{label}:", number, 0)
        expression = quote_expression(text) if label in EXPRESSIONS else ""
        if block or expression is None:
            line.text += " |" + comment
            self._emit(line)
            inner = " " * len(indent) + STEP
            for part in text.split("\n"):
                self._emit(_LineBuilder(inner if part else "").add(part.rstrip(), number, 1))
            return
        raw = expression or (text if is_flow_collection(text) else quote_scalar(text, False))
        line.text += " " if raw else ""
        line.add(raw + comment, number, 1)
        self._emit(line)

    def _entry(self, number: int, label: str, cells: list[str]) -> None:
        """A row of a small table: a map in brackets."""
        assert self._columns is not None
        depth, names = self._columns
        line = _LineBuilder().add(f"{STEP * depth}{label}: {{", number, 0)
        comment, comma = "", ""
        for column, (name, text) in enumerate(zip(names[1:], cells[1:], strict=False), 1):
            if name == COMMENT:
                comment = f"  {text}" if text else ""
            elif text:
                line.add(f"{comma}{name}: {quote_entry(name, text)}", number, column)
                comma = ", "
        self._surplus(number, cells, len(names))
        line.text += "}" + comment
        self._emit(line)


def _record(number: int, fields: Sequence[str]) -> list[SheetLine]:
    texts = [_quoted(value) for value in fields]
    lines: list[SheetLine] = []
    text = ""
    cells: list[tuple[int, int, int]] = []
    for column, value in enumerate(texts):
        text += "," if column else ""
        cells.append((len(text), number, column))
        first, *others = value.split("\n")
        text += first
        for other in others:
            lines.append(SheetLine(text, tuple(cells)))
            text, cells = other, [(0, number, column)]
    return [*lines, SheetLine(text, tuple(cells))]


def _quoted(text: str) -> str:
    """One field as the formatter of the standard library writes it."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([text, ""])
    return out.getvalue().removesuffix(",")
