"""Worksheets as exporter and importer see them: rows of texts with marks, cell references, texts as cell values. Pure.

A row that begins with a mark stands deeper (`›`) or less deep (`‹`) than the rows around it; `§` begins a section; `|`
holds one line of the file as it is. A label that ends with a colon opens a map; with names behind it, these are the
columns of its entries below. Everything of a file is in visible cells: nothing is kept in colours or comments.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from greenlane.engine.diagnostics import Place

CONTENTS = "contents"
"""The first sheet, which lists the documents of all files in order."""
CONTENTS_HEADER = ("file", "sheet", "decision", "zh", "en")
DOCUMENT_END = "---"
"""The line between two documents of a rule file; on a sheet it is a row with `SEPARATOR`."""
DEEPER, SHALLOWER, SECTION, RAW, SEPARATOR = "› ", "‹ ", "§ ", "|", "———"
STEP = "  "
COMMENT = "#"
BLOCK = " |"
"""Behind a label: the value stands on lines of its own."""
EXPRESSIONS = ("value", "for", "when", "then")

CellValue = str | int | float | bool | date | datetime | None
ANY = "–"
"""What the text `-` (any value) is shown as: a lone hyphen is the beginning of a formula."""


class RowKind(Enum):
    """What a row is, which its style and its reading depend on."""

    KEY = "key"
    COLUMNS = "columns"
    ENTRY = "entry"
    SECTION = "section"
    HEADER = "header"
    RULE = "rule"
    COMMENT = "comment"
    RAW = "raw"
    BLANK = "blank"
    SEPARATOR = "separator"


class SheetKind(Enum):
    """What a sheet holds."""

    CONTENTS = "contents"
    TABLE = "table"
    TEXT = "text"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """The texts of a row from the first column on."""

    cells: tuple[str, ...]
    kind: RowKind


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet to be written. `decision` is the table's name, empty on other sheets."""

    name: str
    kind: SheetKind
    rows: tuple[SheetRow, ...]
    decision: str = ""


def mark(depth: int, base: int) -> str:
    """The mark of a row of this depth where rows without a mark have the depth `base`."""
    return DEEPER * (depth - base) if depth >= base else SHALLOWER * (base - depth)


def unmarked(label: str) -> tuple[int, str]:
    """How much deeper than its surroundings a row is, and its label without the mark."""
    depth = 0
    for sign, step in ((DEEPER, 1), (SHALLOWER, -1)):
        while label.startswith(sign.strip()):
            label = label[1:].lstrip(" ")
            depth += step
    return depth, label


@dataclass(frozen=True, slots=True)
class CellPlace(Place):
    """A cell: `path` is the name of its sheet, `line` its row, `column` its column, from 1. Shown as `pricing!B7`."""

    def __str__(self) -> str:
        return f"{self.path}!{column_letters(self.column)}{self.line}"


def cell_place(sheet: str, row: int, column: int) -> CellPlace:
    """The place of the cell with this row and column, counted from 0."""
    return CellPlace(sheet, row + 1, column + 1, column + 2)


def column_letters(column: int) -> str:
    """The name of a column: 1 is A, 27 is AA."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def cell_indexes(reference: str) -> tuple[int, int] | None:
    """Row and column, counted from 0, of a cell by its A1 reference (`B7`); None where it is no such reference."""
    name = reference.rstrip("0123456789")
    digits = reference[len(name) :]
    if not (1 <= len(name) <= 3 and name.isascii() and name.isalpha() and 1 <= len(digits) <= 7) or int(digits) == 0:
        return None
    column = 0
    for letter in name.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(digits) - 1, column - 1


def to_cell(text: str) -> str | int | float | None:
    """What a cell holds for a text. Plain numbers that lose no digit become numbers; `from_cell` gives the text back.

    A text that begins with `=`, `+`, `-`, `@` or an apostrophe gets an apostrophe in front.
    """
    if not text:
        return None
    number = _number(text)
    if number is not None:
        return number
    if text == "-":
        return ANY
    if _CODED.search(text):
        return "'~" + text.replace("~", "~0").replace("x", "~1")
    return "'" + text if text[0] in _FORMULA or text == ANY else text


def from_cell(value: CellValue) -> str:
    """The text that a cell stands for, also where a person typed a number, a date or a truth value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.date().isoformat() if not (value.hour or value.minute or value.second) else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return _digits(value)
    text = value.replace("\r\n", "\n")
    if text == ANY:
        return "-"
    if text.startswith("'~"):
        return text[2:].replace("~1", "x").replace("~0", "~")
    return text.removeprefix("'")


def _number(text: str) -> int | float | None:
    if not _NUMBER.fullmatch(text) or sum(c.isdigit() for c in text) > _DIGITS_AT_MOST:
        return None
    number = float(text) if "." in text else int(text)
    return number if _digits(number) == text else None


def _digits(number: int | float) -> str:
    """The shortest decimal that is this number, never with an exponent where that can be avoided."""
    if isinstance(number, float) and number.is_integer() and abs(number) < 10**_DIGITS_AT_MOST:
        return str(int(number))
    return repr(number)


_FORMULA = "=+-@'\t\r＝＋－＠"
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
_DIGITS_AT_MOST = 15
# Spreadsheets read `_x0041_` in a stored text as the character of that number.
_CODED = re.compile(r"x[0-9A-Fa-f]{4}_")
