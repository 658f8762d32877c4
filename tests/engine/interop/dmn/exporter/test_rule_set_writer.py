"""Rule sets, functions and what reads them: the whole model decides as the rule files do, facts missing or not."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.decide.building import TODAY, ruleset
from tests.engine.decide.test_agreement import FACTS, POLICY
from tests.engine.interop.dmn.exporter.both import Both, both, same
from tests.examples import examples

EACH = 'for p in ["P1", "P2", "P3"] return {}(p)'
SEGMENTS = """\
decision: segments
title: {zh: 乙, en: B}
kind: rule set
undetermined: @
asserts:
  size: {type: string, allowed: [L, S]}
  stage: {type: string, allowed: [new, old]}
  tech: {type: boolean}
  never: {type: number}
default: {tech: false, never: 4}
rows: |
  id   | amount | size | stage | rating | when           | then
  SG-1 | > 100  | -    | -     | -      |                | size: L, tech: true
  SG-2 | < 50   | -    | -     | -      |                | size: S
  SG-3 | -      | S    | -     | -      | ratio > amount | stage: new
  SG-4 | -      | -    | -     | AAA    |                | stage: new
  SG-5 | -      | -    | null  | -      |                | stage: old
  SG-6 | -      | -    | -     | AA     | green          | tech: true
  SG-7 | -      | -    | new   | A, AAA | listed         | tech: false
---
decision: subject
title: {zh: 甲, en: A}
value: "[size, stage, tech, never]"
"""


@cache
def policy() -> Both:
    """A small policy with every kind of decision."""
    return both(ruleset(POLICY), {name: EACH.format(name) for name in ("findings", "best")})


@cache
def segments(undetermined: str) -> Both:
    """A rule set of several strata."""
    return both(ruleset(SEGMENTS.replace("@", undetermined)))


@settings(max_examples=examples(20), deadline=None, suppress_health_check=list(HealthCheck))
@given(facts=FACTS)
def test_a_small_policy(facts: dict[str, Any]) -> None:
    """Every decision, and every function for three arguments."""
    assert not policy().exported.left_out
    assert not policy().differing(facts, TODAY)


@settings(max_examples=examples(20), deadline=None, suppress_health_check=list(HealthCheck))
@given(facts=FACTS, undetermined=st.sampled_from(["refer", "ignore"]))
def test_strata(facts: dict[str, Any], undetermined: str) -> None:
    """A fact that two strata assert, one that rows read back and disagree on, one that no row asserts.

    Where facts are missing, a fact that several strata assert may be null in the model; it is never another value.
    """
    found = segments(undetermined).differing(facts, TODAY)
    if None not in facts.values():
        assert not found
    assert all(no_other(ours, theirs) for ours, theirs in found.values())


def no_other(ours: Any, theirs: Any) -> bool:
    """Whether the model says nothing else than the rule files, though it may say less."""
    if theirs is None:
        return True
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(no_other(ours[name], theirs[name]) for name in ours)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(no_other, ours, theirs))
    return same(ours, theirs)
