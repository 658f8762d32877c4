"""Stretches of values between the constants of conditions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.engine.decide.matching.index import axis_of

Case = tuple[Callable[[Any], int], tuple[Any, ...]]


def _above(limit: Any) -> Case:
    return lambda value: 2 * (value > limit), (limit,)


def _from(limit: Any) -> Case:
    return lambda value: 2 * (value >= limit), (limit,)


def _equal(limit: Any) -> Case:
    return lambda value: 2 * (value == limit), (limit,)


def _axis(kind: type, *cases: Case, ordered: bool = True) -> Any:
    return axis_of(kind, [constants for _, constants in cases], [code for code, _ in cases], ordered)


@pytest.mark.parametrize(
    ("cases", "side", "size"),
    [
        ((_from(Decimal(1)), _from(Decimal(5))), "right", 3),
        ((_above(Decimal(1)), _above(Decimal(5))), "left", 3),
        ((_from(Decimal(1)), _above(Decimal(1))), "both", 3),
        ((), "right", 1),
    ],
)
def test_a_side_that_no_condition_tells_apart_costs_nothing(cases: tuple[Case, ...], side: str, size: int) -> None:
    """Half-open conditions need one comparison per break only."""
    axis = _axis(Decimal, *cases)
    assert (axis.side, axis.size) == (side, size)


@given(
    limits=st.lists(st.tuples(st.sampled_from((_above, _from, _equal)), st.integers(-3, 3)), max_size=6),
    value=st.one_of(st.integers(-8, 8).map(lambda n: Decimal(n) / 2), st.decimals("-4", "4", places=5)),
)
def test_numbers_find_the_codes_of_their_stretch(limits: list[tuple[Any, int]], value: Decimal) -> None:
    """What the axis says of a number is what each condition says."""
    cases = [make(Decimal(limit)) for make, limit in limits]
    axis = _axis(Decimal, *cases)
    stretch = axis.reader(range(axis.size))(value)
    assert [axis.code(i, stretch) for i in range(len(cases))] == [code(value) for code, _ in cases]


@given(
    limits=st.lists(st.tuples(st.sampled_from((_above, _from, _equal)), st.text("ab\0", max_size=2)), max_size=5),
    value=st.text("ab\0c", max_size=3),
)
def test_texts_find_the_codes_of_their_stretch(limits: list[tuple[Any, str]], value: str) -> None:
    """Texts are ordered too, the empty one first."""
    cases = [make(limit) for make, limit in limits]
    axis = _axis(str, *cases)
    stretch = axis.reader(range(axis.size))(value)
    assert [axis.code(i, stretch) for i in range(len(cases))] == [code(value) for code, _ in cases]


@given(
    limits=st.lists(st.tuples(st.sampled_from((_above, _from, _equal)), st.integers(0, 4)), max_size=5),
    value=st.integers(0, 4),
    first=st.sampled_from((1, date.max.toordinal() - 4)),
)
def test_days_find_the_codes_of_their_stretch(limits: list[tuple[Any, int]], value: int, first: int) -> None:
    """Also at the first and the last day there is."""
    cases = [make(date.fromordinal(first + limit)) for make, limit in limits]
    axis = _axis(date, *cases)
    stretch = axis.reader(range(axis.size))(date.fromordinal(first + value))
    day = date.fromordinal(first + value)
    assert [axis.code(i, stretch) for i in range(len(cases))] == [code(day) for code, _ in cases]


@given(limits=st.lists(st.integers(0, 3), max_size=4), value=st.integers(0, 5))
def test_equality_alone_needs_no_order(limits: list[int], value: int) -> None:
    """Each constant has a stretch, all other values share one; equal numbers are one however written."""
    cases = [_equal(Decimal(limit).quantize(Decimal("1." + "0" * i))) for i, limit in enumerate(limits, 1)]
    axis = _axis(Decimal, *cases, ordered=False)
    assert axis.size == len(set(limits)) + 1
    stretch = axis.reader(range(axis.size))(Decimal(value))
    assert [axis.code(i, stretch) for i in range(len(cases))] == [code(Decimal(value)) for code, _ in cases]


@pytest.mark.parametrize("value", [True, False])
def test_booleans_have_a_stretch_each(value: bool) -> None:
    """Whether or not a condition writes them."""
    axis = _axis(bool, (lambda found: 2 * found, ()), ordered=False)
    assert axis.code(0, axis.reader(range(axis.size))(value)) == 2 * value
