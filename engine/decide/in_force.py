"""Which rows of a table are in force on a day."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta

from greenlane.engine.rules.table import Row, Table


class InForce:
    """The rows in force as masks, by the days on which one begins or has ended."""

    def __init__(self, table: Table) -> None:
        days = {row.since for row in table.rows if row.since is not None}
        days |= {row.until + timedelta(days=1) for row in table.rows if row.until is not None and row.until < date.max}
        self._days = tuple(sorted(days))
        self._masks = tuple(_mask(table, day) for day in (date.min, *self._days))

    def rows(self, as_of: date) -> int:
        """The mask of the rows in force on the day."""
        return self._masks[bisect_right(self._days, as_of)] if self._days else self._masks[0]


def in_force(row: Row, day: date) -> bool:
    """Whether the row is in force on the day: both of its own days count."""
    return (row.since is None or row.since <= day) and (row.until is None or day <= row.until)


def _mask(table: Table, day: date) -> int:
    return sum(1 << index for index, row in enumerate(table.rows) if in_force(row, day))
