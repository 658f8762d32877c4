"""Worked cases are compared with what is expected of them: lists in any order, differences with the rows behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from greenlane.engine.policy import Policy, compiler
from greenlane.engine.worked_cases import CaseResult, decide_case
from tests.engine.rules.files.surroundings import with_file

CASE = '{"application": {"product": "LOAN", "applied": "2026-03-02", "amount_wan": 700}, "expected": {}}'
DECISIONS = """\
decision: size
title: {zh: 规模, en: Size}
hit: first
undetermined: refer
outputs: {word: {type: string, allowed: [large, small]}}
rows: |
  id  | amount_wan (万元) | word
  S-1 | > 1000            | large
  S-2 | -                 | small
---
decision: points
title: {zh: 得分, en: Points}
parameters: [amount_wan]
hit: collect
undetermined: ignore
outputs: {p: {type: number}}
rows: |
  id  | amount_wan (万元) | p
  P-1 | > 100             | 3
  P-2 | > 500             | 7
  P-3 | > 900             | 9
---
decision: total
title: {zh: 总分, en: Total}
value: sum(points(amount_wan))
---
decision: outcome
title: {zh: 结果, en: Outcome}
value: |
  {status: status, size: size, score: {total: total, each: points(amount_wan)}, pairs: [["A", 1], ["B", 2]],
   flags: [true, 1, "1", null]}
---
decision: status
title: {zh: 状态, en: Status}
value: if amount_wan > 0 then "APPROVED" else "REFERRED"
---
decision: reasons
title: {zh: 原因, en: Reasons}
value: "[]"
"""


@pytest.fixture(scope="module")
def policy() -> Policy:
    """Rules with two tables, one of them a function, behind values."""
    return compiler("bitmap")(with_file("cases/a.json", CASE) | {"answer.yaml": DECISIONS.encode()})


def decided(policy: Policy, expected: Mapping[str, Any]) -> CaseResult:
    """What becomes of the case when this is expected."""
    return decide_case(policy, replace(policy.ruleset.cases["a"], expected=expected), date(2026, 3, 2))


@pytest.mark.parametrize(
    "expected",
    [
        {},
        {"size": "small", "status": "APPROVED"},
        {"score": {"total": Decimal("10.00"), "each": [Decimal(7), Decimal("3.0")]}},
        {"pairs": [[Decimal(2), "B"], ["A", Decimal("1E+0")]]},
        {"flags": [None, "1", Decimal(1), True]},
    ],
)
def test_what_is_as_expected(policy: Policy, expected: Mapping[str, Any]) -> None:
    """Numbers by their value, lists in any order at every depth; what nothing is expected of is passed over."""
    assert decided(policy, expected).differences == ()


@pytest.mark.parametrize(
    ("expected", "difference"),
    [
        ({"size": "large"}, {"pointer": "/size", "stored": "large", "replayed": "small", "rows": ["S-2"]}),
        ({"size": None}, {"pointer": "/size", "stored": None, "replayed": "small", "rows": ["S-2"]}),
        ({"sise": "small"}, {"pointer": "/sise", "stored": "small", "rows": []}),
        (
            {"score": {"total": Decimal(11), "each": [Decimal(3), Decimal(7)]}},
            {"pointer": "/score/total", "stored": 11, "replayed": 10, "rows": ["P-1", "P-2"]},
        ),
        (
            {"score": {"total": Decimal(10), "each": [Decimal(3), Decimal(3)]}},
            {
                "pointer": "/score/each",
                "stored": [3, 3],
                "replayed": [3, 7],
                "missing": [3],
                "unexpected": [7],
                "rows": ["P-1", "P-2"],
            },
        ),
        (
            {"flags": [True, "1", None]},
            {
                "pointer": "/flags",
                "stored": [True, "1", None],
                "replayed": [True, 1, "1", None],
                "missing": [],
                "unexpected": [1],
                "rows": [],
            },
        ),
        ({"status": "REFERRED"}, {"pointer": "/status", "stored": "REFERRED", "replayed": "APPROVED", "rows": []}),
    ],
)
def test_what_differs(policy: Policy, expected: Mapping[str, Any], difference: Mapping[str, Any]) -> None:
    """At its place, with the rows of the nearest tables; of lists what is missing and what is too much, as often."""
    assert decided(policy, expected).differences == (difference,)


def test_a_member_that_nobody_expected(policy: Policy) -> None:
    """Within a member that is named, all of it is."""
    (found,) = decided(policy, {"score": {"total": Decimal(10)}}).differences
    assert found == {"pointer": "/score/each", "replayed": [3, 7], "rows": ["P-1", "P-2"]}


def test_the_rows_that_held(policy: Policy) -> None:
    """Those of functions too, for coverage; and the whole outcome, to be written as expected."""
    result = decided(policy, {})
    assert result.held == {"S-2", "P-1", "P-2"}
    assert list(result.outcome) == ["status", "size", "score", "pairs", "flags"]
