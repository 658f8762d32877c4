"""Lexer of tables: text with one row a line, to cells that know their place. Pure.

Cells stand between bars with a space (or the line's end) on both sides. In a column of FEEL a bar within a string is
part of the string; anywhere `\\|` is a bar and no separator. Blank lines and lines that begin with `#` are no rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from greenlane.engine.diagnostics import DiagnosticSink, Origin, Place
from greenlane.engine.rules.files.yaml_tree import TextNode

ANNOTATIONS = ("id", "code", "zh", "en", "basis", "from", "until")
"""Columns that are plain text and the same in every table."""

COLUMN_WORDS = (*ANNOTATIONS, "when", "then")
"""Names of columns that have a meaning of their own."""

_HEADER = re.compile(r"^(.*?)\s*(?:\(\s*([^()]*?)\s*\))?$")
_WIDE_BAR = "｜"


@dataclass(frozen=True, slots=True)
class RawCell:
    """The text of a cell without the spaces around it, and where it begins."""

    text: str
    origin: Origin

    @property
    def place(self) -> Place:
        """The cell, or the column it should begin in where it is blank."""
        return self.origin.place(self.text, 0, len(self.text))

    @property
    def plain(self) -> str:
        """The text of an annotation: `\\|` is a bar."""
        return self.text.replace("\\|", "|")


@dataclass(frozen=True, slots=True)
class RawRow:
    """A line of the table. `cells` is as long as the header."""

    cells: tuple[RawCell, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class HeaderCell:
    """The name of a column and the unit behind it in brackets, empty where there is none."""

    name: str
    unit: str
    cell: RawCell


@dataclass(frozen=True, slots=True)
class RawTable:
    """Rows whose number of cells was wrong are not in `rows`."""

    header: tuple[HeaderCell, ...]
    rows: tuple[RawRow, ...]


class _OpenStringError(Exception):
    def __init__(self, position: int) -> None:
        super().__init__("a string is not closed")
        self.position = position


def lex_table(node: TextNode, sink: DiagnosticSink) -> RawTable | None:
    """The cells of the table in `node`; None where it has no header that can be read. Every bad line is one error."""
    lines = _lines(node)
    if not lines:
        sink.error("GL120", "the table is empty", node.place, "begin with a line of column names: `id | …`")
        return None
    (text, origin), *others = lines
    header = tuple(_header_cell(cell) for cell in _cells(text, origin, lambda _: False, sink))
    _check_wide_bar(text, origin, sink)
    if not others:
        sink.error("GL120", "the table has no rows", _whole(text, origin), "add a row under the column names")
    quoting = [cell.name not in ANNOTATIONS for cell in header]
    rows = [_row(text, origin, header, quoting, sink) for text, origin in others]
    return RawTable(header, tuple(row for row in rows if row is not None))


def lex_row(line: str, header: tuple[HeaderCell, ...]) -> list[RawCell]:
    """The cells of a row that `lex_table` reports no error in."""
    quoting = [cell.name not in ANNOTATIONS for cell in header]
    return _cells(line, Origin("", 1, 1), lambda column: column < len(quoting) and quoting[column], DiagnosticSink())


def _lines(node: TextNode) -> list[tuple[str, Origin]]:
    origin = node.origin
    return [
        (line, Origin(origin.path, origin.line + number, origin.column))
        for number, line in enumerate(node.text.split("\n"))
        if line.strip() and not line.lstrip().startswith("#")
    ]


def _header_cell(cell: RawCell) -> HeaderCell:
    match = _HEADER.match(cell.text)
    assert match is not None
    return HeaderCell(match[1], match[2] or "", cell)


def _row(
    text: str, origin: Origin, header: tuple[HeaderCell, ...], quoting: list[bool], sink: DiagnosticSink
) -> RawRow | None:
    def quotes(column: int) -> bool:
        return column < len(quoting) and quoting[column]

    before = len(sink)
    try:
        cells = _cells(text, origin, quotes, sink)
    except _OpenStringError as error:
        _open_string(text, origin, error.position, quoting, sink)
        return None
    if len(cells) != len(header) and len(sink) == before:
        _wrong_count(text, origin, cells, header, sink)
    return RawRow(tuple(cells), _whole(text, origin)) if len(sink) == before else None


def _open_string(text: str, origin: Origin, position: int, quoting: list[bool], sink: DiagnosticSink) -> None:
    """Report the quote that opens the string: in the first cell with an odd number of them, cut at every bar."""
    start = 0
    for column, part in enumerate(text.split(" | ")):
        if column < len(quoting) and quoting[column] and part.count('"') % 2:
            position = start + part.rindex('"')
            break
        start += len(part) + 3
    at = origin.place(text, position, position + 1)
    sink.error("GL125", "this string is not closed in its cell", at, 'add `"`')


def _whole(text: str, origin: Origin) -> Place:
    start = len(text) - len(text.lstrip())
    return origin.place(text, start, len(text.rstrip()))


def _wrong_count(
    text: str, origin: Origin, cells: list[RawCell], header: tuple[HeaderCell, ...], sink: DiagnosticSink
) -> None:
    if _check_wide_bar(text, origin, sink):
        return
    over_bars = next((cell for cell in cells if " | " in cell.text), None)
    if over_bars is not None:
        start = over_bars.text.index('"')
        at = over_bars.origin.place(over_bars.text, start, start + 1)
        sink.error("GL125", "this string runs over the end of its cell", at, 'close it with `"` before ` | `')
        return
    message = f"this row has {_number(len(cells))}, the header {len(header)}"
    if len(cells) > len(header):
        place = cells[len(header)].place
        help_ = "write `\\|` for a bar within a text"
    else:
        place = _whole(text, origin)
        help_ = f"a blank cell still needs its ` | `; the columns are {', '.join(h.name for h in header)}"
    sink.error("GL121", message, place, help_)


def _number(count: int) -> str:
    return "1 cell" if count == 1 else f"{count} cells"


def _check_wide_bar(text: str, origin: Origin, sink: DiagnosticSink) -> bool:
    position = text.find(_WIDE_BAR)
    if position < 0:
        return False
    place = origin.place(text, position, position + 1)
    sink.error("GL124", f"`{_WIDE_BAR}` does not separate cells", place, f"write ` | ` for `{_WIDE_BAR}`")
    return True


def _cells(text: str, origin: Origin, quotes: Callable[[int], bool], sink: DiagnosticSink) -> list[RawCell]:
    cells: list[RawCell] = []
    start = 0
    for bar in _bars(text, origin, quotes, sink):
        cells.append(_cell(text, start, bar, origin))
        start = bar + 1
    cells.append(_cell(text, start, len(text), origin))
    return cells


def _cell(text: str, start: int, end: int, origin: Origin) -> RawCell:
    inner = text[start:end]
    stripped = inner.strip()
    begin = start + len(inner) - len(inner.lstrip()) if stripped else min(start + 1, end) if start else 0
    return RawCell(stripped, Origin(origin.path, origin.line, origin.column + begin))


def _bars(text: str, origin: Origin, quotes: Callable[[int], bool], sink: DiagnosticSink) -> Iterator[int]:
    """The positions of the bars that separate cells."""
    column = 0
    position = 0
    while (position := _next(text, position, quotes(column))) < len(text):
        left = position == 0 or text[position - 1] == " "
        right = position + 1 == len(text) or text[position + 1] == " "
        if left and right:
            yield position
            column += 1
        elif left or right or quotes(column):
            place = origin.place(text, position, position + 1)
            sink.error(
                "GL123", "this bar has no space on both sides", place, "write ` | ` for a new cell, `\\|` for a bar"
            )
            yield position
            column += 1
        position += 1


def _next(text: str, position: int, quotes: bool) -> int:
    """The next bar that is neither escaped nor within a string; the text's length where there is none."""
    while position < len(text):
        character = text[position]
        if character == "|":
            return position
        if character == "\\":
            position += 1
        elif character == '"' and quotes:
            position = _string_end(text, position)
        position += 1
    return len(text)


def _string_end(text: str, start: int) -> int:
    """The position of the quote that closes the string opened at `start`."""
    position = start + 1
    while position < len(text):
        if text[position] == "\\":
            position += 1
        elif text[position] == '"':
            return position
        position += 1
    raise _OpenStringError(start)
