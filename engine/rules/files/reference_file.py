"""Reads reference.yaml and the CSV files it describes: reference tables whose fields know their place. Pure."""

from __future__ import annotations

import csv
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from greenlane.engine.diagnostics import DiagnosticSink, Place
from greenlane.engine.rules.files.file_schemas import COLUMN, REFERENCE, TABLE
from greenlane.engine.rules.files.namespace import NamespaceBuilder, check_name, read_kind, report_unknown
from greenlane.engine.rules.files.node_reader import MapReader, ScalarError, parse_scalar, quoted
from greenlane.engine.rules.files.yaml_tree import MapEntry, MapNode, TextNode
from greenlane.engine.rules.ruleset import ReferenceColumn, ReferenceTable
from greenlane.engine.rules.vocabulary import FactType, Scalar


def read_references(
    root: MapNode, path: str, texts: Mapping[str, str], names: NamespaceBuilder, sink: DiagnosticSink
) -> dict[str, ReferenceTable]:
    """The tables that can be read. `texts` holds the CSV files by path; one that no table names is a warning."""
    folder = posixpath.dirname(path)
    reader = MapReader(root, "the reference data", sink, REFERENCE)
    reader.reject_unknown_keys()
    tables = reader.map("tables")
    found: dict[str, ReferenceTable] = {}
    for entry in tables.node.entries if tables else ():
        check_name(entry.key, sink)
        names.declare(entry.key, None)
        table = _table(entry, folder, texts, sink)
        if table is not None:
            found[table.name] = table
    if not root.damaged:
        _warn_of_unnamed_files(root, folder, texts, sink)
    return found


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a CSV file. `lines` are the lines it is written on, the first of them number `line` of the file."""

    path: str
    line: int
    fields: tuple[str, ...]
    lines: tuple[str, ...]

    def place(self, index: int) -> Place:
        """The place of a field, quotes included; of the line's end where the record has no such field."""
        text = "".join(self.lines)
        starts = _starts(text)
        if index >= len(self.fields):
            end = len(self.lines[0].rstrip("\n")) + 1
            return Place(self.path, self.line, end, end + 1)
        start, stop = starts[index], (starts[index + 1] - 1 if index + 1 < len(starts) else len(text.rstrip("\n")))
        line_begin = text.rfind("\n", 0, start) + 1
        line_end = text.find("\n", start)
        stop = min(stop, line_end) if line_end >= 0 else stop
        column = start - line_begin + 1
        return Place(self.path, self.line + text.count("\n", 0, start), column, max(column + 1, column + stop - start))


def read_records(path: str, text: str, sink: DiagnosticSink) -> Iterator[Record]:
    """The records in order, blank lines left out. Stops at a quote that is never closed or closed too early."""
    lines = [line + "\n" for line in text.split("\n")]
    if lines[-1] == "\n":
        lines.pop()
    reader = csv.reader(lines, strict=True)
    done = 0
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error:
            width = len(lines[done].rstrip("\n"))
            help_ = "close it, and write a quote within quotes twice"
            sink.error("GL405", "a quote in this record is not closed", Place(path, done + 1, 1, width + 1), help_)
            return
        if fields:
            yield Record(path, done + 1, tuple(fields), tuple(lines[done : reader.line_num]))
        done = reader.line_num


def _warn_of_unnamed_files(root: MapNode, folder: str, texts: Mapping[str, str], sink: DiagnosticSink) -> None:
    tables = root.get("tables")
    entries = tables.entries if isinstance(tables, MapNode) else ()
    files = [entry.value.get("file") for entry in entries if isinstance(entry.value, MapNode)]
    named = {posixpath.join(folder, file.text) for file in files if isinstance(file, TextNode)}
    for path in texts:
        if path not in named and posixpath.dirname(path) == folder:
            help_ = "describe it in reference.yaml"
            sink.warning("GL114", "no reference table names this file", Place(path, 1, 1, 2), help_)


def _table(entry: MapEntry, folder: str, texts: Mapping[str, str], sink: DiagnosticSink) -> ReferenceTable | None:
    name = entry.key.text
    if not isinstance(entry.value, MapNode):
        sink.error("GL117", f"table `{name}` takes a map", entry.key.place, f"its keys are {quoted(TABLE.names)}")
        return None
    reader = MapReader(entry.value, f"table `{name}`", sink, TABLE)
    reader.reject_unknown_keys()
    title, source, covers = reader.title(), reader.text("source"), _covers(reader.map("covers"))
    columns = _columns(reader.map("columns"))
    dated_by = _dated_by(reader, columns)
    file = reader.text("file")
    if file is None:
        return None
    path = posixpath.join(folder, file.text)
    if path not in texts:
        known = [posixpath.relpath(p, folder or ".") for p in texts]
        report_unknown(file.text, known, "file", file.place, sink)
        return None
    rows = _read_rows(path, texts[path], columns, sink) if columns else ()
    if title is None or source is None or not columns:
        return None
    return ReferenceTable(name, title, source.text, columns, rows, dated_by, covers, path, entry.key.place)


