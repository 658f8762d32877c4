"""A CSV file to records whose fields know their place."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass

from greenlane.engine.diagnostics import DiagnosticSink, Place


@dataclass(frozen=True, slots=True)
class Record:
    """One record. `lines` are the lines it is written on, the first of them number `line` of the file."""

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
