"""Times of day, dates with a time (DMN 10.3.2.3), to the nanosecond, local or in a zone. No clock.

Names and rules of zones are those of the IANA database (tzdata), which is read when the first zone is asked for.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.values.dates import (
    DATE_PROPERTIES,
    DAY,
    NANOS,
    Date,
    DaysTime,
    Property,
    date_at,
    date_text,
    day_of_year,
    days_of,
    parse_date,
    second_text,
)

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

OFFSET_LIMIT = 18 * 3600
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,30}(/[A-Za-z0-9_+-]{1,30}){0,3}", re.ASCII)
_TIME = re.compile(r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:(Z)|([+-])(\d\d):(\d\d)(?::(\d\d))?|@(.+))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day. `offset` is in seconds ahead of UTC, `zone` the name of a zone; one of them at most is given.

    Two of them are equal here when their parts are: what FEEL's `is` asks. Make it with `make_time`.
    """

    hour: int
    minute: int
    second: int
    nanos: int = 0
    offset: int | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class DateTime:
    """A date and time of day; the zone is that of `time`."""

    date: Date
    time: Time


def make_time(hour: int, minute: int, second: int, nanos: int = 0, offset: int | None = None) -> Time:
    """The time; FeelError ("argument") where no clock shows it."""
    clock = 0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60 and 0 <= nanos < NANOS
    if clock and (offset is None or abs(offset) <= OFFSET_LIMIT):
        return Time(hour, minute, second, nanos, offset)
    raise FeelError("argument", f"there is no time {hour}:{minute}:{second}", f"时间 {hour}:{minute}:{second} 不存在")


def parse_time(text: str) -> Time:
    """The time of `10:30:00`, `10:30:00.5Z`, `10:30:00+08:00` or `10:30:00@Asia/Shanghai`; midnight for `24:00:00`."""
    return _read_time(text)[0]


def parse_date_time(text: str) -> DateTime:
    """The date and time of `2026-03-02T10:30:00@Asia/Shanghai`; midnight of a date alone."""
    day, separator, time = text.partition("T")
    date = parse_date(day)
    if not separator:
        return DateTime(date, Time(0, 0, 0))
    clock, next_day = _read_time(time)
    return DateTime(date_at(days_of(date) + 1) if next_day else date, clock)


def _read_time(text: str) -> tuple[Time, bool]:
    """The time, and whether it is the end of the day (`24:00:00`)."""
    found = _TIME.fullmatch(text)
    if not found:
        raise FeelError("argument", f"`{text[:60]}` is not a time", f"`{text[:60]}` 不是时间")
    hour, minute, second, fraction, utc, sign, hours, minutes, seconds, zone = found.groups()
    offset = 0 if utc else None
    if sign:
        size = int(hours) * 3600 + int(minutes) * 60 + int(seconds or 0)
        if int(minutes) > 59 or int(seconds or 0) > 59:
            raise FeelError("argument", f"`{text[:60]}` is not a time", f"`{text[:60]}` 不是时间")
        offset = -size if sign == "-" else size
    if zone:
        named_zone(zone)
    nanos = int((fraction or "0").ljust(9, "0"))
    midnight = (hour, minute, second, nanos) == ("24", "00", "00", 0)
    time = make_time(0 if midnight else int(hour), int(minute), int(second), nanos, offset)
    return (replace(time, zone=zone) if zone else time), midnight


def time_text(value: Time) -> str:
    """`10:30:00.5+08:00`: no needless zeros, `Z` for UTC, `@` before the name of a zone."""
    second = second_text(value.second, value.nanos)
    clock = f"{value.hour:02d}:{value.minute:02d}:{'0' if value.second < 10 else ''}{second}"
    if value.zone is not None:
        return f"{clock}@{value.zone}"
    return clock + ("" if value.offset is None else offset_text(value.offset))


def offset_text(offset: int) -> str:
    """`+08:00`, `-02:45:55`, `Z`."""
    if offset == 0:
        return "Z"
    minutes, second = divmod(abs(offset), 60)
    tail = f":{second:02d}" if second else ""
    return f"{'-' if offset < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}{tail}"


def date_time_text(value: DateTime) -> str:
    """`2026-03-02T10:30:00@Asia/Shanghai`."""
    return f"{date_text(value.date)}T{time_text(value.time)}"


def nanos_of_day(value: Time) -> int:
    """Nanoseconds since midnight on the clock."""
    return ((value.hour * 60 + value.minute) * 60 + value.second) * NANOS + value.nanos


def time_offset(value: Time) -> int | None:
    """Seconds ahead of UTC, None for local times and for zones that need a date to tell."""
    return fixed_offset(value.zone) if value.zone is not None else value.offset


