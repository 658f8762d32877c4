"""Times and dates with times: text, zones and arithmetic."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.operators import add, compare, date_time_keys, equal, subtract
from greenlane.engine.feel.values import DateTime, DaysTime, FarDate, Time, parse_date_time, parse_time, text_of
from greenlane.engine.feel.values.dates import NANOS
from greenlane.engine.feel.values.times import instant
from tests.engine.feel.values.strategies import ZONES, date_times, spans, times


@given(times)
def test_time_text_round_trip(time: Time) -> None:
    """A time is what its text says, part by part."""
    assert parse_time(text_of(time)) == time


@given(date_times)
def test_date_time_text_round_trip(moment: DateTime) -> None:
    """A date and time is what its text says, part by part."""
    assert parse_date_time(text_of(moment)) == moment


@given(st.datetimes(datetime.datetime(1900, 1, 1), datetime.datetime(2200, 1, 1)), st.sampled_from(ZONES))
def test_moments_in_zones_agree_with_python(local: datetime.datetime, zone: str) -> None:
    """The moment that a zone's clocks show is Python's."""
    aware = local.replace(tzinfo=ZoneInfo(zone))
    expected = (aware - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)) // datetime.timedelta(microseconds=1)
    assert instant(parse_date_time(f"{local.isoformat()}@{zone}")) == expected * 1000


@given(date_times, spans)
def test_adding_and_subtracting_a_duration(moment: DateTime, span: DaysTime) -> None:
    """What is added is the difference, wherever clocks do not show one time twice."""
    assume(moment.time.zone is None)
    try:
        later = add(moment, span)
    except FeelError:
        assume(False)
    assert subtract(later, moment) == span
    assert subtract(later, span) == moment


@given(st.datetimes(datetime.datetime(1950, 1, 1), datetime.datetime(2100, 1, 1)), st.sampled_from(ZONES), spans)
def test_durations_in_zones_are_counted_on_the_moment(local: datetime.datetime, zone: str, span: DaysTime) -> None:
    """In a zone the time that passes is what counts, not what the clocks are turned by."""
    moment = parse_date_time(f"{local.isoformat()}@{zone}")
    later = add(moment, span)
    shown_twice = later.time.zone and instant(later) != (instant(moment) or 0) + span.nanos
    assume(not shown_twice)
    assert subtract(later, moment) == span


@given(times, spans)
def test_time_stays_within_the_day(time: Time, span: DaysTime) -> None:
    """A time moves round the clock, there and back."""
    assert subtract(add(time, span), span) == time


@given(date_times, date_times)
def test_order_is_total_where_there_is_one(one: DateTime, other: DateTime) -> None:
    """Two moments that can be compared are equal to the second, or one is before the other."""
    if date_time_keys(one, other) is None:
        assert equal(one, other) is False
        with pytest.raises(FeelError) as caught:
            compare(one, other)
        assert caught.value.kind == "type"
    else:
        assert compare(one, other) == -compare(other, one)
        assert compare(one, other) != 0 or equal(one, other) is True


def test_years_beyond_python_have_zones_too() -> None:
    """Rules of a zone go on for ever, in a cycle of 400 years, and hold before the first year."""
    far = parse_date_time("12026-07-01T12:00:00@Europe/Paris")
    assert far.date == FarDate(12026, 7, 1)
    assert subtract(far, parse_date_time("12026-07-01T12:00:00+02:00")) == DaysTime(0)
    ancient = parse_date_time("-0500-07-01T12:00:00@Europe/Paris")
    assert subtract(add(ancient, DaysTime(NANOS)), ancient) == DaysTime(NANOS)


@pytest.mark.parametrize(
    "zone", ["Nowhere/City", "../etc/passwd", "/etc/localtime", "Europe", "a" * 200, "Europe/Paris\x00"]
)
def test_unknown_zones_are_refused(zone: str) -> None:
    """A zone is a name of the database and never a path."""
    with pytest.raises(FeelError) as caught:
        parse_time(f"10:00:00@{zone}")
    assert caught.value.kind == "argument"
