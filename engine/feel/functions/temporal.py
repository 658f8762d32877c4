"""Functions on dates and times (DMN 10.3.4.6 and 10.3.4.10): `is`, parts of the year, now and today."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from greenlane.engine.feel.comparison import COMPARED_AT_MOST, equal
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.functions.builtin import Builtin, Form, Parameter
from greenlane.engine.feel.values.date import Date, day_of_year, is_date, week_of_year, weekday
from greenlane.engine.feel.values.time import DateTime, Time
from greenlane.engine.feel.values.types import type_name

NOW, TODAY = "now()", "today()"

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def same(left: Any, right: Any) -> bool:
    """Whether the two are the same element of FEEL's semantic domain: dates and times are compared part by part.

    Raises FeelError ("limit") for lists and contexts of more than a million items.
    """
    return _same(left, right, [0])


def _same(left: Any, right: Any, compared: list[int]) -> bool:
    if type_name(left) != type_name(right):
        return False
    if isinstance(left, (Time, DateTime)):
        return bool(left == right)
    if isinstance(left, (list, tuple)):
        pairs = zip(left, right, strict=False)
        return len(left) == len(right) and _all_same(pairs, len(left), compared)
    if isinstance(left, dict):
        entries = ((value, right[key]) for key, value in left.items())
        return left.keys() == right.keys() and _all_same(entries, len(left), compared)
    return equal(left, right) is True


def _all_same(pairs: Iterable[tuple[Any, Any]], count: int, compared: list[int]) -> bool:
    compared[0] += count
    if compared[0] > COMPARED_AT_MOST:
        raise FeelError("limit", "too many items to compare", "需要比较的项过多")
    return all(_same(one, other, compared) for one, other in pairs)


def _of_date(name: str, call: Callable[[Date], Any]) -> Builtin:
    def read(value: Any) -> Any:
        return call(value.date if isinstance(value, DateTime) else value)

    return Builtin(name, (Form((Parameter("date", ("date", "date and time")),), read),))


def _now(value: Any) -> DateTime:
    if isinstance(value, DateTime):
        return value
    raise FeelError("type", f"`{NOW}` must be a date and time", f"`{NOW}` 应为日期时间")


def _today(value: Any) -> Date:
    if not is_date(value):
        raise FeelError("type", f"`{TODAY}` must be a date", f"`{TODAY}` 应为日期")
    today: Date = value
    return today


_VALUES = tuple(Parameter(name, nullable=True, optional=True) for name in ("value1", "value2"))

TEMPORAL: tuple[Builtin, ...] = (
    Builtin("is", (Form(_VALUES, same),)),
    _of_date("day of year", lambda date: Decimal(day_of_year(date))),
    _of_date("day of week", lambda date: _WEEKDAYS[weekday(date) - 1]),
    _of_date("month of year", lambda date: _MONTHS[date.month - 1]),
    _of_date("week of year", lambda date: Decimal(week_of_year(date))),
    Builtin("now", (Form((), _now),), reads=(NOW,)),
    Builtin("today", (Form((), _today),), reads=(TODAY,)),
)
