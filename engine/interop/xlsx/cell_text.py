"""Text of rule files to cells of a spreadsheet and back, so that no spreadsheet takes a text for a formula."""

from __future__ import annotations

import re
from datetime import date, datetime

CellValue = str | int | float | bool | date | datetime | None

ANY = "–"
"""What the text `-` (any value) is shown as: a lone hyphen is the beginning of a formula."""

_FORMULA = "=+-@'\t\r＝＋－＠"
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
_DIGITS_AT_MOST = 15
# Spreadsheets read `_x0041_` in a stored text as the character of that number.
_CODED = re.compile(r"x[0-9A-Fa-f]{4}_")


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
