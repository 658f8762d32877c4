"""Whichever matcher runs the rule sets, the shipped rules decide the same, on every edge and on several."""

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

PARTS = 12
TRACED = 40
"""One in so many is decided by the slow matcher too, and its full trace compared."""


def singly_changed(part: int) -> Iterator[dict[str, Any]]:
    """A part of the applications that are a worked case with one change: every case with every change."""
    single = [(case, change) for case in shipped.CASES for change in generated.CHANGES]
    random.Random(20261123).shuffle(single)
    for case, change in single[part::PARTS]:
        yield generated.changed(case, (change,))


def changed_at_random(count: int, part: int) -> Iterator[dict[str, Any]]:
    """So many applications that are a worked case with two to nine changes, the same ones in each run."""
    chance = random.Random(f"20261123 {part}")
    for _ in range(count):
        changes = chance.sample(generated.CHANGES, chance.randrange(2, 10))
        yield generated.changed(chance.choice(shipped.CASES), tuple(changes))


def decided(application: dict[str, Any], matcher: str, trace: TraceLevel = TraceLevel.NONE) -> Result:
    """What the rule files decide, in full."""
    exact = json.loads(json.dumps(application), parse_float=Decimal, parse_int=Decimal)
    facts = facts_of(exact, shipped.ruleset().vocabulary)
    return shipped.decider(matcher).decide(facts, date.fromisoformat(application["application_date"]), trace)


def decide_alike(applications: Iterator[dict[str, Any]]) -> None:
    """Outcome, status, reasons and undetermined rows of rete and bitmap; of linear, with the full trace, for some."""
    for number, application in enumerate(applications):
        by_rete = decided(application, "rete")
        assert decided(application, "bitmap") == by_rete
        if number % TRACED == 0:
            traces = [decided(application, matcher, TraceLevel.FULL) for matcher in ("rete", "bitmap", "linear")]
            assert traces[0] == traces[1] == traces[2] == by_rete
            assert traces[0].trace == traces[1].trace == traces[2].trace


def parts(count: int, at_once: int) -> list[Any]:
    """The numbers of the parts; those that are left to the long suite are marked."""
    return [*range(at_once), *(pytest.param(part, marks=pytest.mark.long) for part in range(at_once, count))]


@pytest.mark.parametrize("part", parts(PARTS, 1))
def test_every_single_change(part: int) -> None:
    """Each fact of each case on, beside and off each of its limits, and away: a twelfth, and all in the long suite."""
    decide_alike(singly_changed(part))


@pytest.mark.parametrize("part", parts(60, 1))
def test_several_changes(part: int) -> None:
    """Up to nine facts changed at once: 250 applications, and 15,000 in the long suite."""
    decide_alike(changed_at_random(250, part))
