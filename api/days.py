"""Days and moments: what day it is where the bank is, and at which moment a day is judged. The only clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
"""The present moment, with its time zone."""

Seconds = Callable[[], float]
"""Seconds that never go back, from any beginning: `time.monotonic`."""

END_OF_TIME = "9999-12-31T23:59:59.999999Z"


def now() -> datetime:
    """The present moment in UTC: the clock of the machine."""
    return datetime.now(UTC)


def timestamp(moment: datetime) -> str:
    """UTC as ISO text of fixed width, so that text order is time order."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


@dataclass(frozen=True, slots=True)
class Days:
    """Days in the time zone of the bank."""

    zone: ZoneInfo

    def today(self, now: datetime) -> date:
        """The day that it is."""
        return now.astimezone(self.zone).date()

    def begin(self, day: date) -> str:
        """The first moment of a day."""
        return timestamp(datetime.combine(day, time.min, self.zone))

    def moment(self, as_of: date, now: datetime) -> str:
        """The moment at which a day is judged: today at this moment, any other day at its end."""
        if as_of == self.today(now):
            return timestamp(now)
        if as_of >= date.max - timedelta(days=1):
            return END_OF_TIME
        return timestamp(datetime.combine(as_of + timedelta(days=1), time.min, self.zone) - timedelta(microseconds=1))
