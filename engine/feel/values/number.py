"""Numbers (DMN 10.3.2.3.1): decimals of 34 digits, half to even, within 1E6145 either way (decimal128). Pure."""

from __future__ import annotations

import contextvars
import re
from collections.abc import Callable
from decimal import (
    HAVE_CONTEXTVAR,
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    setcontext,
)

from greenlane.engine.feel.errors import FeelError

CONTEXT = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)


def _own_context() -> Callable[[], contextvars.Context]:
    """Makes context variables under which Python's own operators go by `CONTEXT`, whatever the thread goes by."""
    if not HAVE_CONTEXTVAR:
        raise ImportError("greenlane needs a Python whose decimal module uses context variables")
    made = contextvars.Context()
    made.run(setcontext, CONTEXT)
    return made.copy


own_context = _own_context()
"""Gives an object whose `run(function, …)` calls a function in which `a + b` is `CONTEXT.add(a, b)`, and so on."""

_NUMERAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def parse_number(text: str) -> Decimal:
    """The number that the numeral stands for, rounded to 34 digits.

    Raises FeelError ("argument") where the text is not a numeral, ("arithmetic") where the number is out of range.
    """
    if not _NUMERAL.fullmatch(text):
        raise FeelError("argument", f"`{text[:40]}` is not a number", f"`{text[:40]}` 不是数字")
    try:
        return CONTEXT.create_decimal(text)
    except (Overflow, InvalidOperation):
        raise FeelError("arithmetic", "the number is out of range", "数字超出范围") from None


def number_text(value: Decimal) -> str:
    """Digits without exponent, without needless zeros: equal numbers have equal text."""
    if value == 0:
        return "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
