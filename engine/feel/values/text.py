"""Canonical text of values, and values read back from text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

from engine.feel.errors import FeelError
from engine.feel.values.date import date_text, parse_date
from engine.feel.values.duration import days_time_text, parse_duration, years_months_text
from engine.feel.values.number import number_text
from engine.feel.values.range import FeelFunction, Range
from engine.feel.values.time import date_time_text, parse_date_time, parse_time, time_text
from engine.feel.values.types import type_name

_TEXTS: dict[str, Callable[[Any], str]] = {
    "boolean": lambda value: "true" if value else "false",
    "number": number_text,
    "string": str,
    "date": date_text,
    "time": time_text,
    "date and time": date_time_text,
    "years and months duration": years_months_text,
    "days and time duration": days_time_text,
}
_TEMPORAL = frozenset(_TEXTS) - {"boolean", "number", "string"}
_NAME = re.compile(r"[^\W\d]\w*( \w+)*")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
NESTING_LIMIT = 200


def text_of(value: object) -> str:
    """What FEEL's `string` gives: strings as they are, lists and contexts as they would be written.

    Raises FeelError ("type") for a value that is no FEEL value, ("limit") for one nested too deeply.
    """
    return value if isinstance(value, str) else literal_text(value, quoted=False)


def literal_text(value: object, quoted: bool = True, depth: int = 0) -> str:
    """The value as an expression; `quoted` tells whether dates, times and durations stand in `@"…"`."""
    if depth > NESTING_LIMIT:
        raise FeelError("limit", "the value is nested too deeply", "值嵌套过深")
    kind = type_name(value)
    if kind == "null":
        return "null"
    if kind == "string":
        return '"' + "".join(_ESCAPES.get(char, char) for char in cast(str, value)) + '"'
    if kind in _TEXTS:
        text = _TEXTS[kind](value)
        return f'@"{text}"' if quoted and kind in _TEMPORAL else text
    return _compound_text(value, depth + 1)


def _compound_text(value: Any, depth: int) -> str:
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(literal_text(item, depth=depth) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)}: {literal_text(item, depth=depth)}" for key, item in value.items()) + "}"
    if isinstance(value, Range):
        return _range_text(value, depth)
    if isinstance(value, FeelFunction):
        return f"function({', '.join(value.parameters)})"
    raise FeelError("type", "the value is of no known type", "值的类型未知")


def _key(name: str) -> str:
    return name if _NAME.fullmatch(name) else literal_text(name)


def _range_text(value: Range, depth: int) -> str:
    low, high = literal_text(value.low, depth=depth), literal_text(value.high, depth=depth)
    if value.operator:
        return f"({value.operator} {low})"
    if value.low is None and value.high is not None:
        return f"({'<=' if value.high_included else '<'} {high})"
    if value.high is None and value.low is not None:
        return f"({'>=' if value.low_included else '>'} {low})"
    return f"{'[' if value.low_included else '('}{low}..{high}{']' if value.high_included else ')'}"


def parse_at(text: str) -> Any:
    """The value of `@"text"`: a date, time, date and time or duration, by the form of its text.

    Raises FeelError ("argument") for any other text.
    """
    if text.lstrip("-").startswith("P"):
        return parse_duration(text)
    if "T" in text.partition("@")[0]:
        return parse_date_time(text)
    return parse_time(text) if re.match(r"\d\d:", text) else parse_date(text)
