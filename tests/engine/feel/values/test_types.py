"""Text of values, read back by the language itself."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from greenlane.engine.feel import SPEC, evaluate
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.functions.temporal import same
from greenlane.engine.feel.values import CONTEXT, literal_text, number_text, parse_number, text_of
from tests.engine.feel.values.strategies import values, wide_numbers


@given(values)
def test_literal_text_round_trip(value: Any) -> None:
    """A value written as an expression comes to that value."""
    assert same(evaluate(literal_text(value), {}, SPEC), value)


@given(wide_numbers)
def test_number_text_round_trip(number: Decimal) -> None:
    """A number is what its digits say; equal numbers have equal text."""
    text = number_text(number)
    assert parse_number(text) == number
    assert number_text(CONTEXT.normalize(number)) == text
    assert "E" not in text


def test_text_has_a_limit() -> None:
    """A list that holds itself many times over is refused, not written for ever."""
    value: list[Any] = [Decimal(1)]
    for _ in range(60):
        value = [value, value]
    with pytest.raises(FeelError) as caught:
        text_of(value)
    assert caught.value.kind == "limit"


def test_only_feel_values_have_text() -> None:
    """A float is no FEEL number."""
    with pytest.raises(FeelError) as caught:
        text_of([1.5])
    assert caught.value.kind == "type"
