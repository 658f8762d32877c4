"""Equality and order keep the laws that matching relies on, and the errors say what is wrong."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.operators import add, compare, date_time_keys, divide, equal, in_range, negate, time_keys
from greenlane.engine.feel.values import DateTime, Range, Time, parse_at, type_name
from tests.engine.feel.values.strategies import dates, numbers, ranges, scalars, values

ONE = Decimal(1)


@given(values)
def test_a_value_equals_itself(value: Any) -> None:
    """Equality is reflexive, in depth."""
    assert equal(value, value) is True


@given(values, values)
def test_equality_is_symmetric(one: Any, other: Any) -> None:
    """The order of the sides does not matter; only values of one type, or null, have an answer."""
    assert equal(one, other) is equal(other, one)
    if type_name(one) != type_name(other) and one is not None and other is not None:
        assert equal(one, other) is None


@given(scalars, scalars)
def test_order_is_antisymmetric_or_an_error_both_ways(one: Any, other: Any) -> None:
    """What can be compared one way can be compared the other way."""
    if type_name(one) == type_name(other) and comparable(one, other):
        assert compare(other, one) == -compare(one, other)
    else:
        for left, right in ((one, other), (other, one)):
            with pytest.raises(FeelError) as caught:
                compare(left, right)
            assert caught.value.kind in ("missing", "type")


def comparable(one: Any, other: Any) -> bool:
    """Whether two values of one type have an order."""
    if isinstance(one, Time):
        return time_keys(one, other) is not None
    if isinstance(one, DateTime):
        return date_time_keys(one, other) is not None
    return not isinstance(one, bool) and one is not None


@given(numbers, ranges)
def test_membership_is_comparison_with_the_ends(number: Decimal, among: Range) -> None:
    """A number is in a range when it is on the right side of both ends."""
    low, high = compare(number, among.low), compare(number, among.high)
    expected = (low > 0 or (low == 0 and among.low_included)) and (high < 0 or (high == 0 and among.high_included))
    assert in_range(number, among) == expected


@given(dates, dates)
def test_dates_of_both_kinds_are_ordered_by_their_days(one: Any, other: Any) -> None:
    """Dates within and beyond Python's years have one order."""
    assert compare(one, other) == (
        ((one.year, one.month, one.day) > (other.year, other.month, other.day))
        - ((one.year, one.month, one.day) < (other.year, other.month, other.day))
    )


@pytest.mark.parametrize(
    ("call", "kind", "operand", "en", "zh"),
    [
        (lambda: compare(ONE, None), "missing", 1, "a value is needed, got null", "需要一个值，得到的是空值"),
        (lambda: add(None, ONE), "missing", 0, "a value is needed, got null", "需要一个值，得到的是空值"),
        (lambda: compare(ONE, "1"), "type", None, "cannot compare number and string", "数字与字符串不能比较"),
        (lambda: add(ONE, "1"), "type", None, "cannot add number and string", "数字与字符串不能相加"),
        (lambda: divide(ONE, Decimal(0)), "arithmetic", 1, "division by zero", "除数为零"),
        (lambda: negate("a"), "type", 0, "a string has no negative", "字符串不能取负"),
        (lambda: compare(parse_at("10:00:00"), parse_at("10:00:00Z")), "type", None,
         "cannot compare a local time and one in a zone", "有时区与无时区的时间不能比较"),
        (lambda: in_range(None, Range(ONE, ONE, True, True)), "missing", 0,
         "a value is needed, got null", "需要一个值，得到的是空值"),
        (lambda: in_range(ONE, Range("a", "b", True, True)), "type", None,
         "cannot compare number and string", "数字与字符串不能比较"),
    ],
)  # fmt: skip
def test_errors(call: Any, kind: str, operand: int | None, en: str, zh: str) -> None:
    """The error tells its kind, the operand at fault, and what is wrong in both languages."""
    with pytest.raises(FeelError) as caught:
        call()
    error = caught.value
    assert (error.kind, error.argument, error.en, error.zh) == (kind, operand, en, zh)
