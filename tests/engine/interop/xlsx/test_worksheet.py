"""Texts in cells: no spreadsheet takes one for a formula, none is changed. References of cells; marks of rows."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.engine.interop.xlsx.worksheet import (
    CellValue,
    cell_indexes,
    column_letters,
    from_cell,
    mark,
    to_cell,
    unmarked,
)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("", None),
        ("-", "–"),
        ("–", "'–"),
        ("=1+1", "'=1+1"),
        ("+86", "'+86"),
        ("-x", "'-x"),
        ("@here", "'@here"),
        ("＝1", "'＝1"),
        ("'quoted'", "''quoted'"),
        ("-10", -10),
        ("0", 0),
        ("2.5", 2.5),
        ("2.50", "2.50"),
        ("-2.50", "'-2.50"),
        ("007", "007"),
        ("1e5", "1e5"),
        ("1234567890123456", "1234567890123456"),
        ("_x0041_", "'~_~10041_"),
        (">= 80", ">= 80"),
        ("true", "true"),
    ],
)
def test_what_a_cell_holds(text: str, cell: CellValue) -> None:
    """Numbers that lose nothing are numbers; what could begin a formula has an apostrophe; all of it comes back."""
    assert to_cell(text) == cell
    assert type(to_cell(text)) is type(cell)
    assert from_cell(cell) == text


@given(st.text(alphabet="=+-@'~–x0041_F. 5e\tａ中", max_size=12))
def test_every_text_comes_back(text: str) -> None:
    """And none of them begins a formula."""
    cell = to_cell(text)
    assert from_cell(cell) == text
    assert not isinstance(cell, str) or cell[0] not in "=+-@"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (True, "true"),
        (False, "false"),
        (datetime(2026, 1, 31), "2026-01-31"),
        (date(2026, 1, 31), "2026-01-31"),
        (4.0, "4"),
        (0.1, "0.1"),
        ("-", "-"),
        ("a\r\nb", "a\nb"),
    ],
)
def test_what_people_type(cell: CellValue, text: str) -> None:
    """Truth values and dates as a spreadsheet makes them of what is typed."""
    assert from_cell(cell) == text


@pytest.mark.parametrize(("column", "name"), [(1, "A"), (26, "Z"), (27, "AA"), (703, "AAA")])
def test_names_of_columns(column: int, name: str) -> None:
    """There and back."""
    assert column_letters(column) == name
    assert cell_indexes(f"{name}7") == (6, column - 1)


@pytest.mark.parametrize("name", ["", "A", "7", "A0", "ABCD1", "A1B", "é1"])
def test_what_names_no_cell(name: str) -> None:
    """None, rather than a place made up."""
    assert cell_indexes(name) is None


@pytest.mark.parametrize("depth", range(4))
@pytest.mark.parametrize("base", range(4))
def test_marks_say_the_depth(depth: int, base: int) -> None:
    """A row deeper or less deep than those around it."""
    assert unmarked(mark(depth, base) + "zh") == (depth - base, "zh")
