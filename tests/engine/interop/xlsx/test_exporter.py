"""What an analyst sees: names, colours, notes, lists of values, and what stays in view."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook, load_workbook

from greenlane.engine.interop.xlsx import export_workbook
from greenlane.engine.interop.xlsx.column_labels import ColumnRole, column_label
from greenlane.engine.interop.xlsx.styles import HEADERS
from tests.engine.interop.xlsx.test_round_trip import SHIPPED
from tests.engine.interop.xlsx.workbooks import exported


@pytest.fixture(scope="module")
def book() -> Workbook:
    """The workbook of the small ruleset, as a spreadsheet opens it."""
    return load_workbook(io.BytesIO(exported()))


def test_contents_list_every_part(book: Workbook) -> None:
    """File, sheet, decision and its titles, with a link to the sheet."""
    sheet = book["contents"]
    assert [c.value for c in sheet[1]] == ["file", "sheet", "decision", "zh", "en"]
    assert [c.value for c in sheet[7]] == ["decision.yaml", "fee", "fee", "费用", "Fee"]
    assert sheet["B7"].hyperlink.location == "'fee'!A1"


def test_frame_of_a_table(book: Workbook) -> None:
    """Titles in both languages, hit policy and outputs stand above the rows."""
    rows = [[c.value for c in row if c.value is not None] for row in book["fee"].iter_rows(max_row=7)]
    assert rows == [
        ["decision", "fee"],
        ["title.zh", "费用"],
        ["title.en", "Fee"],
        ["hit", "first"],
        ["undetermined", "refer"],
        ["outputs:", "type", "unit"],
        ["› fee", "number", "bp"],
    ]


def test_header_stays_in_view_and_the_frame_folds(book: Workbook) -> None:
    """The panes are frozen under the header; the rows above it are a group."""
    sheet = book["fee"]
    assert sheet.freeze_panes == "B9"
    assert [sheet.row_dimensions[row].outlineLevel for row in (1, 2, 7, 8)] == [0, 1, 1, 0]


def test_colours_tell_conditions_from_outputs(book: Workbook) -> None:
    """Blue asks, green answers, grey explains."""
    sheet = book["fee"]
    found = [sheet[f"{letter}8"].fill.start_color.rgb for letter in "ABCDEFG"]
    note, condition, output = (
        HEADERS[role].fill.start_color.rgb  # type: ignore[union-attr]
        for role in (ColumnRole.NOTE, ColumnRole.CONDITION, ColumnRole.OUTPUT)
    )
    assert found == [note, condition, condition, output, note, note, note]


def test_notes_say_labels_and_units(book: Workbook) -> None:
    """A note on each header cell has the labels in both languages and the unit."""
    text = book["fee"]["C8"].comment.text
    assert "金额\nAmount\n单位 Unit: 万元" in text
    assert "单位 Unit: bp" in book["fee"]["D8"].comment.text


def test_lists_offer_single_values(book: Workbook) -> None:
    """The allowed values of a fact and any; other texts are allowed. Hit policies and ways of the frame too."""
    lists = {str(v.sqref): v for v in book["fee"].data_validations.dataValidation}
    assert lists["B9:B210"].formula1 == '"–,AAA,AA,A,none"'
    assert not lists["B9:B210"].showErrorMessage
    assert lists["B5"].formula1 == '"refer,ignore,error"'


def test_cells_are_texts(book: Workbook) -> None:
    """What is typed stays as typed: no date is made of 1-3."""
    assert {cell.number_format for row in book["fee"].iter_rows() for cell in row if cell.value} == {"@"}


def test_no_cell_is_a_formula() -> None:
    """In any sheet of the shipped rules, nor begins as one."""
    shipped = load_workbook(io.BytesIO(export_workbook(SHIPPED)))
    cells = [c for sheet in shipped.worksheets for row in sheet.iter_rows() for c in row if isinstance(c.value, str)]
    assert len(cells) > 4_000
    assert [c.coordinate for c in cells if c.value[0] in "=+-@" or c.data_type == "f"] == []


def test_a_column_without_ruleset_has_a_role() -> None:
    """Rules that cannot be read are exported all the same."""
    assert column_label(None, "x", "amount (万元)").role is ColumnRole.CONDITION
    assert column_label(None, "x", "then").role is ColumnRole.OUTPUT
    assert column_label(None, "x", "id").role is ColumnRole.NOTE
