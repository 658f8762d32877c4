"""Worked cases are compared with what is expected of them: lists in any order, differences with the rows behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from greenlane.engine.policy import Policy, compiler
from greenlane.engine.worked_cases import CaseResult, decide_case, near_misses
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


TAKEN = """\
decision: pick
title: {{zh: 选取, en: Pick}}
hit: first
undetermined: {undetermined}
outputs: {{word: {{type: string, allowed: [a, b, c, d]}}}}
rows: |
  id  | growth rate (%) | amount_wan (万元) | word
  K-1 | -               | > 1000            | a
  K-2 | > 5             | -                 | b
  K-3 | -               | > 500             | c
  K-4 | -               | -                 | d
"""


@pytest.mark.parametrize(
    ("undetermined", "more", "taken"),
    [
        ("refer", {"growth rate": Decimal(9)}, {"K-2"}),
        ("refer", {"growth rate": Decimal(1)}, {"K-3"}),
        ("refer", {}, set()),
        ("ignore", {}, {"K-3"}),
        ("refer", {"amount_wan": Decimal(2000)}, {"K-1"}),
    ],
)
def test_the_row_that_is_taken(undetermined: str, more: Mapping[str, Any], taken: set[str]) -> None:
    """A row that is passed over is not reached: none after the first, and none after one that cannot be told."""
    answer = DECISIONS.replace("size: size", "size: pick")
    files = with_file("pick.yaml", TAKEN.format(undetermined=undetermined)) | {"answer.yaml": answer.encode()}
    picking = compiler("bitmap")(files | {"cases/a.json": CASE.encode()})
    case = picking.ruleset.cases["a"]
    result = decide_case(picking, replace(case, application={**case.application, **more}), date(2026, 3, 2))
    assert {row for row in result.held if row.startswith("K")} == taken


def test_what_a_case_is_short_of(policy: Policy) -> None:
    """The case in which least speaks against a row, and what does; nothing of rows that nobody asks about."""
    case = policy.ruleset.cases["a"]
    other = replace(case, name="b", application={**case.application, "amount_wan": Decimal(90)})
    found = near_misses(policy, [(other, date(2026, 3, 2)), (case, date(2026, 3, 2))], {"S-1", "P-2", "X-1"})
    assert {row: (near.case, [text.en for text in near.against]) for row, near in found.items()} == {
        "S-1": ("b", ["`amount_wan` is 90, not `> 1000`"]),
        "P-2": ("b", ["`amount_wan` is 90, not `> 500`"]),
    }
    assert found["S-1"].against[0].zh == "`amount_wan` 为 90，不满足 `> 1000`"


AGAINST = """decision: pick
title: {zh: 选取, en: Pick}
hit: first
undetermined: refer
outputs: {word: {type: string, allowed: [a, b, c, d, e]}}
rows: |
  id  | growth rate (%) | amount_wan (万元) | listed | from       | word
  K-1 | -               | > 500             | -      | -          | a
  K-2 | -               | < 500             | true   | -          | b
  K-3 | -               | -                 | -      | 2027-01-01 | c
  K-4 | > 5             | -                 | -      | -          | d
  K-5 | -               | -                 | -      | -          | e
"""


def test_what_speaks_against_a_row() -> None:
    """Each condition that does not hold, a value that is not given, the day, and a row before it."""
    answer = DECISIONS.replace("size: size", "size: pick")
    files = with_file("pick.yaml", AGAINST) | {"answer.yaml": answer.encode(), "cases/a.json": CASE.encode()}
    picking = compiler("bitmap")(files)
    case = picking.ruleset.cases["a"]
    found = near_misses(picking, [(case, date(2026, 3, 2))], {"K-2", "K-3", "K-4", "K-5"})
    assert {row: [text.en for text in near.against] for row, near in found.items()} == {
        "K-2": ["`amount_wan` is 700, not `< 500`", "`listed` is false, not `true`"],
        "K-3": ["it is not in force on 2026-03-02"],
        "K-4": ["`growth rate`: a value is needed, got null"],
        "K-5": ["a row before it holds"],
    }


def test_the_rows_that_held(policy: Policy) -> None:
    """Those of functions too, for coverage; and the whole outcome, to be written as expected."""
    result = decided(policy, {})
    assert result.held == {"S-2", "P-1", "P-2"}
    assert list(result.outcome) == ["status", "size", "score", "pairs", "flags"]
