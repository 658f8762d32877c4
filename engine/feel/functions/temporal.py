"""Functions on dates and times (DMN 10.3.4.6, 10.3.4.10), and `working day after`, which DMN lacks. Pure.

Pure: `now` and `today` are what the caller supplies.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.functions.builtin import Builtin, FormalParameter, Meter, Overload, whole
from greenlane.engine.feel.operators import COMPARED_AT_MOST, equal
from greenlane.engine.feel.values.dates import Date, day_of_year, is_date, week_of_year, weekday
from greenlane.engine.feel.values.indexed import IndexedRows
from greenlane.engine.feel.values.times import DateTime, Time
from greenlane.engine.feel.values.types import type_name

NOW, TODAY = "now()", "today()"
DAYS_LIMIT = 10_000
_METERED_DAYS, _STEPS_OF_THEM = 100, 50

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


def working_day_after(
    start: datetime.date, days: Decimal, calendar: Sequence[Any], meter: Meter
) -> datetime.date | None:
    """The date that many working days after `start` (0 to 10,000): 1 gives the first working day later than `start`.

    `calendar` lists exceptions to Monday to Friday, contexts with `date` and `working`; a later one for the same date
    wins. Null when a year on the way has no exception at all: the calendar does not cover it.
    """
    count = whole(days)
    if not 0 <= count <= DAYS_LIMIT or days != count:
        raise FeelError("argument", "`days` must be a whole number from 0 to 10000", "`days` 应为 0 到 10000 的整数", 1)
    if isinstance(calendar, IndexedRows):
        exceptions, years = calendar.derived("working days", _exceptions)
    else:
        exceptions, years = _exceptions(calendar)
    day = start.toordinal()
    date = start
    if date.year not in years:
        return None
    while count:
        day += 1
        if day % _METERED_DAYS == 0:
            meter.take(_STEPS_OF_THEM)
        if day > datetime.date.max.toordinal():
            return None
        date = datetime.date.fromordinal(day)
        if date.year not in years:
            return None
        working = exceptions.get(date)
        count -= date.weekday() < 5 if working is None else working
    return date


def _exceptions(calendar: Sequence[Any]) -> tuple[dict[datetime.date, bool], set[int]]:
    """Whether work is done, by date, and the years with any such date."""
    result: dict[datetime.date, bool] = {}
    try:
        for entry in calendar:
            date, working = entry["date"], entry["working"]
            if type(date) is not datetime.date or type(working) is not bool:
                raise TypeError
            result[date] = working
    except (KeyError, TypeError):
        en = "every entry of the calendar needs a `date` and a boolean `working`"
        raise FeelError("argument", en, "日历的每一项需要 `date` 和布尔值 `working`", 2) from None
    return result, {date.year for date in result}


def _start(value: Any) -> datetime.date:
    if type(value) is datetime.date:
        return value
    raise FeelError("argument", "the year must be from 1 to 9999", "年份应在 1 到 9999 之间", 0)


def _of_date(name: str, call: Callable[[Date], Any]) -> Builtin:
    def read(value: Any) -> Any:
        return call(value.date if isinstance(value, DateTime) else value)

    return Builtin(name, (Overload((FormalParameter("date", ("date", "date and time")),), read),))


def _now(value: Any) -> DateTime:
    if isinstance(value, DateTime):
        return value
    raise FeelError("type", f"`{NOW}` must be a date and time", f"`{NOW}` 应为日期时间")


def _today(value: Any) -> Date:
    if not is_date(value):
        raise FeelError("type", f"`{TODAY}` must be a date", f"`{TODAY}` 应为日期")
    today: Date = value
    return today


_VALUES = tuple(FormalParameter(name, nullable=True, optional=True) for name in ("value1", "value2"))

TEMPORAL: tuple[Builtin, ...] = (
    Builtin("is", (Overload(_VALUES, same),)),
    _of_date("day of year", lambda date: Decimal(day_of_year(date))),
    _of_date("day of week", lambda date: _WEEKDAYS[weekday(date) - 1]),
    _of_date("month of year", lambda date: _MONTHS[date.month - 1]),
    _of_date("week of year", lambda date: Decimal(week_of_year(date))),
    Builtin("now", (Overload((), _now),), reads=(NOW,)),
    Builtin("today", (Overload((), _today),), reads=(TODAY,)),
)

WORKING_DAY_AFTER = Builtin(
    "working day after",
    (
        Overload(
            (
                FormalParameter("start", ("date",)),
                FormalParameter("days", ("number",)),
                FormalParameter("calendar", ("list",)),
            ),
            lambda meter, start, days, calendar: working_day_after(_start(start), days, calendar, meter),
        ),
    ),
    metered=True,
)
