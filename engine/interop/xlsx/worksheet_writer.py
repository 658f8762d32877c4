"""Documents of rule files to the rows of a worksheet, which `worksheet_reader` turns back. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from greenlane.engine.diagnostics import DiagnosticSink
from greenlane.engine.interop.xlsx.worksheet import (
    BLOCK,
    COMMENT,
    EXPRESSIONS,
    RAW,
    SECTION,
    STEP,
    RowKind,
    SheetRow,
    mark,
)
from greenlane.engine.interop.xlsx.worksheet_reader import read_document_rows, read_record_rows
from greenlane.engine.rules.files.file_schemas import COLUMN, FACT, OUTPUT
from greenlane.engine.rules.files.reference_file import read_records
from greenlane.engine.rules.files.table_lexer import ANNOTATIONS, lex_row, lex_table
from greenlane.engine.rules.files.yaml_documents import read_documents
from greenlane.engine.rules.files.yaml_tree import ListNode, MapEntry, MapNode, TextNode, YamlNode
from greenlane.engine.rules.layout.formatting import format_text
from greenlane.engine.rules.layout.quoting import unquote_entry, unquote_expression, unquote_scalar


def document_rows(path: str, lines: Sequence[str]) -> tuple[SheetRow, ...]:
    """The rows for a document in canonical form. What has no row of its own kind is kept line by line.

    The lines that `read_document_rows` makes of them are `lines` again once `format_text` has laid them out.
    """
    try:
        rows = _DocumentWriter(lines).document()
    except _NotTabularError:
        return raw_rows(lines)
    kept = all(len(cell) <= _CELL_AT_MOST for row in rows for cell in row.cells)
    return rows if kept and _laid_out(path, rows) == _joined(lines) else raw_rows(lines)


def record_rows(text: str) -> tuple[SheetRow, ...]:
    """The records of a CSV file in canonical form, its header first; line by line where quotes stand without need."""
    lines = text.removesuffix("\n").split("\n")
    sink = DiagnosticSink()
    records = [record.fields for record in read_records("", text, sink)]
    kinds = [RowKind.HEADER, *[RowKind.RULE] * len(records)]
    rows = tuple(SheetRow(fields, kind) for fields, kind in zip(records, kinds, strict=False))
    written = [line.text for line in read_record_rows([row.cells for row in rows]).lines]
    return rows if written == lines and not len(sink) else raw_rows(lines)


def raw_rows(lines: Iterable[str]) -> tuple[SheetRow, ...]:
    """One row for each line, as it is; a very long line takes several cells."""
    return tuple(SheetRow((RAW, *_chunks(line)), RowKind.RAW) for line in lines)


def _laid_out(path: str, rows: Sequence[SheetRow]) -> str:
    return format_text(path, _joined([line.text for line in read_document_rows([row.cells for row in rows]).lines]))


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(lines) + "\n"


def _chunks(line: str) -> list[str]:
    return [line[start : start + _CELL_AT_MOST] for start in range(0, len(line), _CELL_AT_MOST)]


class _NotTabularError(Exception):
    """Something in the document has no row of its own kind; raised and caught in this module."""


class _DocumentWriter:
    """Writes rows line by line from top to bottom. `_base` is the depth of a row without a mark."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._rows: list[SheetRow] = []
        self._next = 0
        self._base = 0

    def document(self) -> tuple[SheetRow, ...]:
        sink = DiagnosticSink()
        documents = read_documents("", "\n".join(self._lines), sink)
        root = documents[0].root if documents else None
        if len(sink) or len(documents) > 1 or not isinstance(root, MapNode | None):
            raise _NotTabularError
        if root is not None:
            self._map(root, 0)
        self._gap(len(self._lines))
        return tuple(self._rows)

    def _gap(self, until: int) -> None:
        """Blank lines and comments."""
        for line in self._lines[self._next : until]:
            text = line.strip()
            depth = (len(line) - len(line.lstrip())) // len(STEP)
            if text and not text.startswith(COMMENT):
                raise _NotTabularError
            self._add(RowKind.COMMENT if text else RowKind.BLANK, *([mark(depth, self._base) + text] if text else []))
        self._next = until

    def _add(self, kind: RowKind, *cells: str) -> None:
        self._rows.append(SheetRow(cells, kind))

    def _map(self, node: MapNode, depth: int) -> None:
        for entry in node.entries:
            self._gap(entry.key.place.line - 1)
            self._entry(entry, depth, mark(depth, self._base), RowKind.KEY)

    def _entry(self, entry: MapEntry, depth: int, sign: str, kind: RowKind) -> None:
        value, label = entry.value, sign + self._key(entry)
        self._next = entry.key.place.line
        if isinstance(value, TextNode):
            self._text(entry, value, label, depth, kind)
        elif value.stop is not None:
            self._flow(entry, value, label, kind)
        elif isinstance(value, MapNode) and _is_small_table(value):
            self._columns(entry, value, label, depth)
        elif isinstance(value, MapNode):
            self._add(kind, label + ":", *self._comment(entry.key.place.line, entry.key.place.end_column + 1))
            self._map(value, depth + 1)
        else:
            self._sections(entry, value, label, depth)

    def _key(self, entry: MapEntry) -> str:
        if self._raw(entry.key) != entry.key.text or set(entry.key.text) & set(".:#"):
            raise _NotTabularError
        return entry.key.text

    def _text(self, entry: MapEntry, value: TextNode, label: str, depth: int, kind: RowKind) -> None:
        place = value.place
        if value.block and entry.key.text == "rows":
            self._table(value, label, depth)
        elif value.block:
            if self._comment(place.line, place.column + 1) or not value.text:
                raise _NotTabularError
            self._add(kind, label if "\n" in value.text else label + BLOCK, value.text)
            self._next = place.line + len(value.text.split("\n"))
        elif place.line != entry.key.place.line:
            raise _NotTabularError
        elif not value.text and place.end_column - place.column == 1:
            self._add(kind, label, "", *self._comment(place.line, entry.key.place.end_column + 1))
        else:
            raw = self._raw(value)
            text = unquote_expression(raw) if entry.key.text in EXPRESSIONS else unquote_scalar(raw, False)
            if text is None and kind is RowKind.KEY:
                self._rows.extend(raw_rows(self._lines[place.line - 1 : place.line]))
                return
            self._add(kind, label, text or raw, *self._comment(place.line, place.end_column))

    def _flow(self, entry: MapEntry, value: MapNode | ListNode, label: str, kind: RowKind) -> None:
        """A map of single values takes a row for each of them, anything else one cell."""
        comment = self._comment(entry.key.place.line, self._stop(value))
        entries = value.entries if isinstance(value, MapNode) else ()
        if not entries or any(not isinstance(inner.value, TextNode) for inner in entries):
            self._add(kind, label, self._raw(value), *comment)
            return
        for inner in entries:
            self._add(kind, f"{label}.{self._key(inner)}", unquote_scalar(self._raw(inner.value), True), *comment)
            label, kind, comment = label.removeprefix(SECTION), RowKind.KEY, []

    def _columns(self, entry: MapEntry, value: MapNode, label: str, depth: int) -> None:
        """A map of maps is a small table."""
        maps = [inner.value for inner in value.entries if isinstance(inner.value, MapNode)]
        names = _ordered(entry.key.text, _merged([[self._key(e) for e in inner.entries] for inner in maps]))
        stops = [self._comment(inner.place.line, self._stop(inner)) for inner in maps]
        head = [*names, COMMENT] if any(stops) else names
        if self._comment(entry.key.place.line, entry.key.place.end_column + 1):
            raise _NotTabularError
        self._add(RowKind.COLUMNS, label + ":", *head)
        for item, inner, comment in zip(value.entries, maps, stops, strict=True):
            self._gap(item.key.place.line - 1)
            raw = {e.key.text: unquote_entry(e.key.text, self._raw(e.value)) for e in inner.entries}
            cells = [raw.get(name, "") for name in names] + comment
            self._add(RowKind.ENTRY, mark(depth + 1, self._base) + self._key(item), *cells)
            self._next = item.key.place.line

    def _sections(self, entry: MapEntry, value: YamlNode, label: str, depth: int) -> None:
        if depth or not isinstance(value, ListNode):
            raise _NotTabularError
        self._add(RowKind.KEY, label + ":", *self._comment(entry.key.place.line, entry.key.place.end_column + 1))
        for item in value.items:
            if not isinstance(item, MapNode) or item.stop is not None:
                raise _NotTabularError
            first, *others = item.entries
            self._gap(item.place.line - 1)
            self._base = depth + 2
            self._entry(first, depth + 2, SECTION, RowKind.SECTION)
            self._map(MapNode(tuple(others), item.place, None), depth + 2)

    def _table(self, value: TextNode, label: str, depth: int) -> None:
        sink = DiagnosticSink()
        table = lex_table(value, sink)
        comment = self._comment(value.place.line, value.place.column + 1)
        if table is None or comment or any(fault.code != "GL120" for fault in sink.sorted()):
            raise _NotTabularError
        plain = [cell.name in ANNOTATIONS for cell in table.header]
        self._base = depth + 1
        self._next = value.place.line
        self._gap(table.header[0].cell.origin.line - 1)
        sign = label.removesuffix("rows")
        first, *others = (cell.cell.text for cell in table.header)
        self._add(RowKind.HEADER, sign + first, *others)
        self._next = table.header[0].cell.origin.line
        for line in self._lines[self._next : value.place.line + len(value.text.split("\n"))]:
            if not line or line.lstrip().startswith(COMMENT):
                self._gap(self._next + 1)
                continue
            texts = [cell.plain if is_plain else cell.text
                     for cell, is_plain in zip(lex_row(line.strip(), table.header), plain, strict=True)]  # fmt: skip
            self._add(RowKind.RULE, *texts)
            self._next += 1

    def _raw(self, node: YamlNode) -> str:
        """A value as it is written on its one line."""
        place = node.place
        stop = place.end_column if isinstance(node, TextNode) else self._stop(node)
        if isinstance(node, TextNode) and not node.text and place.end_column - place.column == 1:
            raise _NotTabularError
        return self._lines[place.line - 1][place.column - 1 : stop - 1]

    def _stop(self, node: MapNode | ListNode) -> int:
        if node.stop is None or node.stop[0] != node.place.line:
            raise _NotTabularError
        return node.stop[1]

    def _comment(self, line: int, column: int) -> list[str]:
        """What follows on the line, if anything, which is then a comment."""
        rest = self._lines[line - 1][column - 1 :].strip()
        return [rest] if rest else []


