"""A CSV file to the rows of a sheet and back: one row for each record."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from greenlane.engine.diagnostics import DiagnosticSink
from greenlane.engine.interop.xlsx.from_rows import Line, Lines
from greenlane.engine.interop.xlsx.grid import RAW, Part, Row
from greenlane.engine.interop.xlsx.to_rows import raw_rows
from greenlane.engine.rules.files.csv_rows import read_records


def data_rows(text: str) -> tuple[Row, ...]:
    """The records of a CSV file in canonical form, its header first; line by line where quotes stand without need."""
    lines = text.removesuffix("\n").split("\n")
    sink = DiagnosticSink()
    records = [record.fields for record in read_records("", text, sink)]
    parts = [Part.HEADER, *[Part.RULE] * len(records)]
    rows = tuple(Row(fields, part) for fields, part in zip(records, parts, strict=False))
    written = [line.text for line in read_data_rows([row.cells for row in rows]).lines]
    return rows if written == lines and not len(sink) else raw_rows(lines)


def read_data_rows(rows: Sequence[Sequence[str]]) -> Lines:
    """The records as lines; a field with a line break makes several of them."""
    out = Lines()
    width = max((column + 1 for cells in rows[:1] for column, text in enumerate(cells) if text), default=0)
    for number, cells in enumerate(rows):
        used = max((column + 1 for column, text in enumerate(cells) if text), default=0)
        if cells and cells[0] == RAW:
            out.lines.append(Line("".join(cells[1:]), ((0, number, 1),)))
        elif used:
            fields = [*cells[: max(used, width)], *[""] * (width - len(cells))]
            out.lines += _record(number, fields)
    return out


def _record(number: int, fields: Sequence[str]) -> list[Line]:
    texts = [_field(field) for field in fields]
    lines: list[Line] = []
    text = ""
    cells: list[tuple[int, int, int]] = []
    for column, field in enumerate(texts):
        text += "," if column else ""
        cells.append((len(text), number, column))
        first, *others = field.split("\n")
        text += first
        for other in others:
            lines.append(Line(text, tuple(cells)))
            text, cells = other, [(0, number, column)]
    return [*lines, Line(text, tuple(cells))]


def _field(text: str) -> str:
    """One field as the formatter of the standard library writes it."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([text, ""])
    return out.getvalue().removesuffix(",")
