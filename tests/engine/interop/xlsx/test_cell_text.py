"""Texts in cells: no spreadsheet takes one for a formula, none is changed."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.engine.interop.xlsx.cell_text import CellValue, from_cell, to_cell


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
