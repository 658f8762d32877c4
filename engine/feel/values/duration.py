"""Durations: years and months counted in months, days and time counted in nanoseconds. The two never mix."""

from __future__ import annotations

import re
from dataclasses import dataclass

from greenlane.engine.feel.errors import FeelError

NANOS = 1_000_000_000
DAY = 86_400 * NANOS
# As far as the dates reach, either way: what lies beyond could not be added to any date.
MONTH_LIMIT = 24_000_000_000
DAY_LIMIT = 800_000_000_000

_YEARS_MONTHS = re.compile(r"(-?)P(?=\d)(?:(\d{1,15})Y)?(?:(\d{1,15})M)?", re.ASCII)
_DAYS_TIME = re.compile(
    r"(-?)P(?=\d|T\d)(?:(\d{1,20})D)?(?:T(?=\d)(?:(\d{1,20})H)?(?:(\d{1,20})M)?(?:(\d{1,20})(?:\.(\d{0,9}))?S)?)?",
    re.ASCII,
)


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