def date_time_offset(value: DateTime) -> int | None:
    """Seconds ahead of UTC, None for local ones."""
    if value.time.zone is None:
        return value.time.offset
    return offset_at_local(value.time.zone, value.date, nanos_of_day(value.time) // NANOS)


def at_midnight(value: Date) -> DateTime:
    """A date where a date and time is wanted: its midnight in UTC."""
    return DateTime(value, Time(0, 0, 0, 0, 0))


def local_nanos(value: DateTime) -> int:
    """Nanoseconds on the clock since 1970-01-01T00:00:00 on the same clock."""
    return days_of(value.date) * DAY + nanos_of_day(value.time)


def instant(value: DateTime) -> int | None:
    """Nanoseconds since 1970-01-01T00:00:00Z, None for local ones."""
    offset = date_time_offset(value)
    return None if offset is None else local_nanos(value) - offset * NANOS


def time_plus(value: Time, nanos: int) -> Time:
    """The time that many nanoseconds later on the clock, past midnight if need be, in the same zone."""
    seconds, fraction = divmod((nanos_of_day(value) + nanos) % DAY, NANOS)
    return replace(value, hour=seconds // 3600, minute=seconds // 60 % 60, second=seconds % 60, nanos=fraction)


def date_time_plus(value: DateTime, nanos: int) -> DateTime:
    """The date and time that many nanoseconds later, in the same zone."""
    local = local_nanos(value) + nanos
    if value.time.zone is not None:
        before = offset_at_local(value.time.zone, value.date, nanos_of_day(value.time) // NANOS)
        after = offset_at_instant(value.time.zone, (local - before * NANOS) // NANOS)
        local += (after - before) * NANOS
    days, of_day = divmod(local, DAY)
    return DateTime(date_at(days), time_plus(replace(value.time, hour=0, minute=0, second=0, nanos=0), of_day))


def named_zone(name: str) -> ZoneInfo:
    """The zone of that name; FeelError ("argument") where there is none."""
    found = _zone(name) if _ZONE.fullmatch(name) else None
    if found is None:
        raise FeelError("argument", f"unknown time zone `{name[:40]}`", f"未知时区 `{name[:40]}`")
    return found


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo | None:
    # Imported here because few rules read zones and the database costs start-up time.
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name) if name in _zone_names() else None
    except (KeyError, ValueError, OSError):
        return None


@cache
def _zone_names() -> frozenset[str]:
    """The names of all zones: others are not looked for in files each time."""
    from zoneinfo import available_timezones

    return frozenset(available_timezones())


def fixed_offset(name: str) -> int | None:
    """Seconds ahead of UTC of a zone that never changes (`Etc/UTC`), None for the others."""
    offset = named_zone(name).utcoffset(None)
    return None if offset is None else int(offset.total_seconds())


def offset_at_local(name: str, date: Date, second_of_day: int) -> int:
    """Seconds ahead of UTC in the zone when its clocks show that date and time, the earlier of two such moments."""
    found = named_zone(name).utcoffset(_in_range(date, second_of_day))
    return 0 if found is None else int(found.total_seconds())


def offset_at_instant(name: str, epoch_second: int) -> int:
    """Seconds ahead of UTC in the zone at that moment."""
    days, second_of_day = divmod(epoch_second, 86_400)
    moment = _in_range(date_at(days), second_of_day)
    zone = named_zone(name)
    # Python cannot convert within a day of its first and last moments.
    if moment.year in (1, 9999):
        found = zone.utcoffset(moment)
    else:
        found = zone.fromutc(moment.replace(tzinfo=zone)).utcoffset()
    return 0 if found is None else int(found.total_seconds())


def _in_range(date: Date, second_of_day: int) -> datetime.datetime:
    """A moment that Python can hold and that falls under the same rules: years repeat after 400."""
    if isinstance(date, datetime.date):
        day = date
    elif date.year < 1:
        day = datetime.date(1, 1, 1)
    else:
        day = datetime.date(9200 + date.year % 400, 1, 1) + datetime.timedelta(days=day_of_year(date) - 1)
    hours, rest = divmod(second_of_day, 3600)
    return datetime.datetime(day.year, day.month, day.day, hours, rest // 60, rest % 60)


def _offset(seconds: int | None) -> DaysTime | None:
    return None if seconds is None else DaysTime(seconds * NANOS)


def _of(part: str, read: Property) -> Property:
    """A property of the date or the time of a date and time."""
    return lambda value: read(getattr(value, part))


TIME_PROPERTIES: Mapping[str, Property] = {
    "hour": lambda value: Decimal(value.hour),
    "minute": lambda value: Decimal(value.minute),
    "second": lambda value: Decimal(value.second),
    "time offset": lambda value: _offset(time_offset(value)),
    "timezone": lambda value: value.zone,
}
DATE_TIME_PROPERTIES: Mapping[str, Property] = {
    **{name: _of("date", read) for name, read in DATE_PROPERTIES.items()},
    **{name: _of("time", read) for name, read in TIME_PROPERTIES.items()},
    "time offset": lambda value: _offset(date_time_offset(value)),
}
