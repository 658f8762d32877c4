"""Sheets to the bytes of an XLSX workbook."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import Outline, PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from greenlane.engine.interop.xlsx import looks
from greenlane.engine.interop.xlsx.cell_text import ANY, to_cell
from greenlane.engine.interop.xlsx.column_labels import ColumnLabel, Role, column_label
from greenlane.engine.interop.xlsx.grid import Kind, Part, Row, Sheet
from greenlane.engine.rules.ruleset import Ruleset
from greenlane.engine.rules.table import Hit, OnUndetermined
from greenlane.engine.text import display_width

_AUTHOR = "greenlane"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")
_ROOM = 200
_FROZEN_AT_MOST = 24
_LIST_AT_MOST = 255
_POINTS = 15.5
_FRAME_CHOICES = {
    "hit": [hit.value for hit in Hit],
    "undetermined": [way.value for way in OnUndetermined],
}
_TAB_COLOURS = {Kind.CONTENTS: "24292F", Kind.TABLE: "1F5FA8", Kind.TEXT: "8250DF", Kind.DATA: "9A6700"}
_PLAIN = ColumnLabel(Role.NOTE, (), ())


def painted(sheets: Iterable[Sheet], ruleset: Ruleset | None) -> bytes:
    """The workbook, the same bytes for the same sheets."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        _Painter(book.create_sheet(sheet.name), sheet, ruleset).paint()
    out = io.BytesIO()
    book.save(out)
    return _without_time(out.getvalue())


