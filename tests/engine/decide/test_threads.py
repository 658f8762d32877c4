"""One decider for many threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from greenlane.engine.decide.matching import MatcherName
from tests.engine.decide.building import TODAY, decider, plain
from tests.engine.decide.test_logic import SEGMENTS


@pytest.mark.parametrize("matcher", ["bitmap", "rete"])
def test_threads_do_not_see_each_other(matcher: MatcherName) -> None:
    """Every thread gets the answer of its own facts."""
    made = decider(SEGMENTS, matcher)
    inputs = [plain({"amount": amount, "ratio": ratio}) for amount in (5, 500) for ratio in (1, 3)]
    alone = [made.decide(facts, TODAY) for facts in inputs]

    def work(start: int) -> bool:
        order = [(start + i) % len(inputs) for i in range(200)]
        return all(made.decide(inputs[i], TODAY) == alone[i] for i in order)

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, range(4)))
