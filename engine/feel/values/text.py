"""Canonical text of values, and values read back from text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.values.date import date_text, parse_date
from greenlane.engine.feel.values.duration import days_time_text, parse_duration, years_months_text
from greenlane.engine.feel.values.number import number_text
from greenlane.engine.feel.values.range import FeelFunction, Range
from greenlane.engine.feel.values.time import date_time_text, parse_date_time, parse_time, time_text
from greenlane.engine.feel.values.types import type_name

NESTING_LIMIT = 200
TEXT_LIMIT = 1_000_000
_TEMPORAL: dict[str, Callable[[Any], str]] = {
    "date": date_text,
    "time": time_text,
    "date and time": date_time_text,
    "years and months duration": years_months_text,
    "days and time duration": days_time_text,
}
# Names that FEEL reads whatever is around them; all others are written in quotes.
_START = (
    "A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u167f\u1681-\u180d\u180f-\u1fff"
    "\u3041-\ud7ff\uf900-\ufdcf"
)
_WORDS = frozenset(
    re.findall(
        r"\w+",
        "if then else for in return some every satisfies function external between and or instance of "
        "null true false not",
    )
)
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


@cache
def _names() -> re.Pattern[str]:
    # Python takes long to prepare it, and few ask for it.
    return re.compile(f"[{_START}][{_START}0-9]*( [{_START}][{_START}0-9]*)*")


def text_of(value: object) -> str:
    """What FEEL's `string` gives: strings, dates, times and durations bare, lists and contexts as one writes them.

    Raises FeelError ("type") for a value that is no FEEL value, ("limit") for one nested too deeply or too large.
    """
    if isinstance(value, str):
        return value
    temporal = _TEMPORAL.get(type_name(value))
    return temporal(value) if temporal else literal_text(value)


def literal_text(value: object) -> str:
    """The value as an expression: strings in quotes, dates, times and durations in `@"…"`. Raises as `text_of`."""
    pieces: list[str] = []
    length = 0
    for piece in _pieces(value, 0):
        pieces.append(piece)
        length += len(piece)
        # Counted while writing: lists that share their items can be small to hold and endless to write.
        if length > TEXT_LIMIT:
            raise FeelError("limit", "the text of the value is too long", "值的文本过长")
    return "".join(pieces)


def _pieces(value: Any, depth: int) -> Iterator[str]:
    if depth > NESTING_LIMIT:
        raise FeelError("limit", "the value is nested too deeply", "值嵌套过深")
    kind = type_name(value)
    if kind == "list":
        yield from _listed("[", [("", item) for item in value], "]", depth)
    elif kind == "context":
        yield from _listed("{", [(f"{_key(key)}: ", item) for key, item in value.items()], "}", depth)
    elif isinstance(value, Range):
        yield from _range_pieces(value, depth)
    else:
        yield _simple_text(kind, value)


def _listed(begin: str, items: list[tuple[str, Any]], end: str, depth: int) -> Iterator[str]:
    yield begin
    for index, (label, item) in enumerate(items):
        yield ", " + label if index else label
        yield from _pieces(item, depth + 1)
    yield end


def _range_pieces(value: Range, depth: int) -> Iterator[str]:
    low, high = ("".join(_pieces(end, depth + 1)) for end in (value.low, value.high))
    if value.operator:
        yield f"({value.operator} {low})"
    elif value.low is None and value.high is not None:
        yield f"({'<=' if value.high_included else '<'} {high})"
    elif value.high is None and value.low is not None:
        yield f"({'>=' if value.low_included else '>'} {low})"
    else:
        yield f"{'[' if value.low_included else '('}{low}..{high}{']' if value.high_included else ')'}"


def _simple_text(kind: str, value: Any) -> str:
    if kind in _TEMPORAL:
        return f'@"{_TEMPORAL[kind](value)}"'
    if kind == "number":
        return number_text(value)
    if kind == "string":
        return _quoted(value)
    if kind in ("null", "boolean"):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, FeelFunction):
        return f"function({', '.join(value.parameters)})"
    raise FeelError("type", "the value is of no known type", "值的类型未知")


def _quoted(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(char, char) for char in text) + '"'


def _key(name: str) -> str:
    plain = _names().fullmatch(name) and _WORDS.isdisjoint(name.split(" "))
    return name if plain else _quoted(name)


def parse_at(text: str) -> Any:
    """The value of `@"text"`: a date, time, date and time or duration, by the form of its text.

    Raises FeelError ("argument") for any other text.
    """
    if text.lstrip("-").startswith("P"):
        return parse_duration(text)
    if "T" in text.partition("@")[0]:
        return parse_date_time(text)
    return parse_time(text) if re.match(r"\d\d:", text) else parse_date(text)
