"""Reference tables as lists of contexts, as they were known on a day."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from typing import Any

from engine.decide.scope import Evaluation, Step
from engine.model.reference import ReferenceTable


def reference_step(table: ReferenceTable) -> Step:
    """Gives the rows of the table; of a dated one those known on the day of the evaluation."""
    rows: list[Any] = table.contexts()
    if table.dated_by is None:
        return lambda evaluation: rows
    position = [column.name for column in table.columns].index(table.dated_by)
    dated = sorted(zip((row[position] for row in table.rows), rows, strict=True), key=_day)
    days = [_day(entry) for entry in dated]
    known = [context for _, context in dated]

    def until(evaluation: Evaluation) -> list[Any]:
        return known[: bisect_right(days, evaluation.as_of)]

    return until


def _day(entry: tuple[Any, Any]) -> date:
    """A row without a date has always been known."""
    return entry[0] if isinstance(entry[0], date) else date.min
