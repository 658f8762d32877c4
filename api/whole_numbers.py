"""Whole numbers from outside: none becomes an `int` before its size is known. Pure."""

from __future__ import annotations

import re
from decimal import Decimal

LARGEST = 10**18
"""No bound is larger: what is longer is refused unread."""

_digits = re.compile(r"[0-9]{1,18}|-[1-9][0-9]{0,17}")


def whole(found: object, low: int, high: int) -> int | None:
    """The whole number from `low` to `high`, both included, that a text of digits or a decimal is, else None.

    Whatever it is given, this takes no longer than reading 18 digits: `int` takes time with the square of the digits
    that a number has when it is written out, and `1E+700000` is a text of nine characters.
    """
    if isinstance(found, str):
        read = int(found) if _digits.fullmatch(found) else None
    elif isinstance(found, Decimal) and found.is_finite() and low <= found <= high:
        read = int(found) if found == found.to_integral_value() else None
    else:
        read = None
    return read if read is not None and low <= read <= high else None
