"""Turns of loops are counted one by one, or at once where nobody can tell."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.iteration import at_once, counted, give_back
from greenlane.engine.feel.scope import Budget


def with_steps(steps: int) -> Budget:
    """A budget of so many steps."""
    budget = Budget()
    budget.steps = steps
    return budget


def gone_through(turns: Iterator[Any], most: int) -> tuple[list[Any], bool]:
    """The items met in the first turns, and whether the budget ended them."""
    met: list[Any] = []
    try:
        met.extend(islice(turns, most))
    except FeelError:
        return met, True
    return met, False


@given(st.lists(st.integers(), max_size=6), st.integers(0, 8), st.integers(0, 8))
def test_steps_taken_at_once_are_those_counted_one_by_one(items: list[int], steps: int, most: int) -> None:
    """Also when the loop ends early, and when the budget does."""
    one, other = with_steps(steps), with_steps(steps)
    expected = gone_through(counted(items, one), most)
    turns = at_once(items, other)
    assert gone_through(turns, most) == expected
    give_back(turns, other)
    assert other.steps == one.steps


def test_nothing_is_given_back_of_what_was_counted_one_by_one() -> None:
    """A tuple or a generator has taken no step that it did not make."""
    budget = with_steps(5)
    turns = at_once((1, 2, 3), budget)
    assert next(turns) == 1
    give_back(turns, budget)
    assert budget.steps == 4


@pytest.mark.parametrize("steps", [0, 2])
def test_the_budget_ends_a_loop(steps: int) -> None:
    """With an error that says how many steps there may be."""
    with pytest.raises(FeelError, match="steps"):
        list(at_once([1, 2, 3], with_steps(steps)))