def _is_small_table(node: MapNode) -> bool:
    """Whether each value of the map fits a row, and one of them at least fills a column."""
    maps = [entry.value for entry in node.entries]
    return all(_fits_a_row(inner) for inner in maps) and any(isinstance(m, MapNode) and m.entries for m in maps)


def _fits_a_row(value: YamlNode) -> bool:
    """Whether the value is a map in brackets whose own values are texts or lists."""
    if not isinstance(value, MapNode) or value.stop is None or value.stop[0] != value.place.line:
        return False
    return not any(isinstance(entry.value, MapNode) for entry in value.entries)


def _ordered(key: str, names: list[str]) -> list[str]:
    """In the order that the formatter gives the keys of such maps."""
    order = _ORDERS.get(key, ())
    return sorted(names, key=lambda name: order.index(name) if name in order else len(order))


def _merged(orders: Iterable[list[str]]) -> list[str]:
    """One order of names that keeps each of the orders as far as it can."""
    merged: list[str] = []
    for names in orders:
        position = 0
        for name in names:
            if name in merged:
                position = merged.index(name) + 1
            else:
                merged.insert(position, name)
                position += 1
    return merged


_CELL_AT_MOST = 30_000
_ORDERS: Mapping[str, tuple[str, ...]] = {
    "facts": FACT.names,
    "columns": COLUMN.names,
    "outputs": OUTPUT.names,
    "asserts": OUTPUT.names,
    "parameters": OUTPUT.names,
}
