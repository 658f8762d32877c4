"""Styles of cells: fonts, fills, borders, widths. Blue asks, green answers, grey explains. Needs openpyxl, no file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

from greenlane.engine.interop.xlsx.column_labels import ColumnRole
from greenlane.engine.interop.xlsx.worksheet import RowKind

TEXT_FORMAT = "@"
WIDEST, NARROWEST, LABEL_WIDEST, VALUE_WIDTH = 52, 8, 34, 110
_FAMILY = "Noto Sans CJK SC"
_LINE = Side(style="thin", color="D0D7DE")


@dataclass(frozen=True, slots=True)
class Style:
    """Font, fill, border and alignment of a cell; `wraps`: a long text takes several lines."""

    font: Font
    fill: PatternFill | None = None
    border: Border | None = None
    wraps: bool = False

    @property
    def alignment(self) -> Alignment:
        """At the top, so that long neighbours do not move it."""
        return Alignment(vertical="top", wrap_text=self.wraps)


def _font(size: int = 10, bold: bool = False, color: str = "24292F", italic: bool = False) -> Font:
    return Font(name=_FAMILY, size=size, bold=bold, color=color, italic=italic)


def _fill(color: str) -> PatternFill:
    return PatternFill("solid", start_color=color, end_color=color)


_GRID = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_UNDER = Border(bottom=_LINE)

HEADERS: Mapping[ColumnRole, Style] = {
    ColumnRole.CONDITION: Style(_font(bold=True, color="FFFFFF"), _fill("1F5FA8"), _GRID, True),
    ColumnRole.OUTPUT: Style(_font(bold=True, color="FFFFFF"), _fill("1E7B4A"), _GRID, True),
    ColumnRole.NOTE: Style(_font(bold=True, color="FFFFFF"), _fill("6E7781"), _GRID, True),
}
BODIES: Mapping[ColumnRole, Style] = {
    ColumnRole.CONDITION: Style(_font(), _fill("EAF2FB"), _GRID, True),
    ColumnRole.OUTPUT: Style(_font(bold=True), _fill("E6F4EA"), _GRID, True),
    ColumnRole.NOTE: Style(_font(), None, _GRID, True),
}
LABELS: Mapping[RowKind, Style] = {
    RowKind.KEY: Style(_font(color="57606A")),
    RowKind.COLUMNS: Style(_font(bold=True, color="57606A"), _fill("EEF1F4"), _UNDER, True),
    RowKind.ENTRY: Style(_font(bold=True), None, _UNDER, True),
    RowKind.SECTION: Style(_font(bold=True, color="7A4B00"), _fill("FDF0D5")),
    RowKind.COMMENT: Style(_font(italic=True, color="6E7781")),
    RowKind.RAW: Style(_font()),
    RowKind.SEPARATOR: Style(_font(color="8C959F"), _fill("D8DEE4")),
    RowKind.BLANK: Style(_font()),
}
VALUES: Mapping[RowKind, Style] = {
    **LABELS,
    RowKind.KEY: Style(_font()),
    RowKind.ENTRY: Style(_font(), None, _UNDER, True),
    RowKind.SECTION: Style(_font(11, bold=True, color="7A4B00"), _fill("FDF0D5")),
}
NAME = Style(_font(14, bold=True, color="1F5FA8"))
"""The name of a decision."""
LONG_VALUE = Style(_font(), None, None, True)
"""An expression that may take several lines."""
LINK = Style(_font(color="0969DA"), None, _GRID)
