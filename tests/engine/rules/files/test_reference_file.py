"""Records of CSV files and the places of their fields."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.engine.diagnostics import DiagnosticSink
from greenlane.engine.rules.files.reference_file import read_records

TEXT = 'a,b,c\n1,"x, ""y""",中文\n\n2,"two\nlines",z\n3,,\n'


def test_records_have_fields_and_lines() -> None:
    """Quotes are taken away, doubled ones halved; a record may run over lines, blank lines are none."""
    records = list(read_records("t.csv", TEXT, DiagnosticSink()))
    assert [(r.line, r.fields) for r in records] == [
        (1, ("a", "b", "c")),
        (2, ("1", 'x, "y"', "中文")),
        (4, ("2", "two\nlines", "z")),
        (6, ("3", "", "")),
    ]


PLACES = [(1, 0, "2:1", 2), (1, 1, "2:3", 13), (1, 2, "2:14", 16), (2, 1, "4:3", 7), (2, 2, "5:8", 9), (3, 1, "6:3", 4)]


@pytest.mark.parametrize(("record", "field", "place", "end"), PLACES)
def test_fields_know_their_place(record: int, field: int, place: str, end: int) -> None:
    """Quotes belong to the field; columns count code points; a field over two lines is shown on its first."""
    found = list(read_records("t.csv", TEXT, DiagnosticSink()))[record].place(field)
    assert (str(found), found.end_column) == (f"t.csv:{place}", end)


def test_a_field_that_is_missing_has_the_place_behind_the_record() -> None:
    """Where it should have been."""
    (record,) = read_records("t.csv", "1,2\n", DiagnosticSink())
    assert str(record.place(2)) == "t.csv:1:4"


def test_an_open_quote_ends_the_reading() -> None:
    """The fault is at the line where the record begins; earlier records are kept."""
    sink = DiagnosticSink()
    assert [r.fields for r in read_records("t.csv", 'a\n"b\nc\n', sink)] == [("a",)]
    assert [(d.code, str(d.place)) for d in sink.sorted()] == [("GL405", "t.csv:2:1")]


@given(st.lists(st.lists(st.text(alphabet='ab",\n 中', max_size=4), min_size=2, max_size=3), max_size=4))
def test_what_is_written_by_the_rules_is_read_again(rows: list[list[str]]) -> None:
    """Every field in quotes, quotes doubled: the same fields, each beginning at its quote."""
    quoted = [['"' + field.replace('"', '""') + '"' for field in row] for row in rows]
    text = "".join(",".join(row) + "\n" for row in quoted)
    lines = text.split("\n")
    records = list(read_records("t.csv", text, DiagnosticSink()))
    assert [list(r.fields) for r in records] == rows
    for record in records:
        for index in range(len(record.fields)):
            place = record.place(index)
            assert lines[place.line - 1][place.column - 1] == '"'
