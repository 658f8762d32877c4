"""What decisions read, and the order that follows."""

from __future__ import annotations

from greenlane.engine.decide.plan import decision_cycles, plan_of, row_cycles, strata_of
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
