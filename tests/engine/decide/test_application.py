"""Nested applications to flat facts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from greenlane.engine.decide import facts_of
from tests.engine.decide.building import ruleset

VOCABULARY = ruleset("decision: subject\ntitle: {zh: 甲, en: A}\nvalue: 1\n").vocabulary
NOTHING = {"amount": None, "ratio": None, "rating": None, "listed": False, "green": None, "product": None, "day": None}


@pytest.mark.parametrize(
    ("application", "facts"),
    [
        ({}, {}),
        ({"applicant": None}, {}),
        ({"applicant": "wrong"}, {}),
        ({"applicant": {"amount": 5}, "product": "P1"}, {"amount": Decimal(5), "product": "P1"}),
        ({"applicant": {"amount": Decimal("5.50"), "listed": True}}, {"amount": Decimal("5.50"), "listed": True}),
        ({"applicant": {"listed": None}}, {"listed": False}),
        ({"day": "2026-03-02"}, {"day": date(2026, 3, 2)}),
        ({"day": date(2026, 3, 2)}, {"day": date(2026, 3, 2)}),
        ({"day": "tomorrow"}, {"day": "tomorrow"}),
        ({"amount": 5, "unknown": 1}, {}),
    ],
)
def test_facts(application: dict[str, Any], facts: dict[str, Any]) -> None:
    """Each at its path; absent ones as policy says; dates may be texts."""
    assert facts_of(application, VOCABULARY) == {**NOTHING, **facts}


def test_booleans_stay_booleans() -> None:
    """Python takes true for a number, facts do not."""
    assert facts_of({"applicant": {"listed": True}}, VOCABULARY)["listed"] is True


def test_numbers_are_rounded_to_the_digits_of_feel() -> None:
    """34 of them."""
    found = facts_of({"applicant": {"amount": Decimal("1." + "3" * 40)}}, VOCABULARY)
    assert found["amount"] == Decimal("1." + "3" * 33)
