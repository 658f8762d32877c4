"""Rows in force on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from greenlane.engine.decide.in_force import InForce, in_force
from tests.engine.decide.matching.building import Line, table

FIRST = date(2026, 1, 1)
DAYS = st.one_of(
    st.none(), st.integers(0, 9).map(lambda n: FIRST + timedelta(n)), st.sampled_from((date.min, date.max))
)


@given(spans=st.lists(st.tuples(DAYS, DAYS), max_size=6), ahead=st.integers(-1, 10))
def test_masks_are_what_each_row_says(spans: list[tuple[date | None, date | None]], ahead: int) -> None:
    """Both days count; a row that ends before it begins is never in force."""
    made = table([Line() for _ in spans])
    rows = tuple(replace(row, since=s, until=u) for row, (s, u) in zip(made.rows, spans, strict=True))
    day = FIRST + timedelta(ahead)
    expected = sum(1 << i for i, row in enumerate(rows) if in_force(row, day))
    assert InForce(replace(made, rows=rows)).rows(day) == expected


def test_rows_without_days_are_always_in_force() -> None:
    """From the first day to the last."""
    made = InForce(table([Line(), Line()]))
    assert [made.rows(day) for day in (date.min, FIRST, date.max)] == [0b11, 0b11, 0b11]


def test_a_row_until_the_last_day_does_not_end() -> None:
    """There is no day after it."""
    made = table([Line()])
    rows = (replace(made.rows[0], until=date.max),)
    assert InForce(replace(made, rows=rows)).rows(date.max) == 1
