"""Functions that are not part of DMN: fixed decimals for money and rates, and working days."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.functions.builtin import Builtin, Form, Parameter
from greenlane.engine.feel.functions.numbers import rounded
from greenlane.engine.feel.values.indexed import IndexedRows
from greenlane.engine.feel.values.number import whole

PLACES_LIMIT = 34
DAYS_LIMIT = 10_000


def fixed(number: Decimal, places: Decimal) -> str:
    """The number with exactly that many decimals (0 to 34), rounded half to even: `fixed(2.5, 2)` is "2.50"."""
    count = whole(places)
    if not 0 <= count <= PLACES_LIMIT or places != count:
        raise FeelError("argument", "`places` must be a whole number from 0 to 34", "`places` 应为 0 到 34 的整数", 1)
    exact = rounded(number, places, ROUND_HALF_EVEN)
    digits, _, fraction = format(exact + 0, "f").partition(".")
    return f"{digits}.{fraction.ljust(count, '0')}" if count else digits


def working_day_after(start: datetime.date, days: Decimal, calendar: Sequence[Any]) -> datetime.date | None:
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


EXTENSIONS: tuple[Builtin, ...] = (
    Builtin("fixed", (Form((Parameter("n", ("number",)), Parameter("places", ("number",))), fixed),), extension=True),
    Builtin(
        "working day after",
        (
            Form(
                (Parameter("start", ("date",)), Parameter("days", ("number",)), Parameter("calendar", ("list",))),
                lambda start, days, calendar: working_day_after(_start(start), days, calendar),
            ),
        ),
        extension=True,
    ),
)
