"""Units and what they measure."""

from __future__ import annotations

from decimal import Decimal

import pytest

from greenlane.engine.rules.vocabulary import UNITS, ratio

CASES = [
    ("万元", "元", "10000"),
    ("元", "万元", "0.0001"),
    ("%", "bp", "100"),
    ("年", "月", "12"),
    ("亿元", "万元", "10000"),
    ("万元", "万元", "1"),
]


@pytest.mark.parametrize(("unit", "other", "expected"), CASES)
def test_units_of_one_measure_have_a_ratio(unit: str, other: str, expected: str) -> None:
    """How many of the other unit one unit is."""
    assert ratio(unit, other) == Decimal(expected)


@pytest.mark.parametrize(
    ("unit", "other"), [("万元", "%"), ("天", "月"), ("天", "工作日"), ("furlong", "月"), ("", "")]
)
def test_other_units_have_none(unit: str, other: str) -> None:
    """A month has no fixed number of days, and an unknown unit measures nothing."""
    assert ratio(unit, other) is None


def test_every_unit_is_labelled_in_both_languages() -> None:
    """Messages and pages show a unit in Chinese and in English."""
    assert all(unit.zh and unit.en and unit.measure and unit.symbol == symbol for symbol, unit in UNITS.items())
