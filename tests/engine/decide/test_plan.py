"""What decisions read, and the order and the cycles that follow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.engine.decide.plan import cycles, decision_cycles, plan_of, row_cycles, strata_of, topological_order
from greenlane.engine.rules.table import Table
from tests.engine.decide.building import ruleset

CHAIN = """\
decision: subject
title: {zh: 甲, en: A}
hit: collect
undetermined: error
outputs: {grade: {type: number}}
sections:
  - for: open
    rows: |
      id | rating | size | when                | grade
      R1 | AAA    | L    | limit(product) > 1  | base
---
decision: open
title: {zh: 乙, en: B}
value: amount > 1
---
decision: base
title: {zh: 丙, en: C}
value: if open then 1 else 2
---
decision: limit
title: {zh: 丁, en: D}
parameters: [product]
value: if product = "P1" then amount else 0
---
decision: sizes
title: {zh: 戊, en: E}
kind: rule set
undetermined: refer
asserts: {size: {type: string, allowed: [L, S]}}
rows: |
  id | amount | then
  S1 | > 100  | size: L
  S2 | <= 100 | size: S
"""


def test_reads_are_facts_decisions_and_asserted_facts() -> None:
    """Guards, cells, conditions and outputs in row order; parameters are not read from outside."""
    plan = plan_of(ruleset(CHAIN))
    assert plan.reads["subject"] == ("open", "rating", "size", "limit", "product", "base")
    assert plan.reads["limit"] == ("amount",)
    assert plan.reads["sizes"] == ("amount",)


def test_decisions_come_after_what_they_read() -> None:
    """A reader of an asserted fact waits for the rule set; otherwise the order of the file stays."""
    plan = plan_of(ruleset(CHAIN))
    assert plan.order == ("open", "base", "limit", "sizes", "subject", "outcome", "status", "reasons")
    assert plan.needs("subject") == ("open", "sizes", "limit", "base")


def test_decisions_that_wait_for_each_other_are_told() -> None:
    """With the decision first in the file first; one that reads itself is a cycle of its own."""
    made = ruleset("""\
        decision: subject
        title: {zh: 甲, en: A}
        value: b + 1
        ---
        decision: b
        title: {zh: 乙, en: B}
        value: subject + 1
        ---
        decision: c
        title: {zh: 丙, en: C}
        value: c
        """)
    assert decision_cycles(made) == (("subject", "b"), ("c",))
    assert plan_of(made).order[-4:] == ("subject", "b", "c", "outcome")


STRATA = """\
decision: subject
title: {zh: 甲, en: A}
kind: rule set
undetermined: refer
asserts: {size: {type: string, allowed: [L, S]}, stage: {type: string, allowed: [new, old]}, small: {type: boolean}}
rows: |
  id | size | stage | amount | then
  R1 | S    | new   | -      | small: true
  R2 | -    | null  | -      | stage: old
  R3 | -    | -     | < 100  | size: S
  R4 | S    | -     | -      | stage: new
"""


def test_rows_run_after_other_rows_that_assert_what_they_read() -> None:
    """A row never waits for itself: R2 reads and asserts the stage, and waits for R4."""
    table = ruleset(STRATA).decisions["subject"].logic
    assert isinstance(table, Table)
    assert strata_of(table) == (0b0100, 0b1000, 0b0010, 0b0001)


def test_rows_that_wait_for_each_other_are_told_and_run_last() -> None:
    """The reader's caller refuses them; running never loops."""
    made = ruleset(STRATA.replace("R3 | -    | -   ", "R3 | -    | old "))
    table = made.decisions["subject"].logic
    assert isinstance(table, Table)
    assert [[row.id for row in cycle] for cycle in row_cycles(made)] == [["R2", "R4", "R3"]]
    assert strata_of(table) == (0b1111,)


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
    assert topological_order(_graph(graph)) == tuple(order.split())
    assert cycles(_graph(graph)) == tuple(tuple(loop) for loop in loops.split())


GRAPHS = st.dictionaries(st.integers(0, 7), st.lists(st.integers(0, 7), max_size=3), max_size=8)


@given(GRAPHS)
def test_an_order_respects_what_is_waited_for(graph: dict[int, list[int]]) -> None:
    """Nothing stands before what it waits for, and all that is left out is on or behind a cycle."""
    order = topological_order(graph)
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
    assert topological_order(chain)[0] == 9_999
    assert len(cycles({**chain, 10_000: (0,)})[0]) == 10_001
