"""Durations: text and arithmetic."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.operators import add, divide, multiply, negate, subtract
from greenlane.engine.feel.values import DaysTime, Duration, YearsMonths, parse_duration, text_of
from greenlane.engine.feel.values.dates import DAY, DAY_LIMIT
from tests.engine.feel.values.strategies import months, spans

durations = months | spans
pairs = st.tuples(months, months) | st.tuples(spans, spans)


@given(durations)
def test_text_round_trip(duration: Duration) -> None:
    """A duration is what its text says."""
    assert parse_duration(text_of(duration)) == duration


@given(pairs)
def test_addition_is_a_group(pair: tuple[Duration, Duration]) -> None:
    """Adding commutes, subtracting undoes it, and a duration less itself is nothing."""
    one, other = pair
    assert add(one, other) == add(other, one)
    assert subtract(add(one, other), other) == one
    assert add(one, negate(one)) == type(one)(0)


@given(durations, st.integers(1, 10**6))
def test_scaling_there_and_back(duration: Duration, factor: int) -> None:
    """A multiple divided by the factor is the duration, exactly."""
    number = Decimal(factor)
    assert multiply(duration, Decimal(3)) == add(add(duration, duration), duration)
    count = duration.months if isinstance(duration, YearsMonths) else duration.nanos
    small = type(duration)(count // 10**6)
    assert divide(multiply(small, number), number) == small
    assert multiply(small, number) == multiply(number, small)


@given(spans)
def test_ratio_with_itself(span: DaysTime) -> None:
    """A duration is one time itself; nothing has no ratio to nothing."""
    if span.nanos:
        assert divide(span, span) == 1
    else:
        with pytest.raises(FeelError) as caught:
            divide(span, span)
        assert caught.value.kind == "arithmetic"


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("PT36H", "P1DT12H"),
        ("P14M", "P1Y2M"),
        ("-P0D", "PT0S"),
        ("PT0.50S", "PT0.5S"),
        ("P0DT0H60M", "PT1H"),
        ("P0Y0M", "P0M"),
    ],
)
def test_canonical_text(text: str, canonical: str) -> None:
    """Equal durations have one text."""
    assert text_of(parse_duration(text)) == canonical


@pytest.mark.parametrize(
    "text", ["P", "PT", "P1", "1D", "P1DT", "P1Y1D", "P-1D", "PT1.S1", "P1H", "PT1D", "P１D", "PT.5S"]
)
def test_no_duration(text: str) -> None:
    """What is no duration is refused."""
    with pytest.raises(FeelError):
        parse_duration(text)


def test_durations_have_a_limit() -> None:
    """A duration that leads beyond all dates is out of range."""
    with pytest.raises(FeelError) as caught:
        multiply(DaysTime(DAY_LIMIT * DAY), Decimal("1e6000"))
    assert caught.value.kind == "arithmetic"
