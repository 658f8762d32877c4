"""Moments and days as texts of RFC 3339: exactly those that the document describes, and that have a place in UTC."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from marshmallow import ValidationError

from greenlane.engine.decide.validation import Violation
from greenlane.engine.text import Text

# The first day of all begins before time where clocks are ahead of UTC; the last ends after it where they are behind.
DAY_PATTERN = r"^(?!0000|0001-01-01)[0-9]{4}-[0-9]{2}-[0-9]{2}$"
MOMENT_PATTERN = (
    r"^(?!0000|0001-01-01|9999-12-31T[^-]*-)[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"(\.[0-9]{1,6})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
)

DAY_SCHEMA: dict[str, Any] = {"type": "string", "format": "date", "pattern": DAY_PATTERN}
MOMENT_SCHEMA: dict[str, Any] = {"type": "string", "format": "date-time", "pattern": MOMENT_PATTERN}

NOT_MOMENT = Violation(
    "wrong_type",
    Text(
        "需要带秒和时区的日期时间（2026-03-02T08:00:00+08:00）或日期",
        "a date-time with seconds and its offset (2026-03-02T08:00:00+08:00) or a date is expected",
    ),
)

_day = re.compile(DAY_PATTERN.removesuffix("$"))
_moment = re.compile(MOMENT_PATTERN.removesuffix("$"))


def moment(value: Any) -> date | datetime:
    """A `datetime` with a zone, or a `date`. Raises `ValidationError`."""
    try:
        if _moment.fullmatch(value):
            return datetime.fromisoformat(value)
        if _day.fullmatch(value):
            return date.fromisoformat(value)
    except (TypeError, ValueError):
        # No text at all, or no such day.
        pass
    raise ValidationError([NOT_MOMENT])
