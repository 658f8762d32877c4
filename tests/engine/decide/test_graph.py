"""Order and cycles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.engine.decide.graph import cycles, ordered

# graph | order | cycles
CASES = """
                                |         |
a:                              | a       |
a:b b:                          | b a     |
a: b: c:                        | a b c   |
a:c b: c:                       | b c a   |
a:elsewhere                     | a       |
a:a                             |         | a
a:b b:a c:                      | c       | ab
a:b b:c c:a d:a                 |         | abc
a:b b:a c:d d:c                 |         | ab cd
a:bc b:a c:a                    |         | ab
d:a a:b b:a                     |         | ab
"""


def _graph(text: str) -> dict[str, tuple[str, ...]]:
    pairs = (item.split(":") for item in text.split())
    return {name: (others,) if others == "elsewhere" else tuple(others) for name, others in pairs}


@pytest.mark.parametrize("line", CASES.strip("\n").splitlines())
def test_small_graphs(line: str) -> None:
    """Each after those it waits for, else in the order given; cycles are told once, from their first member on."""
    graph, order, loops = (part.strip() for part in line.split("|"))
    assert ordered(_graph(graph)) == tuple(order.split())
    assert cycles(_graph(graph)) == tuple(tuple(loop) for loop in loops.split())


GRAPHS = st.dictionaries(st.integers(0, 7), st.lists(st.integers(0, 7), max_size=3), max_size=8)


@given(GRAPHS)
def test_an_order_respects_what_is_waited_for(graph: dict[int, list[int]]) -> None:
    """Nothing stands before what it waits for, and all that is left out is on or behind a cycle."""
    order = ordered(graph)
    for place, name in enumerate(order):
        assert all(other in order[:place] for other in graph[name] if other in graph)
    assert (len(order) == len(graph)) == (not cycles(graph))


@given(GRAPHS)
def test_a_cycle_is_a_cycle(graph: dict[int, list[int]]) -> None:
    """Each member waits for the next, the last for the first."""
    for cycle in cycles(graph):
        assert all(following in graph[name] for name, following in zip(cycle, (*cycle[1:], cycle[0]), strict=True))


def test_ten_thousand_in_a_row_are_no_problem() -> None:
    """Order and cycles are found without recursion."""
    chain = {i: (i + 1,) for i in range(10_000)}
    assert ordered(chain)[0] == 9_999
    assert len(cycles({**chain, 10_000: (0,)})[0]) == 10_001
