"""Tables of text to cells at their place."""

from __future__ import annotations

import pytest

from greenlane.engine.diagnostics import DiagnosticSink, Origin, Place
from greenlane.engine.rules.files.table_lexer import RawTable, lex_table
from greenlane.engine.rules.files.yaml_tree import TextNode


def split(text: str) -> tuple[RawTable | None, DiagnosticSink]:
    sink = DiagnosticSink()
    node = TextNode(text, Origin("t.yaml", 10, 3), Place("t.yaml", 9, 7, 8), block=True)
    return lex_table(node, sink), sink


def cells(line: str, header: str = "id | when | zh") -> list[str]:
    table, sink = split(f"{header}\n{line}")
    assert sink.sorted() == ()
    assert table is not None
    return [cell.text for cell in table.rows[0].cells]


def fault(line: str, header: str = "id | when | zh") -> tuple[str, str]:
    _, sink = split(f"{header}\n{line}")
    (found,) = sink.sorted()
    return found.code, str(found.place)


SPLIT = [
    ("R-1 | a | b", ["R-1", "a", "b"], "spaces around a cell are not part of it"),
    ("R-1|a|b".replace("|", " | "), ["R-1", "a", "b"], "a bar has a space on both sides"),
    ("R-1 | | b", ["R-1", "", "b"], "a blank cell"),
    ("R-1 |  |", ["R-1", "", ""], "the last cell may be blank, without space"),
    ('R-1 | x = "a | b" | c', ["R-1", 'x = "a | b"', "c"], "a bar within a string of FEEL"),
    ('R-1 | x = "a\\" | b" | c', ["R-1", 'x = "a\\" | b"', "c"], "an escaped quote does not end the string"),
    ('R-1 | x | 12" wide', ["R-1", "x", '12" wide'], "a quote in a text is a character"),
    ('R-1 | x | a "b', ["R-1", "x", 'a "b'], "also a single one"),
    ("R-1 | x | a \\| b", ["R-1", "x", "a \\| b"], "an escaped bar is no separator"),
    ("R-1 | x | A|B", ["R-1", "x", "A|B"], "in a text a bar without spaces is a character"),
    ("R-1 | x | 甲｜乙", ["R-1", "x", "甲｜乙"], "and so is a full-width one"),
]


@pytest.mark.parametrize(("line", "expected", "why"), SPLIT, ids=[why for *_, why in SPLIT])
def test_a_line_is_split(line: str, expected: list[str], why: str) -> None:
    """Bars with spaces separate; strings, escapes and texts keep theirs."""
    assert cells(line) == expected


FAULTS = [
    ("R-1 | a", "GL121", 3, "too few cells: the row"),
    ("R-1 | a | b | c", "GL121", 17, "too many: the first of them"),
    ("R-1 |a | b", "GL123", 7, "a bar with a space on one side"),
    ("R-1 | a|b | c", "GL123", 10, "a bar without spaces in FEEL"),
    ("R-1 ｜ a | b", "GL124", 7, "a full-width bar"),
    ('R-1 | "a | b', "GL125", 9, "an open string"),
    ('R-1 | "a | "b"', "GL125", 9, "an open string that a later cell seems to close"),
    ('R-1 | "a | b"', "GL125", 9, "a string that runs over a bar"),
]


@pytest.mark.parametrize(("line", "code", "column", "why"), FAULTS, ids=[why for *_, why in FAULTS])
def test_a_line_that_cannot_be_split(line: str, code: str, column: int, why: str) -> None:
    """One fault for each line, at its column in the file."""
    assert fault(line) == (code, f"t.yaml:11:{column}")


def test_faulty_lines_do_not_hide_each_other() -> None:
    """Every line is looked at; those without faults are rows."""
    table, sink = split("id | when\nR-1\n\n# note\nR-2 | a\nR-3 | a | b")
    assert table is not None
    assert [row.cells[0].text for row in table.rows] == ["R-2"]
    assert [(d.code, d.place.line) for d in sink.sorted()] == [("GL121", 11), ("GL121", 15)]


def test_cells_know_their_place() -> None:
    """Columns count code points, not the width on the screen."""
    table, _ = split("id | zh | when\n甲乙 |  丙 | x > 1")
    assert table is not None
    assert [str(cell.place) for cell in table.rows[0].cells] == ["t.yaml:11:3", "t.yaml:11:9", "t.yaml:11:13"]
    assert table.rows[0].place == Place("t.yaml", 11, 3, 18)


def test_a_header_has_names_and_units() -> None:
    """The unit stands in brackets behind the name, with or without a space."""
    table, _ = split("id | amount_wan (万元) | growth rate(%) | x ( bp )\nR | 1 | 2 | 3")
    assert table is not None
    assert [(h.name, h.unit) for h in table.header] == [
        ("id", ""),
        ("amount_wan", "万元"),
        ("growth rate", "%"),
        ("x", "bp"),
    ]
