"""Worksheets to the bytes of an XLSX workbook, with styles, notes and drop-downs. Needs openpyxl, opens no file."""

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

from greenlane.engine.interop.xlsx import styles
from greenlane.engine.interop.xlsx.column_labels import ColumnLabel, ColumnRole, column_label
from greenlane.engine.interop.xlsx.worksheet import ANY, RowKind, Sheet, SheetKind, SheetRow, to_cell
from greenlane.engine.rules.ruleset import Ruleset
from greenlane.engine.rules.table import Hit, OnUndetermined
from greenlane.engine.text import display_width


def write_xlsx(sheets: Iterable[Sheet], ruleset: Ruleset | None) -> bytes:
    """The workbook: the same bytes for the same sheets. `ruleset` explains columns; None where it cannot be read."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for sheet in sheets:
        _SheetWriter(workbook.create_sheet(sheet.name), sheet, ruleset).write()
    out = io.BytesIO()
    workbook.save(out)
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


class _SheetWriter:
    """Writes one sheet to an openpyxl worksheet, row by row. `_labels`: of the columns under the last header."""

    def __init__(self, target: Worksheet, sheet: Sheet, ruleset: Ruleset | None) -> None:
        self._target = target
        self._sheet = sheet
        self._ruleset = ruleset
        self._labels: Sequence[ColumnLabel] = ()
        self._lists: dict[str, DataValidation] = {}
        self._grid = sheet.kind in (SheetKind.DATA, SheetKind.CONTENTS) or any(
            row.kind in (RowKind.HEADER, RowKind.COLUMNS) for row in sheet.rows
        )
        self._widths = self._measured()

    def write(self) -> None:
        for number, width in enumerate(self._widths, 1):
            letter = get_column_letter(number)
            self._target.column_dimensions[letter].width = width + 2
        for number, row in enumerate(self._sheet.rows, 1):
            self._row(number, row)
        self._view()
        for validation in self._lists.values():
            self._target.add_data_validation(validation)

    def _measured(self) -> list[int]:
        """How wide each column is, in characters."""
        count = max((len(row.cells) for row in self._sheet.rows), default=1)
        widths = [styles.NARROWEST] * max(count, 2)
        for row in self._sheet.rows:
            aligned = row.kind in (RowKind.HEADER, RowKind.RULE, RowKind.ENTRY, RowKind.COLUMNS)
            for column, text in enumerate(row.cells):
                labels = column == 0 and row.kind not in (RowKind.COMMENT, RowKind.RAW)
                if aligned or labels:
                    most = styles.LABEL_WIDEST if column == 0 else styles.WIDEST
                    widths[column] = min(most, max(widths[column], display_width(text)))
        if not self._grid:
            widths[1] = styles.VALUE_WIDTH
        return widths

    def _row(self, number: int, row: SheetRow) -> None:
        if row.kind is RowKind.HEADER:
            known = self._sheet.kind is SheetKind.TABLE
            names = [name.removeprefix("§ ") for name in row.cells]
            self._labels = [column_label(self._ruleset, self._sheet.decision, n) if known else _PLAIN for n in names]
            self._notes(number, names)
        width = len(self._labels) if row.kind in (RowKind.HEADER, RowKind.RULE) else len(row.cells)
        if row.kind in (RowKind.SECTION, RowKind.SEPARATOR, RowKind.COLUMNS, RowKind.ENTRY):
            width = len(self._widths)
        for column in range(max(width, len(row.cells))):
            text = row.cells[column] if column < len(row.cells) else ""
            self._cell(number, column, text, row)
        lines = max((self._lines(column, text, row) for column, text in enumerate(row.cells)), default=1)
        if any(self._style(column, row) is styles.NAME for column in range(len(row.cells))):
            self._target.row_dimensions[number].height = _POINTS * 1.5
        elif lines > 1:
            self._target.row_dimensions[number].height = _POINTS * lines

    def _cell(self, number: int, column: int, text: str, row: SheetRow) -> None:
        cell = self._target.cell(number, column + 1)
        assert isinstance(cell, Cell)
        cell.value = to_cell(text)
        if isinstance(cell.value, str):
            cell.data_type = "s"
        cell.number_format = styles.TEXT_FORMAT
        style = self._style(column, row)
        cell.font, cell.alignment = style.font, style.alignment
        if style.fill is not None:
            cell.fill = style.fill
        if style.border is not None:
            cell.border = style.border
        if self._sheet.kind is SheetKind.CONTENTS and column == 1 and row.kind is RowKind.RULE:
            cell.hyperlink = Hyperlink(cell.coordinate, location=f"'{text}'!A1", display=text)
        if column == 1 and row.kind is RowKind.KEY and row.cells[0] in _FRAME_CHOICES:
            self._choices(_FRAME_CHOICES[row.cells[0]], f"{cell.coordinate}")

    def _style(self, column: int, row: SheetRow) -> styles.Style:
        if row.kind in (RowKind.HEADER, RowKind.RULE):
            role = self._labels[column].role if column < len(self._labels) else ColumnRole.NOTE
            if self._sheet.kind is SheetKind.CONTENTS and column == 1 and row.kind is RowKind.RULE:
                return styles.LINK
            return (styles.HEADERS if row.kind is RowKind.HEADER else styles.BODIES)[role]
        if column == 0:
            return styles.LABELS[row.kind]
        if row.kind is RowKind.KEY and column == 1 and row.cells[0] in ("decision", "ruleset"):
            return styles.NAME
        if row.kind is RowKind.KEY and (not self._grid or "\n" in row.cells[1]):
            return styles.LONG_VALUE
        return styles.VALUES[row.kind]

    def _lines(self, column: int, text: str, row: SheetRow) -> int:
        """How many lines a text takes in its column."""
        if not text or not self._style(column, row).wraps:
            return 1
        width = self._widths[column] if column < len(self._widths) else styles.WIDEST
        return sum(max(1, -(-display_width(line) // (width + 1))) for line in text.split("\n"))

    def _notes(self, number: int, names: Sequence[str]) -> None:
        """Notes on the header, and lists of values under it."""
        last = self._last(number)
        for column, (name, label) in enumerate(zip(names, self._labels, strict=True), 1):
            letter = get_column_letter(column)
            if label.lines:
                text = "\n".join(label.lines)
                height = 24 + 18 * (text.count("\n") + 1 + display_width(text) // 60)
                note = Comment(f"{name}\n{text}" if label.role is not ColumnRole.NOTE else text, _AUTHOR, height, 300)
                self._target[f"{letter}{number}"].comment = note
            if label.choices and label.role is not ColumnRole.NOTE:
                first = [ANY] if label.role is ColumnRole.CONDITION else []
                self._choices([*first, *label.choices], f"{letter}{number + 1}:{letter}{last}")

    def _last(self, header: int) -> int:
        """The last row under a header, with room for more at the end of the sheet."""
        rows = self._sheet.rows
        for number in range(header, len(rows)):
            if rows[number].kind not in (RowKind.RULE, RowKind.COMMENT, RowKind.BLANK):
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

    def _view(self) -> None:
        """What stays in view, what folds away, and how the sheet prints."""
        rows, target = self._sheet.rows, self._target
        headers = [number for number, row in enumerate(rows, 1) if row.kind is RowKind.HEADER]
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
_TAB_COLOURS = {
    SheetKind.CONTENTS: "24292F",
    SheetKind.TABLE: "1F5FA8",
    SheetKind.TEXT: "8250DF",
    SheetKind.DATA: "9A6700",
}
_PLAIN = ColumnLabel(ColumnRole.NOTE, (), ())
