"""FEEL values and results of the engine as JSON values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from engine.feel import Cause, Undetermined
from engine.feel.errors import FeelError
from engine.feel.values import text_of

PLAIN_DIGITS = 40


def render(value: Any) -> Any:
    """A FEEL value as JSON: numbers as `Decimal`, dates ISO, contexts as objects, lists as arrays.

    Durations, times and other values are their FEEL text; an undetermined value is `{"undetermined": [causes]}`.
    """
    match value:
        case None | bool() | str():
            return value
        case Decimal():
            return _plain(value)
        case Mapping():
            return {str(key): render(inner) for key, inner in value.items()}
        case list() | tuple():
            return [render(inner) for inner in value]
        case date():
            return value.isoformat()
        case Undetermined():
            return {"undetermined": [cause(c) for c in value.causes]}
        case _:
            return _text(value)


def cause(found: Cause) -> dict[str, object]:
    """Why a value cannot be said."""
    return {
        "kind": found.kind,
        "subject": found.subject,
        "zh": found.message.zh,
        "en": found.message.en,
    }


def _text(value: object) -> str:
    try:
        return text_of(value)
    except FeelError:
        return type(value).__name__


def _plain(number: Decimal) -> Decimal:
    """The same number written without an exponent where that stays short, so that every reader shows it the same."""
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent > 0 and number.adjusted() < PLAIN_DIGITS:
        return Decimal(int(number))
    return number
