"""Check of reference tables: rows in the order of their dates, none of the future: GL410, GL411. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from greenlane.engine.diagnostics import Diagnostic, Place, Severity
from greenlane.engine.rules.ruleset import ReferenceTable, Ruleset


def check(ruleset: Ruleset, today: date | None) -> Iterator[Diagnostic]:
    """Rows out of date order (GL410); rows dated after `today` (GL411), where a day is given.

    A table whose data is published ahead (it says `covers … until`) may hold rows up to that day.
    """
    for table in ruleset.references.values():
        if table.dated_by is not None:
            yield from _table(table, today)


def _table(table: ReferenceTable, today: date | None) -> Iterator[Diagnostic]:
    index = next(i for i, c in enumerate(table.columns) if c.name == table.dated_by)
    before: date | None = None
    for number, row in enumerate(table.rows):
        day = row[index]
        if not isinstance(day, date):
            continue
        place = Place(table.path, number + 2, 1, 2)
        if before is not None and day < before:
            yield Diagnostic("GL410", f"row of {day} stands after a row of {before}", place, "sort the rows by date")
        elif today is not None and day > (max(today, table.covers[1]) if table.covers else today):
            yield Diagnostic(
                "GL411",
                f"row of {day} is dated in the future",
                place,
                "reference data may hold only what has been published",
                Severity.ERROR,
            )
        before = day
