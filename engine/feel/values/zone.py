"""Time zones by name: what is ahead of UTC, when. The names and rules are those of the IANA database (tzdata)."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING

from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.values.date import Date, date_at, day_of_year

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

OFFSET_LIMIT = 18 * 3600
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,30}(/[A-Za-z0-9_+-]{1,30}){0,3}", re.ASCII)


def named_zone(name: str) -> ZoneInfo:
    """The zone of that name; FeelError ("argument") where there is none."""
    # Imported here because few rules read zones and the database costs start-up time.
    from zoneinfo import ZoneInfo

    if _NAME.fullmatch(name):
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            pass
    raise FeelError("argument", f"unknown time zone `{name[:40]}`", f"未知时区 `{name[:40]}`")


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
