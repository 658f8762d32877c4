"""reference.yaml and the CSV files it describes, to reference tables."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from datetime import date

from greenlane.engine.diagnostics import DiagnosticSink, Place
from greenlane.engine.rules.files.csv_rows import Record, read_records
from greenlane.engine.rules.files.file_shapes import COLUMN, REFERENCE, TABLE
from greenlane.engine.rules.files.form import Form, labels, quoted, title
from greenlane.engine.rules.files.kinds import read_kind
from greenlane.engine.rules.files.names import Registry, check_name, unknown
from greenlane.engine.rules.files.scalars import Unreadable, check_order, read_boolean, read_day, scalar
from greenlane.engine.rules.files.yaml_nodes import Entry, MapNode, TextNode
from greenlane.engine.rules.ruleset import ReferenceColumn, ReferenceTable
from greenlane.engine.rules.vocabulary import FactType, Scalar


def read_references(
    root: MapNode, path: str, texts: Mapping[str, str], registry: Registry, sink: DiagnosticSink
) -> dict[str, ReferenceTable]:
    """The tables that can be read. `texts` holds the CSV files by path; one that no table names is a warning."""
    form = Form(root, "the reference data", sink, REFERENCE)
    form.only_known()
    tables = form.map("tables")
    found: dict[str, ReferenceTable] = {}
    for entry in tables.node.entries if tables else ():
        check_name(entry.key, sink)
        registry.declare(entry.key, None)
        table = _table(entry, posixpath.dirname(path), texts, sink)
        if table is not None:
            found[table.name] = table
    _undescribed(form, posixpath.dirname(path), texts, sink)
    return found


def _undescribed(form: Form, folder: str, texts: Mapping[str, str], sink: DiagnosticSink) -> None:
    tables = form.node.get("tables")
    entries = tables.entries if isinstance(tables, MapNode) else ()
    files = [entry.value.get("file") for entry in entries if isinstance(entry.value, MapNode)]
    named = {posixpath.join(folder, file.text) for file in files if isinstance(file, TextNode)}
    for path in texts:
        if path not in named and posixpath.dirname(path) == folder and not form.node.damaged:
            sink.warning(
                "GL114", "no reference table names this file", Place(path, 1, 1, 2), "describe it in reference.yaml"
            )


def _table(entry: Entry, folder: str, texts: Mapping[str, str], sink: DiagnosticSink) -> ReferenceTable | None:
    name = entry.key.text
    if not isinstance(entry.value, MapNode):
        sink.error("GL117", f"table `{name}` takes a map", entry.key.place, f"its keys are {quoted(TABLE.names)}")
        return None
    form = Form(entry.value, f"table `{name}`", sink, TABLE)
    form.only_known()
    text = title(form.map("title"))
    source = form.text("source")
    covers = _covers(form.map("covers"))
    columns = _columns(form.map("columns"))
    dated_by = _dated_by(form, columns)
    file = form.text("file")
    if file is None:
        return None
    path = posixpath.join(folder, file.text)
    if path not in texts:
        near = tuple(posixpath.relpath(p, folder or ".") for p in texts)
        unknown(file.text, near, "file", file.place, sink)
        return None
    rows = _rows(path, texts[path], columns, sink) if columns else ()
    if text is None or source is None or not columns:
        return None
    return ReferenceTable(name, text, source.text, columns, rows, dated_by, covers, path, entry.key.place)


def _covers(form: Form | None) -> tuple[date, date] | None:
    if form is None:
        return None
    form.only_known()
    since = read_day(form.text("from"), form.sink)
    until = read_day(form.text("until"), form.sink)
    check_order(since, until, form.place_of("until"), form.sink)
    return (since, until) if since and until else None


def _columns(form: Form | None) -> tuple[ReferenceColumn, ...]:
    columns: list[ReferenceColumn] = []
    if form is None:
        return ()
    sink = form.sink
    for entry in form.node.entries:
        if not isinstance(entry.value, MapNode):
            message = f"column `{entry.key.text}` takes a map"
            sink.error("GL117", message, entry.key.place, "write `name: {type: …}`")
            continue
        inner = Form(entry.value, f"column `{entry.key.text}`", sink, COLUMN)
        inner.only_known()
        kind = read_kind(inner)
        optional = read_boolean(inner.text("optional"), sink) or False
        if kind is not None:
            text = labels(inner)
            columns.append(ReferenceColumn(entry.key.text, kind, optional, text, entry.key.place))
    return tuple(columns)


def _dated_by(form: Form, columns: tuple[ReferenceColumn, ...]) -> str | None:
    node = form.text("dated by")
    if node is None or not columns:
        return None
    dates = [column.name for column in columns if column.kind.type is FactType.DATE]
    if node.text not in dates:
        unknown(node.text, dates, "date column", node.place, form.sink)
        return None
    return node.text


def _rows(
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
            unknown(name, known, "column", header.place(index), sink)
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
        return scalar(text, column.kind)
    except Unreadable as error:
        sink.error("GL404", error.message, record.place(index), error.help)
        return None
