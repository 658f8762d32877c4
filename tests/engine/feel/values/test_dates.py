"""Dates agree with Python's where Python has them, and go on where it has none."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.values import Date, FarDate, add_months, date_at, date_text, days_of, make_date, parse_date
from greenlane.engine.feel.values.dates import day_of_year, month_length, week_of_year, weekday
from tests.engine.feel.values.strategies import dates, epoch, python_dates


@given(python_dates)
def test_day_numbers_agree_with_python(date: datetime.date) -> None:
    """The count of days is Python's, both ways."""
    assert days_of(date) == (date - epoch).days
    assert date_at((date - epoch).days) == date


@given(python_dates)
def test_parts_of_the_year_agree_with_python(date: datetime.date) -> None:
    """Weekday, day and ISO week are Python's."""
    assert weekday(date) == date.isoweekday()
    assert day_of_year(date) == date.timetuple().tm_yday
    assert week_of_year(date) == date.isocalendar().week


@given(dates)
def test_text_round_trip(date: Date) -> None:
    """A date is what its text says, for all years."""
    assert parse_date(date_text(date)) == date
    assert date_at(days_of(date)) == date


@given(dates, st.integers(-4800, 4800))
def test_adding_months_keeps_the_day_or_takes_the_last(date: Date, months: int) -> None:
    """Months are counted; the day stays unless the month is too short for it."""
    later = add_months(date, months)
    assert (later.year * 12 + later.month) - (date.year * 12 + date.month) == months
    assert later.day == min(date.day, month_length(later.year, later.month))


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((9999, 12, 31), datetime.date(9999, 12, 31)),
        ((10000, 1, 1), FarDate(10000, 1, 1)),
        ((0, 2, 29), FarDate(0, 2, 29)),
        ((-1, 12, 31), FarDate(-1, 12, 31)),
    ],
)
def test_python_dates_only_where_python_has_them(parts: tuple[int, int, int], expected: Date) -> None:
    """Each date has one form only, so that equal dates are equal values."""
    assert make_date(*parts) == expected


@pytest.mark.parametrize(
    "text", ["2026-02-30", "2026-13-01", "26-01-01", "-0000-01-01", "２０２６-01-01", "2026-1-1", ""]
)
def test_no_date(text: str) -> None:
    """What is no date is refused with the text."""
    with pytest.raises(FeelError) as caught:
        parse_date(text)
    assert caught.value.kind == "argument"


def test_years_have_a_limit() -> None:
    """The last day is 999999999-12-31."""
    with pytest.raises(FeelError):
        date_at(days_of(make_date(999_999_999, 12, 31)) + 1)
