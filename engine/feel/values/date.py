"""Dates. Python's own date type for years 1 to 9999, `FarDate` for the others up to 999,999,999 either way."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.values.calendar import date_of_day, day_number, month_length

YEAR_LIMIT = 999_999_999
_DATE = re.compile(r"(?!-0000)(-?)(\d{4}|[1-9]\d{4,8})-(\d\d)-(\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class FarDate:
    """A date whose year is below 1 or above 9999. Year 0 is the year before year 1. Make it with `make_date`."""

    year: int
    month: int
    day: int


Date = datetime.date | FarDate


def is_date(value: object) -> bool:
    """Whether the value is a FEEL date. Python's datetime, a kind of its date, is not."""
    kind = type(value)
    return kind is datetime.date or kind is FarDate


def make_date(year: int, month: int, day: int) -> Date:
    """The date; FeelError ("argument") where there is no such day."""
    if 1 <= month <= 12 and abs(year) <= YEAR_LIMIT and 1 <= day <= month_length(year, month):
        return datetime.date(year, month, day) if 1 <= year <= 9999 else FarDate(year, month, day)
    raise FeelError("argument", f"there is no day {year}-{month}-{day}", f"日期 {year}-{month}-{day} 不存在")


def parse_date(text: str) -> Date:
    """The date of `2026-03-02`, `-0044-03-15` or `123456-01-01`; FeelError ("argument") for any other text."""
    found = _DATE.fullmatch(text)
    if not found:
        raise FeelError("argument", f"`{text[:40]}` is not a date", f"`{text[:40]}` 不是日期")
    sign, year, month, day = found.groups()
    return make_date(-int(year) if sign else int(year), int(month), int(day))


def date_text(value: Date) -> str:
    """`2026-03-02`: four digits of year at least, a minus sign before years below 0."""
    return f"{'-' if value.year < 0 else ''}{abs(value.year):04d}-{value.month:02d}-{value.day:02d}"


def days_of(value: Date) -> int:
    """Days from 1970-01-01."""
    return day_number(value.year, value.month, value.day)


def date_at(days: int) -> Date:
    """The date that many days after 1970-01-01; FeelError beyond the limit of years."""
    return make_date(*date_of_day(days))


def add_months(value: Date, months: int) -> Date:
    """The same day that many months later, or the last day of that month where it is shorter."""
    years, month = divmod(value.year * 12 + value.month - 1 + months, 12)
    return make_date(years, month + 1, min(value.day, month_length(years, month + 1)))


def weekday(value: Date) -> int:
    """1 for Monday to 7 for Sunday."""
    return (days_of(value) + 3) % 7 + 1


def day_of_year(value: Date) -> int:
    """1 for 1 January."""
    return days_of(value) - day_number(value.year, 1, 1) + 1


def week_of_year(value: Date) -> int:
    """The ISO 8601 week: 1 is the week that holds the year's first Thursday."""
    days = days_of(value)
    thursday = days - (days + 3) % 7 + 3
    return (thursday - day_number(date_of_day(thursday)[0], 1, 1)) // 7 + 1
