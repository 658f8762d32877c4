"""What is wrong with a workbook is said at its cell, all at once, and then there are no files."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from greenlane.engine.diagnostics import Diagnostic, RulesetError, Severity
from greenlane.engine.interop.xlsx import CellPlace, export_workbook, import_workbook
from greenlane.engine.interop.xlsx.xlsx_package import BYTES_AT_MOST
from greenlane.engine.rules.ruleset import Ruleset
from tests.engine.interop.xlsx.workbooks import Edit, cell_of, edited, exported, imported, places, repacked, texts
from tests.examples import examples


def setting(sheet: str, where: str, value: object) -> Edit:
    """Writes a value in the cell that holds the text `where`, or is named so after a `!`."""

    def edit(book: Workbook) -> None:
        target = book[sheet]
        name = where[1:] if where.startswith("!") else cell_of(target, where)
        target[name] = value

    return edit


def fee(where: str) -> str:
    """The place of the cell of the table `fee` that holds this text."""
    found: list[str] = []
    edited(lambda book: found.append(cell_of(book["fee"], where)))
    return f"fee!{found[0]}"


@pytest.mark.parametrize(
    ("sheet", "where", "value", "code", "message"),
    [
        ("fee", "AAA, AA", "AAB", "GL205", "`AAB` is not an allowed value"),
        ("fee", ">= 80", ">= 80万", "GL001", None),
        ("fee", "amount_wan (万元)", "amount_wan (元)", "GL206", None),
        ("fee", "rating", "ratng", "GL201", None),
        ("fee", "first", "frist", "GL118", None),
        ("fee", "F002", "F001", None, None),
        ("fee", "refer", "maybe", "GL118", None),
    ],
)
def test_the_readers_fault_at_its_cell(
    sheet: str, where: str, value: str, code: str | None, message: str | None
) -> None:
    """A cell changed for the worse is named, with the reader's message; the place is of the spreadsheet."""
    result = imported(setting(sheet, where, value))
    if code is None:
        assert result.diagnostics == ()
        return
    assert result.files == {}
    first = next(d for d in result.diagnostics if d.code == code)
    assert str(first.place) == fee(where)
    assert isinstance(first.place, CellPlace)
    assert message is None or first.message == message


def test_changes_come_back() -> None:
    """A number, a date and a truth value that a person typed, and a new row."""

    def edit(book: Workbook) -> None:
        sheet = book["fee"]
        sheet[cell_of(sheet, "优质大额")] = "更 | 好"
        last = sheet.max_row + 1
        for column, value in enumerate(["FEE-3", "none", "–", -3.5, "F003", "三", "Three"], 1):
            sheet.cell(last, column, value)

    result = imported(edit)
    assert result.diagnostics == ()
    text = result.files["decision.yaml"]
    assert "更 \\| 好" in text
    assert "  FEE-3 | none    | -                 | -3.5 | F003 | 三       | Three\n" in text


def test_a_date_typed_in_a_cell() -> None:
    """It is stored as a number with a date format, and means the day."""

    def edit(book: Workbook) -> None:
        sheet = book["rates.csv"]
        sheet["A2"].number_format = "yyyy-mm-dd"
        sheet["A2"] = date(2024, 1, 23)

    assert imported(edit).files["reference/rates.csv"].splitlines()[1] == "2024-01-23,1Y,3.45,"


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (setting("fee", "AAA, AA", "=1+1"), ("fee!B9", "XL105")),
        (setting("fee", "优质大额", "a\nb"), ("fee!F9", "XL107")),
        (lambda book: book["fee"].merge_cells("B9:C9"), ("fee!B9", "XL104")),
        (lambda book: setattr(book["fee"], "sheet_state", "hidden"), ("fee!A1", "XL103")),
        (lambda book: book.remove(book["fee"]), ("contents!B7", "XL106")),
        (lambda book: book.remove(book["contents"]), ("contents!A1", "XL106")),
        (setting("contents", "file", "files"), ("contents!A1", "XL106")),
        (setting("contents", "decision.yaml", "../x.yaml"), ("contents!A7", "XL106")),
        (setting("contents", "decision.yaml", "x.py"), ("contents!A7", "XL106")),
        (setting("fee", "id", "nr"), ("fee!C8", "XL108")),
        (lambda book: book.create_sheet("notes").append(["x"]), ("notes!A1", "XL106")),
        (setting("contents", "!B7", "answer.values"), ("contents!B7", "XL106")),
    ],
)
def test_faults_of_the_workbook(edit: Edit, expected: tuple[str, str]) -> None:
    """Formulas, line breaks, merged cells, hidden, missing and unknown sheets, wrong headers, paths elsewhere."""
    result = imported(edit)
    assert result.files == {}
    assert expected in places(result)


