"""Dates and durations (DMN 10.3.2.3). Pure; days count from 1970-01-01 in the proleptic Gregorian calendar.

A date is Python's own for the years 1 to 9999, `FarDate` for the others up to 999,999,999 either way; year 0 is 1 BC.
Durations of years and months are counted in months, those of days and time in nanoseconds; the two never mix.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from greenlane.engine.feel.errors import FeelError

YEAR_LIMIT = 999_999_999
NANOS = 1_000_000_000
"""Nanoseconds of a second."""
DAY = 86_400 * NANOS
"""Nanoseconds of a day."""
# In months and days, as far as the dates reach, either way: what lies beyond could not be added to any date.
MONTH_LIMIT = 24_000_000_000
DAY_LIMIT = 800_000_000_000
Property = Callable[[Any], Any]
"""Reads a property, as `.year`, of a value that has it."""

_DAYS_IN_ERA = 146_097
_MONTH_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DATE = re.compile(r"(?!-0000)(-?)(\d{4}|[1-9]\d{4,8})-(\d\d)-(\d\d)", re.ASCII)
_YEARS_MONTHS = re.compile(r"(-?)P(?=\d)(?:(\d{1,15})Y)?(?:(\d{1,15})M)?", re.ASCII)
_DAYS_TIME = re.compile(
    r"(-?)P(?=\d|T\d)(?:(\d{1,20})D)?(?:T(?=\d)(?:(\d{1,20})H)?(?:(\d{1,20})M)?(?:(\d{1,20})(?:\.(\d{0,9}))?S)?)?",
    re.ASCII,
)


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


def month_length(year: int, month: int) -> int:
    """Days in the month (1 to 12)."""
    leap_day = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if leap_day else _MONTH_LENGTHS[month - 1]


def day_number(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 to the date."""
    # After H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`; `date_of_day` is the reverse.
    # Years are counted from 1 March, so that the leap day is the last of its year.
    shifted = year - (month <= 2)
    era, year_of_era = divmod(shifted, 400)
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * _DAYS_IN_ERA + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719_468


def date_of_day(number: int) -> tuple[int, int, int]:
    """Year, month and day of the date that many days after 1970-01-01."""
    era, day_of_era = divmod(number + 719_468, _DAYS_IN_ERA)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    month_from_march = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * month_from_march + 2) // 5 + 1
    month = month_from_march + 3 if month_from_march < 10 else month_from_march - 9
    return era * 400 + year_of_era + (month <= 2), month, day


@dataclass(frozen=True, slots=True, order=True)
class YearsMonths:
    """A years and months duration."""

    months: int

    def __post_init__(self) -> None:
        if abs(self.months) > MONTH_LIMIT:
            raise FeelError("arithmetic", "the duration is out of range", "时长超出范围")


@dataclass(frozen=True, slots=True, order=True)
class DaysTime:
    """A days and time duration."""

    nanos: int

    def __post_init__(self) -> None:
        if abs(self.nanos) > DAY_LIMIT * DAY:
            raise FeelError("arithmetic", "the duration is out of range", "时长超出范围")


Duration = YearsMonths | DaysTime


def parse_duration(text: str) -> Duration:
    """The duration of `P1Y2M`, `-P3M` or `P1DT2H3M4.5S`; FeelError ("argument") for any other text."""
    if found := _YEARS_MONTHS.fullmatch(text):
        sign, years, months = found.groups(default="0")
        total = int(years) * 12 + int(months)
        return YearsMonths(-total if sign == "-" else total)
    if found := _DAYS_TIME.fullmatch(text):
        sign, days, hours, minutes, seconds, fraction = found.groups(default="0")
        whole = ((int(days) * 24 + int(hours)) * 60 + int(minutes)) * 60 + int(seconds)
        nanos = whole * NANOS + int(fraction.ljust(9, "0"))
        return DaysTime(-nanos if sign == "-" else nanos)
    raise FeelError("argument", f"`{text[:40]}` is not a duration", f"`{text[:40]}` 不是时长")


def parts(value: DaysTime) -> tuple[int, int, int, int, int]:
    """Days, hours, minutes, seconds and nanoseconds of the duration's size, without its sign."""
    seconds, nanos = divmod(abs(value.nanos), NANOS)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    return days, hour, minute, second, nanos


def second_text(second: int, nanos: int) -> str:
    """`4` or `4.5`: no needless zeros."""
    return f"{second}.{nanos:09d}".rstrip("0") if nanos else str(second)


def years_months_text(value: YearsMonths) -> str:
    """`P1Y2M`, `-P3M`, `P0M`."""
    years, months = divmod(abs(value.months), 12)
    text = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
    return f"{'-' if value.months < 0 else ''}P{text or '0M'}"


def days_time_text(value: DaysTime) -> str:
    """`P1DT2H3M4.5S`, `-PT1H`, `PT0S`."""
    days, hours, minutes, second, nanos = parts(value)
    time = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    if second or nanos or not (days or time):
        time += f"{second_text(second, nanos)}S"
    text = (f"{days}D" if days else "") + (f"T{time}" if time else "")
    return f"{'-' if value.nanos < 0 else ''}P{text}"


def _months(value: YearsMonths, index: int) -> Decimal:
    size = divmod(abs(value.months), 12)[index]
    return Decimal(-size if value.months < 0 else size)


def _part(value: DaysTime, index: int) -> Decimal:
    size = parts(value)[index]
    return Decimal(-size if value.nanos < 0 else size)


DATE_PROPERTIES: Mapping[str, Property] = {
    "year": lambda value: Decimal(value.year),
    "month": lambda value: Decimal(value.month),
    "day": lambda value: Decimal(value.day),
    "weekday": lambda value: Decimal(weekday(value)),
}
YEARS_MONTHS_PROPERTIES: Mapping[str, Property] = {
    "years": lambda value: _months(value, 0),
    "months": lambda value: _months(value, 1),
}
DAYS_TIME_PROPERTIES: Mapping[str, Property] = {
    "days": lambda value: _part(value, 0),
    "hours": lambda value: _part(value, 1),
    "minutes": lambda value: _part(value, 2),
    "seconds": lambda value: _part(value, 3),
}
