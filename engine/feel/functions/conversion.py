"""Functions that make a value out of text or parts (DMN 10.3.4.1, `string` apart), and `not` (10.3.4.2). Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.functions.builtin import Builtin, FormalParameter, Overload, whole
from greenlane.engine.feel.functions.ranges import parse_range
from greenlane.engine.feel.values.dates import (
    NANOS,
    Date,
    DaysTime,
    YearsMonths,
    is_date,
    make_date,
    parse_date,
    parse_duration,
)
from greenlane.engine.feel.values.number import parse_number
from greenlane.engine.feel.values.times import (
    DateTime,
    Time,
    at_midnight,
    make_time,
    named_zone,
    parse_date_time,
    parse_time,
)

_NUMERAL = re.compile(r"-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def _integer(value: Decimal, index: int) -> int:
    if value != value.to_integral_value():
        raise FeelError("argument", "a whole number is needed", "需要整数", index)
    return whole(value)


def _date(year: Decimal, month: Decimal, day: Decimal) -> Date:
    return make_date(_integer(year, 0), _integer(month, 1), _integer(day, 2))


def _to_date(value: Any) -> Date:
    if isinstance(value, DateTime):
        return value.date
    date: Date = parse_date(value) if isinstance(value, str) else value
    return date


def _time(hour: Decimal, minute: Decimal, second: Decimal, offset: DaysTime | None) -> Time:
    nanos = int(second * NANOS)
    if offset is not None and offset.nanos % NANOS:
        raise FeelError("argument", "the offset must be of whole seconds", "时区偏移应为整秒", 3)
    seconds = None if offset is None else offset.nanos // NANOS
    return make_time(_integer(hour, 0), _integer(minute, 1), nanos // NANOS, nanos % NANOS, seconds)


def _to_time(value: Any) -> Time:
    if isinstance(value, str):
        return parse_time(value)
    if is_date(value):
        value = at_midnight(value)
    time: Time = value.time if isinstance(value, DateTime) else value
    return time


def _to_date_time(value: Any) -> DateTime:
    if isinstance(value, str):
        return parse_date_time(value)
    return value if isinstance(value, DateTime) else at_midnight(value)


def _joined(date: Any, time: Time) -> DateTime:
    return DateTime(_to_date(date), time)


def _date_time(*parts: Any) -> DateTime:
    year, month, day, hour, minute, second, *offset = parts
    return DateTime(_date(year, month, day), _time(hour, minute, second, offset[0] if offset else None))


def _zoned_date_time(*parts: Any) -> DateTime:
    *local, zone = parts
    named_zone(zone)
    moment = _date_time(*local)
    return replace(moment, time=replace(moment.time, zone=zone))


def _number(text: str, grouping: str | None, point: str | None) -> Decimal:
    """The number of a text with the given separators between groups of digits and before the fraction."""
    if grouping not in (None, " ", ",", ".") or point not in (None, ",", "."):
        raise FeelError("argument", "a separator must be a space, comma or period", "分隔符应为空格、逗号或句点", 1)
    if grouping is not None and grouping == point:
        raise FeelError("argument", "the separators must differ", "两个分隔符不能相同", 2)
    plain = text.replace(grouping, "") if grouping else text
    if point == ",":
        if "." in plain:
            raise FeelError("argument", f"`{text[:40]}` is not a number", f"`{text[:40]}` 不是数字", 0)
        plain = plain.replace(",", ".")
    if not _NUMERAL.fullmatch(plain):
        raise FeelError("argument", f"`{text[:40]}` is not a number", f"`{text[:40]}` 不是数字", 0)
    return parse_number(plain)


def _years_months(start: Any, end: Any) -> YearsMonths:
    """Whole months from one date to the other."""
    first, last = _to_date(start), _to_date(end)
    months = (last.year - first.year) * 12 + last.month - first.month
    if months > 0 and last.day < first.day:
        months -= 1
    elif months < 0 and last.day > first.day:
        months += 1
    return YearsMonths(months)


def _of(name: str, *types: str, nullable: bool = False) -> FormalParameter:
    return FormalParameter(name, types, nullable=nullable)


_TEXT = _of("from", "string")
_DAYS = tuple(_of(name, "number") for name in ("year", "month", "day"))
_CLOCK = tuple(_of(name, "number") for name in ("hour", "minute", "second"))
_OFFSET = _of("offset", "days and time duration", nullable=True)
_DATES = ("date", "date and time")

CONVERSIONS: tuple[Builtin, ...] = (
    Builtin("date", (Overload((_of("from", "string", *_DATES),), _to_date), Overload(_DAYS, _date))),
    Builtin(
        "date and time",
        (
            Overload((_of("from", "string", *_DATES),), _to_date_time),
            Overload((_of("date", *_DATES), _of("time", "time")), _joined),
            Overload((*_DAYS, *_CLOCK), _date_time),
            Overload((*_DAYS, *_CLOCK, _OFFSET), _date_time),
            Overload((*_DAYS, *_CLOCK, _of("timezone", "string")), _zoned_date_time),
        ),
    ),
    Builtin(
        "time",
        (
            Overload((_of("from", "string", "time", *_DATES),), _to_time),
            Overload((*_CLOCK, replace(_OFFSET, optional=True)), _time),
        ),
    ),
    Builtin(
        "number",
        (
            Overload((_TEXT,), lambda text: _number(text, None, None)),
            Overload(
                (
                    _TEXT,
                    _of("grouping separator", "string", nullable=True),
                    _of("decimal separator", "string", nullable=True),
                ),
                _number,
            ),
        ),
    ),
    Builtin("duration", (Overload((_TEXT,), parse_duration),)),
    Builtin("years and months duration", (Overload((_of("from", *_DATES), _of("to", *_DATES)), _years_months),)),
    Builtin("range", (Overload((_TEXT,), parse_range),)),
    Builtin("not", (Overload((_of("negand", "boolean"),), lambda negand: not negand),)),
)
