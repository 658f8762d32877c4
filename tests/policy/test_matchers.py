"""Whichever matcher runs the rule sets, the shipped rules decide the same: 20,000 applications, all edges included."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from greenlane.engine.decide import Result, TraceLevel, facts_of
from tests.policy import generated, shipped

COUNT = 20_000
PARTS = 8
TRACED = 40
"""One in so many is decided by the slow matcher too, and its full trace compared."""


def applications(part: int) -> Iterator[dict[str, Any]]:
    """A part of the applications: every worked case with every single change, then cases with up to nine changes."""
    chance = random.Random(20261123)
    single = [(case, (change,)) for case in shipped.CASES for change in generated.CHANGES]
    while len(single) < COUNT:
        count = chance.randrange(2, 10)
        single.append((chance.choice(shipped.CASES), tuple(chance.sample(generated.CHANGES, count))))
    for case, changes in single[part:COUNT:PARTS]:
        yield generated.changed(case, changes)


def decided(application: dict[str, Any], matcher: str, trace: TraceLevel = TraceLevel.NONE) -> Result:
    """What the rule files decide, in full."""
    exact = json.loads(json.dumps(application), parse_float=Decimal, parse_int=Decimal)
    facts = facts_of(exact, shipped.ruleset().vocabulary)
    return shipped.decider(matcher).decide(facts, date.fromisoformat(application["application_date"]), trace)


@pytest.mark.parametrize("part", range(PARTS))
def test_matchers_decide_alike(part: int) -> None:
    """Outcome, status, reasons and undetermined rows of rete and bitmap; of linear, with the full trace, for some."""
    for number, application in enumerate(applications(part)):
        by_rete = decided(application, "rete")
        assert decided(application, "bitmap") == by_rete
        if number % TRACED == 0:
            traces = [decided(application, matcher, TraceLevel.FULL) for matcher in ("rete", "bitmap", "linear")]
            assert traces[0] == traces[1] == traces[2] == by_rete
            assert traces[0].trace == traces[1].trace == traces[2].trace
