"""Turns of loops are paid for: those of a list before the first of them, those of a range one by one."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.iteration import give_back, paid
from greenlane.engine.feel.scope import Budget


@given(st.lists(st.integers(), max_size=6), st.integers(1, 5), st.integers(0, 8), st.booleans())
def test_a_loop_pays_for_the_turns_that_it_makes(items: list[int], cost: int, most: int, lazy: bool) -> None:
    """Whatever was paid beforehand for those after its end comes back, of a list and of a range alike."""
    budget = Budget(100)
    turns = iter(paid(iter(items) if lazy else items, budget, cost))
    made = len(list(islice(turns, most)))
    give_back(turns, budget, cost)
    assert made == min(most, len(items))
    assert budget.steps == 100 - made * cost


@pytest.mark.parametrize("items", [[1, 2, 3], (1, 2, 3)])
def test_a_list_that_is_too_long_is_not_begun(items: Iterable[int]) -> None:
    """There is no turn for which nothing is left."""
    with pytest.raises(FeelError, match="more work"):
        paid(items, Budget(5), 2)


def test_a_range_goes_on_until_the_budget_ends() -> None:
    """Nobody knows how long it is going to be asked for."""
    turns = iter(paid(map(int, range(10**9)), Budget(6), 2))
    assert list(islice(turns, 3)) == [0, 1, 2]
    with pytest.raises(FeelError, match="more work"):
        next(turns)