def _without_time(data: bytes) -> bytes:
    """The package with no trace of when it was made."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _STAMP.sub(rb"\g<1>1980-01-01T00:00:00Z", content)
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, content)
    return out.getvalue()


class _Painter:
    def __init__(self, target: Worksheet, sheet: Sheet, ruleset: Ruleset | None) -> None:
        self._target = target
        self._sheet = sheet
        self._ruleset = ruleset
        self._labels: Sequence[ColumnLabel] = ()
        self._lists: dict[str, DataValidation] = {}
        self._grid = sheet.kind in (Kind.DATA, Kind.CONTENTS) or any(
            row.part in (Part.HEADER, Part.COLUMNS) for row in sheet.rows
        )
        self._widths = self._measured()

    def paint(self) -> None:
        for number, width in enumerate(self._widths, 1):
            letter = get_column_letter(number)
            self._target.column_dimensions[letter].width = width + 2
        for number, row in enumerate(self._sheet.rows, 1):
            self._row(number, row)
        self._frame()
        for validation in self._lists.values():
            self._target.add_data_validation(validation)

    def _measured(self) -> list[int]:
        """How wide each column is, in characters."""
        count = max((len(row.cells) for row in self._sheet.rows), default=1)
        widths = [looks.NARROWEST] * max(count, 2)
        for row in self._sheet.rows:
            aligned = row.part in (Part.HEADER, Part.RULE, Part.ENTRY, Part.COLUMNS)
            for column, text in enumerate(row.cells):
                labels = column == 0 and row.part not in (Part.COMMENT, Part.RAW)
                if aligned or labels:
                    most = looks.LABEL_WIDEST if column == 0 else looks.WIDEST
                    widths[column] = min(most, max(widths[column], display_width(text)))
        if not self._grid:
            widths[1] = looks.VALUE_WIDTH
        return widths

    def _row(self, number: int, row: Row) -> None:
        if row.part is Part.HEADER:
            known = self._sheet.kind is Kind.TABLE
            names = [name.removeprefix("§ ") for name in row.cells]
            self._labels = [column_label(self._ruleset, self._sheet.decision, n) if known else _PLAIN for n in names]
            self._explain(number, names)
        width = len(self._labels) if row.part in (Part.HEADER, Part.RULE) else len(row.cells)
        if row.part in (Part.SECTION, Part.SEPARATOR, Part.COLUMNS, Part.ENTRY):
            width = len(self._widths)
        for column in range(max(width, len(row.cells))):
            text = row.cells[column] if column < len(row.cells) else ""
            self._cell(number, column, text, row)
        lines = max((self._lines(column, text, row) for column, text in enumerate(row.cells)), default=1)
        if any(self._look(column, row) is looks.NAME for column in range(len(row.cells))):
            self._target.row_dimensions[number].height = _POINTS * 1.5
        elif lines > 1:
            self._target.row_dimensions[number].height = _POINTS * lines

    def _cell(self, number: int, column: int, text: str, row: Row) -> None:
        cell = self._target.cell(number, column + 1)
        assert isinstance(cell, Cell)
        cell.value = to_cell(text)
        if isinstance(cell.value, str):
            cell.data_type = "s"
        cell.number_format = looks.TEXT_FORMAT
        look = self._look(column, row)
        cell.font, cell.alignment = look.font, look.alignment
        if look.fill is not None:
            cell.fill = look.fill
        if look.border is not None:
            cell.border = look.border
        if self._sheet.kind is Kind.CONTENTS and column == 1 and row.part is Part.RULE:
            cell.hyperlink = Hyperlink(cell.coordinate, location=f"'{text}'!A1", display=text)
        if column == 1 and row.part is Part.KEY and row.cells[0] in _FRAME_CHOICES:
            self._choices(_FRAME_CHOICES[row.cells[0]], f"{cell.coordinate}")

    def _look(self, column: int, row: Row) -> looks.Look:
        if row.part in (Part.HEADER, Part.RULE):
            role = self._labels[column].role if column < len(self._labels) else Role.NOTE
            if self._sheet.kind is Kind.CONTENTS and column == 1 and row.part is Part.RULE:
                return looks.LINK
            return (looks.HEADERS if row.part is Part.HEADER else looks.BODIES)[role]
        if column == 0:
            return looks.LABELS[row.part]
        if row.part is Part.KEY and column == 1 and row.cells[0] in ("decision", "ruleset"):
            return looks.NAME
        if row.part is Part.KEY and (not self._grid or "\n" in row.cells[1]):
            return looks.LONG_VALUE
        return looks.VALUES[row.part]

    def _lines(self, column: int, text: str, row: Row) -> int:
        """How many lines a text takes in its column."""
        if not text or not self._look(column, row).wraps:
            return 1
        width = self._widths[column] if column < len(self._widths) else looks.WIDEST
        return sum(max(1, -(-display_width(line) // (width + 1))) for line in text.split("\n"))

    def _explain(self, number: int, names: Sequence[str]) -> None:
        """Notes on the header, and lists of values under it."""
        last = self._last(number)
        for column, (name, label) in enumerate(zip(names, self._labels, strict=True), 1):
            letter = get_column_letter(column)
            if label.lines:
                text = "\n".join(label.lines)
                height = 24 + 18 * (text.count("\n") + 1 + display_width(text) // 60)
                note = Comment(f"{name}\n{text}" if label.role is not Role.NOTE else text, _AUTHOR, height, 300)
                self._target[f"{letter}{number}"].comment = note
            if label.choices and label.role is not Role.NOTE:
                first = [ANY] if label.role is Role.CONDITION else []
                self._choices([*first, *label.choices], f"{letter}{number + 1}:{letter}{last}")

    def _last(self, header: int) -> int:
        """The last row under a header, with room for more at the end of the sheet."""
        rows = self._sheet.rows
        for number in range(header, len(rows)):
            if rows[number].part not in (Part.RULE, Part.COMMENT, Part.BLANK):
                return number
        return len(rows) + _ROOM

    def _choices(self, values: Sequence[str], cells: str) -> None:
        """A drop-down; other texts can still be written, such as two values or a comparison."""
        listed = ",".join(values)
        if len(listed) > _LIST_AT_MOST or any("," in value or '"' in value for value in values):
            return
        if listed not in self._lists:
            self._lists[listed] = DataValidation("list", formula1=f'"{listed}"', showErrorMessage=False)
        self._lists[listed].add(cells)

    def _frame(self) -> None:
        """What stays in view, what folds away, and how the sheet prints."""
        rows, target = self._sheet.rows, self._target
        headers = [number for number, row in enumerate(rows, 1) if row.part is Part.HEADER]
        if len(headers) == 1 and headers[0] <= _FROZEN_AT_MOST:
            target.freeze_panes = f"B{headers[0] + 1}"
            if headers[0] > 3:
                target.row_dimensions.group(2, headers[0] - 1, outline_level=1)
        else:
            target.freeze_panes = "B2"
        target.sheet_properties.tabColor = _TAB_COLOURS[self._sheet.kind]
        target.sheet_properties.outlinePr = Outline(summaryBelow=False)
        target.sheet_view.showGridLines = False
        target.page_setup.orientation = "landscape"
        target.page_setup.fitToHeight = 0
        target.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
