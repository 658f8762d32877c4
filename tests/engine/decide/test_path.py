"""The path: which rows held, at every level of trace."""

from __future__ import annotations

from decimal import Decimal

import pytest

from greenlane.engine.decide import TraceLevel, compile_ruleset
from tests.engine.decide.building import TODAY, ruleset

TABLES = """\
decision: subject
title: {zh: 主, en: Subject}
hit: collect
undetermined: ignore
outputs: {name: {type: string}}
rows: |
  id  | amount | listed | name
  R-1 | > 10   | -      | "x"
  R-2 | > 100  | -      | "y"
  R-3 | -      | true   | "z"
---
decision: level
title: {zh: 级, en: Level}
hit: first
undetermined: ignore
outputs: {points: {type: number}}
rows: |
  id  | amount | points
  L-1 | > 1000 | 1
  L-2 | -      | 2
---
decision: nothing
title: {zh: 无, en: Nothing}
hit: first
undetermined: ignore
outputs: {points: {type: number}}
rows: |
  id  | amount | points
  N-1 | > 1000 | 1
---
decision: outcome
title: {zh: 果, en: Outcome}
value: '{a: subject, b: level, c: nothing}'
"""


@pytest.mark.parametrize("level", TraceLevel)
@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (50, {"subject": ("R-1",), "level": ("L-2",)}),
        (500, {"subject": ("R-1", "R-2"), "level": ("L-2",)}),
        (5000, {"subject": ("R-1", "R-2"), "level": ("L-1", "L-2"), "nothing": ("N-1",)}),
        (5, {"level": ("L-2",)}),
    ],
)
def test_the_rows_that_held(level: TraceLevel, amount: int, expected: dict[str, tuple[str, ...]]) -> None:
    """By decision; one of which no row held is left out. A row that held counts where another one was chosen."""
    decider = compile_ruleset(ruleset(TABLES), "bitmap")
    assert decider.decide({"amount": Decimal(amount)}, TODAY, level).path == expected
