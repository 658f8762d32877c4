"""Whole decisions: the same result and the same trace whatever finds the rows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from greenlane.engine.decide import Decider, TraceLevel
from greenlane.engine.decide.matching import MatcherName
from tests.engine.decide.building import TODAY, decider
from tests.examples import examples

POLICY = """\
decision: subject
title: {zh: 甲, en: A}
value: |
  {
    size: size, stage: stage, grade: grade, points: points, ranked: ranked,
    offers: for p in ["P1", "P2", "P3"] return {product: p, findings: findings(p), best: best(p)}
  }
---
decision: segments
title: {zh: 乙, en: B}
kind: rule set
undetermined: refer
asserts:
  size: {type: string, allowed: [L, S]}
  stage: {type: string, allowed: [new, old]}
  tech: {type: boolean}
default: {tech: false}
rows: |
  id   | amount | size | stage | rating  | when               | then
  SG-1 | > 100  | -    | -     | -       |                    | size: L, tech: true
  SG-2 | <= 100 | -    | -     | -       |                    | size: S
  SG-3 | -      | S    | -     | -       | ratio > amount     | stage: new
  SG-4 | -      | -    | null  | -       |                    | stage: old
  SG-5 | -      | -    | -     | AAA, AA | green              | tech: true
---
decision: grade
title: {zh: 丙, en: C}
hit: first
undetermined: refer
outputs: {grade: {type: number}}
rows: |
  id   | rating  | tech | ratio  | when           | grade
  GR-1 | AAA     | true | -      |                | 1
  GR-2 | AAA, AA | -    | >= 1.5 |                | 2
  GR-3 | -       | -    | [0..1] | stage != "old" | 3 + ratio
  GR-4 | -       | -    | -      | listed         | 4
---
decision: points
title: {zh: 丁, en: D}
hit: collect sum
undetermined: ignore
outputs: {points: {type: number}}
rows: |
  id   | rating   | ratio | amount | points
  PT-1 | AAA      | -     | -      | 10
  PT-2 | not(AAA) | -     | -      | amount / ratio
  PT-3 | -        | > 1   | -      | 5
  PT-4 | -        | -     | > 100  | 1
---
decision: ranked
title: {zh: 戊, en: E}
hit: output order
undetermined: refer
referral: {level: high}
outputs: {level: {type: string, allowed: [high, low]}, id: {}}
rows: |
  id   | day             | green | level
  RK-1 | > @"2026-03-01" | -     | low
  RK-2 | -               | true  | high
  RK-3 | null            | -     | low
---
decision: findings
title: {zh: 己, en: F}
parameters: [product]
kind: rule set
hit: collect
undetermined: refer
referral: {finding: refer}
outputs: {finding: {type: string, allowed: [decline, refer]}, code: {}, id: {}}
sections:
  - for: product in ["P1", "P2"]
    rows: |
      id   | amount | when                       | finding | code | zh | en
      FN-1 | > 1000 |                            | decline | K1   | 一 | One
      FN-2 | -      | best(product) = "refuse"   | refer   | K2   | 二 | Two
      FN-3 | -      | count(ranked) > 1 and tech | refer   | K3   | 三 | Three
  - for: product = "P3"
    rows: |
      id   | rating   | size | finding | code | zh | en
      FN-4 | not(AAA) | S    | decline | K4   | 四 | Four
---
decision: best
title: {zh: 庚, en: G}
parameters: [product]
hit: priority
undetermined: error
default: {answer: accept}
outputs: {answer: {type: string, allowed: [refuse, ask, accept]}}
rows: |
  id   | product | ratio | stage | answer
  BT-1 | P1, P2  | < 1   | -     | ask
  BT-2 | -       | -     | new   | refuse
  BT-3 | P3      | -     | -     | accept
---
decision: status
title: {zh: 态, en: Status}
value: |
  if count(findings(product)[finding = "decline"]) > 0 then "DECLINED" else "OK"
---
decision: reasons
title: {zh: 因, en: Reasons}
value: findings(product)[code != null].code
"""

NUMBERS = st.sampled_from([None, *map(Decimal, ("0", "0.5", "1", "1.5", "2", "100", "100.01", "1000", "1001"))])
FACTS = st.fixed_dictionaries(
    {
        "amount": NUMBERS,
        "ratio": NUMBERS,
        "rating": st.sampled_from([None, "AAA", "AA", "A", "B"]),
        "listed": st.sampled_from([None, True, False]),
        "green": st.sampled_from([None, True, False]),
        "product": st.sampled_from([None, "P1", "P2", "P3"]),
        "day": st.sampled_from([None, date(2026, 3, 1), date(2026, 3, 2)]),
    }
)


@cache
def _made(matcher: MatcherName) -> Decider:
    return decider(POLICY, matcher)


@settings(max_examples=examples(85), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(FACTS)
def test_matchers_decide_the_same(facts: dict[str, Any]) -> None:
    """Outcome, status, reasons, undetermined rows and the full trace."""
    linear, bitmap, rete = (_made(name).decide(facts, TODAY, TraceLevel.FULL) for name in ("linear", "bitmap", "rete"))  # type: ignore[arg-type]
    assert linear == bitmap == rete
    assert linear.trace == bitmap.trace == rete.trace


@settings(max_examples=examples(50), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(FACTS, st.sampled_from(("bitmap", "rete")))
def test_looking_does_not_change_the_decision(facts: dict[str, Any], matcher: MatcherName) -> None:
    """With any trace the result is the same, and a fired trace is a part of the full one."""
    made = _made(matcher)
    none, fired, full = (made.decide(facts, TODAY, level) for level in TraceLevel)
    assert none == fired == full
    assert none.trace is None
    assert fired.trace is not None
    assert full.trace is not None
    for less, more in zip(fired.trace["decisions"], full.trace["decisions"], strict=True):
        assert less == {key: value for key, value in more.items() if key not in ("failed", "not_in_force")}


@settings(max_examples=examples(50), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(FACTS)
def test_every_row_is_accounted_for(facts: dict[str, Any]) -> None:
    """In a full trace a row of a table held, could not be decided, failed by a condition, or was not in force."""
    result = _made("bitmap").decide(facts, TODAY, TraceLevel.FULL)
    assert result.trace is not None
    rows = {
        name: len(d.logic.rows) for name, d in _made("bitmap").ruleset.decisions.items() if hasattr(d.logic, "rows")
    }
    for entry in result.trace["decisions"]:
        if "held" in entry:
            told = [row["row"] for kind in ("held", "undetermined", "failed", "not_in_force") for row in entry[kind]]
            assert len(set(told)) == len(told) == rows[entry["decision"]]
            assert all(row["because"] for row in entry["undetermined"])
            assert all(any(c["truth"] is False for c in row["conditions"]) for row in entry["failed"])


@pytest.mark.parametrize("matcher", ["bitmap", "rete"])
def test_one_decision_leaves_nothing_to_the_next(matcher: MatcherName) -> None:
    """The same facts before and after others."""
    facts = {"amount": Decimal(5), "ratio": Decimal(2), "rating": "AAA", "product": "P1"}
    first = _made(matcher).decide(facts, TODAY, TraceLevel.FULL)
    _made(matcher).decide({}, TODAY)
    again = _made(matcher).decide(facts, TODAY, TraceLevel.FULL)
    assert (first, first.trace) == (again, again.trace)
