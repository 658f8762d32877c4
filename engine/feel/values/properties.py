"""Properties that values have by nature: `.year`, `.time offset`, `.days`, `.start included` …"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from greenlane.engine.feel.errors import FeelError, missing
from greenlane.engine.feel.values.date import Date, weekday
from greenlane.engine.feel.values.duration import NANOS, DaysTime, YearsMonths, parts
from greenlane.engine.feel.values.range import Range
from greenlane.engine.feel.values.time import DateTime, Time, date_time_offset, time_offset
from greenlane.engine.feel.values.types import ZH, type_name

Property = Callable[[Any], Any]


def _offset(seconds: int | None) -> DaysTime | None:
    return None if seconds is None else DaysTime(seconds * NANOS)


def _months(value: YearsMonths, index: int) -> Decimal:
    size = divmod(abs(value.months), 12)[index]
    return Decimal(-size if value.months < 0 else size)


def _part(value: DaysTime, index: int) -> Decimal:
    size = parts(value)[index]
    return Decimal(-size if value.nanos < 0 else size)


_DATE: dict[str, Property] = {
    "year": lambda value: Decimal(value.year),
    "month": lambda value: Decimal(value.month),
    "day": lambda value: Decimal(value.day),
    "weekday": lambda value: Decimal(weekday(value)),
}
_TIME: dict[str, Property] = {
    "hour": lambda value: Decimal(value.hour),
    "minute": lambda value: Decimal(value.minute),
    "second": lambda value: Decimal(value.second),
    "time offset": lambda value: _offset(time_offset(value)),
    "timezone": lambda value: value.zone,
}


def _of_date(name: str) -> Property:
    read = _DATE[name]

    def read_date(value: DateTime) -> Any:
        date: Date = value.date
        return read(date)

    return read_date


def _of_time(name: str) -> Property:
    read = _TIME[name]

    def read_time(value: DateTime) -> Any:
        time: Time = value.time
        return read(time)

    return read_time


PROPERTIES: Mapping[str, Mapping[str, Property]] = {
    "date": _DATE,
    "time": _TIME,
    "date and time": {
        **{name: _of_date(name) for name in _DATE},
        **{name: _of_time(name) for name in _TIME},
        "time offset": lambda value: _offset(date_time_offset(value)),
    },
    "years and months duration": {
        "years": lambda value: _months(value, 0),
        "months": lambda value: _months(value, 1),
    },
    "days and time duration": {
        "days": lambda value: _part(value, 0),
        "hours": lambda value: _part(value, 1),
        "minutes": lambda value: _part(value, 2),
        "seconds": lambda value: _part(value, 3),
    },
    "range": {
        "start": lambda value: value.low,
        "end": lambda value: value.high,
        "start included": lambda value: _included(value, value.low, value.low_included),
        "end included": lambda value: _included(value, value.high, value.high_included),
    },
}


def _included(value: Range, end: object, included: bool) -> bool:
    return included and end is not None


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