def test_all_faults_at_once() -> None:
    """A formula, a merged cell and a hidden sheet are reported together, sorted by place."""

    def edit(book: Workbook) -> None:
        sheet = book["fee"]
        sheet["B9"] = "=A1"
        sheet["D10"] = "=A1"
        sheet.merge_cells("F9:G9")
        book["vocabulary"].sheet_state = "veryHidden"

    expected = [("fee!B9", "XL105"), ("fee!F9", "XL104"), ("fee!D10", "XL105"), ("vocabulary!A1", "XL103")]
    assert places(imported(edit)) == expected


def test_two_faults_in_two_sheets() -> None:
    """Faults that the reader finds in different files come in one answer."""

    def edit(book: Workbook) -> None:
        book["fee"][cell_of(book["fee"], "AAA, AA")] = "BBB"
        book["vocabulary"][cell_of(book["vocabulary"], "boolean")] = "bool"

    found = places(imported(edit))
    assert {place.partition("!")[0] for place, _ in found} >= {"fee", "vocabulary"}


def test_a_check_beyond_the_readers_is_placed_too() -> None:
    """Its place in the file becomes that of the cell."""

    def check(ruleset: Ruleset) -> list[Diagnostic]:
        table = ruleset.decisions["fee"]
        return [Diagnostic("GL999", "no fee", table.logic.rows[1].place)]  # type: ignore[union-attr]

    result = import_workbook(exported(), check)
    assert places(result) == [("fee!A10", "GL999")]
    assert result.files == {}


def bomb(size: int) -> bytes:
    """A small file that says it unpacks to `size` bytes of blanks."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", b" " * size)
    return out.getvalue()


FAR = b'<c r="XFD1048576"><v>1</v></c></row></sheetData>'
DOCTYPE = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><workbook'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "XL101"),
        (b"id,when\nA,-\n", "XL101"),
        (exported()[:2000], "XL101"),
        (b"x" * (BYTES_AT_MOST + 1), "XL102"),
        (bomb(100_000_001), "XL102"),
        (bomb(10), "XL101"),
        (repacked(lambda name, data: None if name == "xl/workbook.xml" else data), "XL101"),
        (repacked(lambda name, data: None if name == "xl/worksheets/sheet2.xml" else data), "XL101"),
        (repacked(lambda name, data: data.replace(b"<workbook", DOCTYPE, 1) if "book.x" in name else data), "XL101"),
        (repacked(lambda name, data: data.replace(b"</row></sheetData>", FAR)), "XL102"),
        (repacked(lambda name, data: data.replace(b"<v>", b"<v>x")), "XL101"),
    ],
)
def test_what_is_no_workbook_or_too_large(data: bytes, code: str) -> None:
    """Texts, damaged files, bombs, entity declarations and cells at the end of the world: one clear fault each."""
    result = import_workbook(data)
    assert [found for _, found in places(result)] == [code]
    assert result.diagnostics[0].help
    assert result.files == {}


def test_merged_cells_over_the_whole_sheet_cost_nothing() -> None:
    """Ranges are named, never gone through."""
    merged = b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    data = repacked(lambda name, part: part.replace(b"</sheetData>", merged) if name.endswith("sheet2.xml") else part)
    assert places(import_workbook(data)) == [("ruleset!A1", "XL104")]


def test_characters_that_no_file_may_hold_are_not_exported() -> None:
    """They are refused with the reader's fault, at their place in the file."""
    with pytest.raises(RulesetError) as refused:
        export_workbook(texts("x.yaml", "decision: x\x07\n"))
    assert [(str(d.place), d.code) for d in refused.value.diagnostics] == [("x.yaml:1:12", "GL103")]


def test_two_sheets_of_one_name() -> None:
    """No spreadsheet makes them; one of them would be lost."""
    data = repacked(lambda _name, part: part.replace(b'name="fee"', b'name="Contents"'))
    assert [code for _, code in places(import_workbook(data))] == ["XL101"]


@given(st.integers(0, 2**32), st.sampled_from(["sheet", "workbook", "styles", "shared", ""]))
@settings(deadline=None, max_examples=examples(20))
def test_damage_is_a_fault_and_never_an_exception(seed: int, part: str) -> None:
    """A few bytes changed anywhere, in the package or within one of its parts: faults or files, not both."""
    chance = Random(seed)

    def damaged(_name: str, content: bytes) -> bytes:
        spoiled = bytearray(content)
        for _ in range(3):
            spoiled[chance.randrange(len(spoiled))] = chance.choice(b'<>&"0189-AZaz/= \x00\xff')
        return bytes(spoiled)

    whole = exported()
    data = repacked(lambda name, content: damaged(name, content) if part in name else content, whole) if part else None
    result = import_workbook(data or damaged("", whole))
    errors = [d for d in result.diagnostics if d.severity is Severity.ERROR]
    assert bool(result.files) != bool(errors)
    assert all(isinstance(d.place, CellPlace) for d in result.diagnostics)
