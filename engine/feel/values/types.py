"""What every FEEL value has (DMN 10.3.2): the name of its type, properties, text. Also ranges and functions. Pure."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from greenlane.engine.feel.errors import FeelError, missing
from greenlane.engine.feel.lexer import KEYWORDS
from greenlane.engine.feel.values.dates import (
    DATE_PROPERTIES,
    DAYS_TIME_PROPERTIES,
    YEARS_MONTHS_PROPERTIES,
    DaysTime,
    FarDate,
    Property,
    YearsMonths,
    date_text,
    days_time_text,
    parse_date,
    parse_duration,
    years_months_text,
)
from greenlane.engine.feel.values.indexed import IndexedRows
from greenlane.engine.feel.values.number import number_text
from greenlane.engine.feel.values.times import (
    DATE_TIME_PROPERTIES,
    TIME_PROPERTIES,
    DateTime,
    Time,
    date_time_text,
    parse_date_time,
    parse_time,
    time_text,
)


@dataclass(frozen=True, slots=True)
class Range:
    """`[low..high]`; an end that is None is unbounded and never included.

    `operator` is "=" or "!=" for the ranges `(= x)` and `(!= x)`, whose `low` and `high` are both x; empty otherwise.
    """

    low: Any
    high: Any
    low_included: bool
    high_included: bool
    operator: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class FeelFunction:
    """A function as a value. `call` takes as many values as there are `parameters`, in their order.

    Two of them are equal when they are the same object.
    """

    parameters: tuple[str, ...]
    call: Callable[..., Any]


_TYPE_NAMES: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    Decimal: "number",
    str: "string",
    datetime.date: "date",
    FarDate: "date",
    Time: "time",
    DateTime: "date and time",
    YearsMonths: "years and months duration",
    DaysTime: "days and time duration",
    list: "list",
    tuple: "list",
    IndexedRows: "list",
    dict: "context",
    Range: "range",
    FeelFunction: "function",
}


def type_name(value: object) -> str:
    """The name of the value's FEEL type as rule files write it; "unknown" for anything else, such as a float."""
    name = _TYPE_NAMES.get(type(value))
    if name is not None:
        return name
    return "context" if isinstance(value, dict) else "unknown"


ZH: Mapping[str, str] = {
    "null": "空值",
    "boolean": "布尔值",
    "number": "数字",
    "string": "字符串",
    "date": "日期",
    "time": "时间",
    "date and time": "日期时间",
    "years and months duration": "年月时长",
    "days and time duration": "日时时长",
    "list": "列表",
    "context": "上下文",
    "range": "区间",
    "function": "函数",
    "unknown": "未知类型",
}
"""How messages in Chinese name the types."""

PROPERTIES: Mapping[str, Mapping[str, Property]] = {
    "date": DATE_PROPERTIES,
    "time": TIME_PROPERTIES,
    "date and time": DATE_TIME_PROPERTIES,
    "years and months duration": YEARS_MONTHS_PROPERTIES,
    "days and time duration": DAYS_TIME_PROPERTIES,
    "range": {
        "start": lambda value: value.low,
        "end": lambda value: value.high,
        "start included": lambda value: value.low_included and value.low is not None,
        "end included": lambda value: value.high_included and value.high is not None,
    },
}
"""By the name of a type, the properties that its values have by nature: `.year`, `.time offset`, `.start included`."""


def has_properties(value: object) -> bool:
    """Whether the value's type has properties; contexts and lists are not meant."""
    return type_name(value) in PROPERTIES


def property_of(value: object, name: str) -> Any:
    """The property; null where the value does not say (`timezone` of a local time).

    Raises FeelError: "missing" for null, "type" where the type has no such property.
    """
    kind = type_name(value)
    if kind == "null":
        raise missing()
    read = PROPERTIES.get(kind, {}).get(name)
    if read is None:
        raise FeelError("type", f"a {kind} has no property `{name}`", f"{ZH[kind]}没有属性 `{name}`")
    return read(value)


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
_WORDS = KEYWORDS | {"not"}
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


@cache
def _plain_name() -> re.Pattern[str]:
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
    plain = _plain_name().fullmatch(name) and _WORDS.isdisjoint(name.split(" "))
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
