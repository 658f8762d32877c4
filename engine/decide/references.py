"""Reference tables as lists of contexts, as they were known on a day."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from typing import Any

from greenlane.engine.decide.scope import Evaluation, Step
from greenlane.engine.feel.values import IndexedRows
from greenlane.engine.rules.ruleset import ReferenceTable


def reference_step(table: ReferenceTable) -> Step:
    """Gives the rows of the table; of a dated one those known on the day of the evaluation."""
    rows = IndexedRows(table.contexts())
    if table.dated_by is None:
        return lambda evaluation: rows
    position = [column.name for column in table.columns].index(table.dated_by)
    dated = sorted(zip((row[position] for row in table.rows), rows, strict=True), key=_day)
    days = [_day(entry) for entry in dated]
    known = [context for _, context in dated]
    # One list for each day on which rows were added, made when first asked for.
    lists: dict[int, IndexedRows] = {}

    def until(evaluation: Evaluation) -> IndexedRows:
        count = bisect_right(days, evaluation.as_of)
        found = lists.get(count)
        if found is None:
            found = lists[count] = IndexedRows(known[:count])
        return found

    return until


def _day(entry: tuple[Any, Any]) -> date:
    """A row without a date has always been known."""
    return entry[0] if isinstance(entry[0], date) else date.min