def _covers(reader: MapReader | None) -> tuple[date, date] | None:
    since, until = reader.period() if reader else (None, None)
    return (since, until) if since and until else None


def _columns(reader: MapReader | None) -> tuple[ReferenceColumn, ...]:
    if reader is None:
        return ()
    columns = [_column(entry, reader.sink) for entry in reader.node.entries]
    return tuple(column for column in columns if column is not None)


def _column(entry: MapEntry, sink: DiagnosticSink) -> ReferenceColumn | None:
    name = entry.key.text
    if not isinstance(entry.value, MapNode):
        sink.error("GL117", f"column `{name}` takes a map", entry.key.place, "write `name: {type: …}`")
        return None
    reader = MapReader(entry.value, f"column `{name}`", sink, COLUMN)
    reader.reject_unknown_keys()
    kind = read_kind(reader)
    optional = reader.boolean("optional") or False
    return ReferenceColumn(name, kind, optional, reader.labels(), entry.key.place) if kind else None


def _dated_by(reader: MapReader, columns: tuple[ReferenceColumn, ...]) -> str | None:
    node = reader.text("dated by")
    if node is None or not columns:
        return None
    dates = [column.name for column in columns if column.kind.type is FactType.DATE]
    if node.text not in dates:
        report_unknown(node.text, dates, "date column", node.place, reader.sink)
        return None
    return node.text


def _read_rows(
    path: str, text: str, columns: tuple[ReferenceColumn, ...], sink: DiagnosticSink
) -> tuple[tuple[Scalar, ...], ...]:
    records = read_records(path, text, sink)
    header = next(records, None)
    if header is None:
        sink.error("GL401", "the file has no header line", Place(path, 1, 1, 2), "begin with the names of the columns")
        return ()
    order = _order(header, columns, sink)
    if order is None:
        return ()
    rows = [_row(record, len(header.fields), columns, order, sink) for record in records]
    return tuple(row for row in rows if row is not None)


def _order(header: Record, columns: tuple[ReferenceColumn, ...], sink: DiagnosticSink) -> list[int] | None:
    """For each column the index of its field."""
    names = [field.strip() for field in header.fields]
    known = [column.name for column in columns]
    before = len(sink)
    for index, name in enumerate(names):
        if name not in known:
            report_unknown(name, known, "column", header.place(index), sink)
        elif name in names[:index]:
            sink.error("GL401", f"the column `{name}` is there twice", header.place(index), "remove one of them")
    for name in known:
        if name not in names:
            end = header.place(len(header.fields))
            sink.error("GL401", f"the column `{name}` is missing", end, "add it, or remove it from reference.yaml")
    return [names.index(name) for name in known] if len(sink) == before else None


def _row(
    record: Record, width: int, columns: tuple[ReferenceColumn, ...], order: list[int], sink: DiagnosticSink
) -> tuple[Scalar, ...] | None:
    if len(record.fields) != width:
        message = f"this record has {len(record.fields)} fields, the header {width}"
        at = record.place(min(width, len(record.fields)))
        sink.error("GL402", message, at, "a field that holds a comma needs double quotes")
        return None
    return tuple(_field(record, index, column, sink) for column, index in zip(columns, order, strict=True))


def _field(record: Record, index: int, column: ReferenceColumn, sink: DiagnosticSink) -> Scalar:
    text = record.fields[index].strip()
    if not text:
        if not column.optional:
            help_ = "fill it in, or say `optional: true` in reference.yaml"
            sink.error("GL404", f"`{column.name}` is blank", record.place(index), help_)
        return None
    try:
        return parse_scalar(text, column.kind)
    except ScalarError as error:
        sink.error("GL404", error.message, record.place(index), error.help)
        return None


def _starts(text: str) -> list[int]:
    """Where each field of the record begins. Only a quote at the beginning of a field quotes it."""
    starts = [0]
    within = False
    for position, character in enumerate(text):
        if character == '"':
            within = not within if within or position == starts[-1] or text[starts[-1]] == '"' else False
        elif character == "," and not within:
            starts.append(position + 1)
    return starts
