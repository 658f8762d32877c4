"""The sheets of an XLSX file as texts, within bounds of size. Pure.

Formulas, merged cells and hidden sheets are diagnostics: nobody sees all they say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from greenlane.engine.diagnostics import Diagnostic
from greenlane.engine.interop.xlsx.worksheet import CellValue, cell_indexes, cell_place, from_cell
from greenlane.engine.interop.xlsx.xlsx_package import WorkbookError, XlsxPackage

ROWS_AT_MOST, COLUMNS_AT_MOST, SHEETS_AT_MOST, CELLS_AT_MOST = 50_000, 500, 500, 500_000


@dataclass(slots=True)
class SheetContent:
    """The texts of a sheet, row by row, and what in it cannot be read."""

    name: str
    rows: list[list[str]] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def report(self, code: str, row: int, column: int, message: str, help_: str) -> None:
        """Adds a diagnostic at the cell with this row and column, counted from 0."""
        self.diagnostics.append(Diagnostic(code, message, cell_place(self.name, row, column), help_))


def read_xlsx(data: bytes) -> list[SheetContent]:
    """Every sheet in order. Raises WorkbookError where the file as a whole cannot be read."""
    package = XlsxPackage(data)
    if not package.has(_WORKBOOK):
        raise WorkbookError("XL101", "this is not an XLSX workbook", "save it as an Excel workbook (.xlsx)")
    relations = package.relations(_WORKBOOK)
    shared, listed = _SharedParts(), _listed(package)
    if len(listed) > SHEETS_AT_MOST:
        raise WorkbookError("XL102", f"the workbook has {len(listed)} sheets", f"{SHEETS_AT_MOST} at most")
    if any(attributes.get("date1904") in ("1", "true") for attributes in listed):
        shared.begin = datetime(1904, 1, 1)
    for kind, part in relations.values():
        if kind == "sharedStrings":
            shared.strings = _strings(package, part)
        elif kind == "styles":
            shared.dates = _date_styles(package, part)
    sheets = [attributes for attributes in listed if "name" in attributes]
    if len({sheet["name"].lower() for sheet in sheets}) < len(sheets):
        raise WorkbookError("XL101", "the workbook is damaged: two sheets have one name", "save it anew")
    budget = [CELLS_AT_MOST]
    return [_sheet(package, shared, sheet, relations.get(sheet.get("id", ""), ("", "")), budget) for sheet in sheets]


@dataclass(slots=True)
class _SharedParts:
    """What all sheets share: texts, which cell formats are dates, and the day that counts as 0."""

    strings: list[str] = field(default_factory=list)
    dates: list[bool] = field(default_factory=list)
    begin: datetime = datetime(1899, 12, 30)


def _listed(package: XlsxPackage) -> list[Mapping[str, str]]:
    """The attributes of the workbook and of its sheets."""
    found: list[Mapping[str, str]] = []

    def begin(element: str, attributes: Mapping[str, str]) -> None:
        if element in ("sheet", "workbookPr"):
            found.append(attributes)

    package.parse(_WORKBOOK, begin, lambda _name, _text: None)
    return found


def _strings(package: XlsxPackage, part: str) -> list[str]:
    found: list[str] = []
    phonetic = False

    def begin(element: str, _attributes: Mapping[str, str]) -> None:
        nonlocal phonetic
        if element == "si":
            found.append("")
        phonetic = phonetic or element == "rPh"

    def end(element: str, text: str) -> None:
        nonlocal phonetic
        if element == "t" and found and not phonetic:
            found[-1] += _decoded(text)
        phonetic = phonetic and element != "rPh"

    package.parse(part, begin, end)
    return found


def _decoded(text: str) -> str:
    return _CODED.sub(lambda match: chr(int(match[1], 16)), text)


def _date_styles(package: XlsxPackage, part: str) -> list[bool]:
    dates: list[bool] = []
    codes = {str(number): True for number in _DATE_FORMATS}
    within = False

    def begin(element: str, attributes: Mapping[str, str]) -> None:
        nonlocal within
        if element == "numFmt":
            code = _QUOTED.sub("", attributes.get("formatCode", "")).lower()
            codes[attributes.get("numFmtId", "")] = "y" in code or "d" in code
        elif element == "cellXfs":
            within = True
        elif element == "xf" and within:
            dates.append(codes.get(attributes.get("numFmtId", ""), False))

    def end(element: str, _text: str) -> None:
        nonlocal within
        within = within and element != "cellXfs"

    package.parse(part, begin, end)
    return dates


def _sheet(
    package: XlsxPackage, shared: _SharedParts, sheet: Mapping[str, str], relation: tuple[str, str], budget: list[int]
) -> SheetContent:
    out = SheetContent(sheet["name"])
    if sheet.get("state", "visible") != "visible":
        out.report("XL103", 0, 0, "this sheet is hidden", "show it, or delete it")
    if relation[0] != "worksheet":
        out.report("XL106", 0, 0, "this sheet has no cells", "delete it: a chart is no rule")
        return out
    cells = _CellParser(shared, out, budget)
    package.parse(relation[1], cells.begin, cells.end)
    return out


class _CellParser:
    """Receives the XML elements of a sheet and puts the texts of its cells in its rows."""

    def __init__(self, shared: _SharedParts, out: SheetContent, budget: list[int]) -> None:
        self._shared = shared
        self._out = out
        self._budget = budget
        self._cell: Mapping[str, str] = {}
        self._text = ""
        self._formula = False

    def begin(self, element: str, attributes: Mapping[str, str]) -> None:
        if element == "c":
            self._cell, self._text, self._formula = attributes, "", False
        elif element == "f":
            self._formula = True
        elif element == "mergeCell":
            reference = attributes.get("ref", "")
            row, column = cell_indexes(reference.partition(":")[0]) or (0, 0)
            message = f"the cells {reference[:20]} are merged"
            self._out.report("XL104", row, column, message, "split them: each cell says one thing")

    def end(self, element: str, text: str) -> None:
        if element in ("v", "t"):
            self._text += text
        elif element == "c" and (self._text or self._formula):
            self._put(self._cell.get("r", ""))

    def _put(self, reference: str) -> None:
        place = cell_indexes(reference)
        self._budget[0] -= 1
        if place is None:
            raise WorkbookError("XL101", f"the workbook is damaged: a cell is named `{reference[:20]}`", "save it anew")
        row, column = place
        if row >= ROWS_AT_MOST or column >= COLUMNS_AT_MOST or self._budget[0] < 0:
            message = f"the sheet `{self._out.name}` is too large: cell {reference}"
            bounds = f"{ROWS_AT_MOST:,} rows, {COLUMNS_AT_MOST} columns, {CELLS_AT_MOST:,} cells"
            raise WorkbookError("XL102", message, f"{bounds} at most; delete what is far from the tables")
        rows = self._out.rows
        rows.extend([] for _ in range(row + 1 - len(rows)))
        rows[row].extend("" for _ in range(column + 1 - len(rows[row])))
        rows[row][column] = from_cell(self._value(row, column))

    def _value(self, row: int, column: int) -> CellValue:
        kind = self._cell.get("t", "n")
        if self._formula or kind == "e":
            what = "a formula" if self._formula else f"the error `{self._text[:20]}`"
            help_ = "write its value; a text that begins with `=` gets an apostrophe in front"
            self._out.report("XL105", row, column, f"there is {what} in this cell", help_)
            return None
        try:
            return self._typed(kind)
        except (ValueError, IndexError, OverflowError):
            raise WorkbookError("XL101", "the workbook is damaged: a cell has no value", "save it anew") from None

    def _typed(self, kind: str) -> CellValue:
        if kind == "s":
            return self._shared.strings[int(self._text)]
        if kind == "b":
            return self._text == "1"
        if kind in ("str", "inlineStr"):
            return _decoded(self._text)
        if kind == "d":
            return datetime.fromisoformat(self._text)
        style = int(self._cell.get("s", "0"))
        number = float(self._text)
        if self._shared.dates[style : style + 1] == [True]:
            return self._shared.begin + timedelta(seconds=round(number * 86_400))
        return int(self._text) if self._text.lstrip("-").isdigit() else number


_WORKBOOK = "xl/workbook.xml"
_CODED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
_DATE_FORMATS = frozenset((*range(14, 18), 22, *range(27, 37), *range(50, 59)))
