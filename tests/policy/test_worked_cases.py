"""The fifteen worked cases, decided by the rule files and by the oracle."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.policy import oracle, shipped


def pinned(outcome: dict[str, Any], case: str) -> dict[str, Any]:
    """The part of an outcome that the case pins."""
    return {key: outcome[key] for key in shipped.expected(case)}


def test_there_are_fifteen() -> None:
    """None of the cases got lost."""
    assert len(shipped.CASES) == 15


@pytest.mark.parametrize("case", shipped.CASES)
def test_the_example_is_the_case(case: str) -> None:
    """The application that readers send is the one that the rules own."""
    assert json.loads((shipped.RULES / "cases" / f"{case}.json").read_bytes())["application"] == shipped.application(
        case
    )


@pytest.mark.parametrize("case", shipped.CASES)
def test_the_oracle_agrees_with_the_worked_case(case: str) -> None:
    """The oracle reads the policy as its authors did."""
    assert shipped.expected(case) == pinned(oracle.decide(shipped.application(case)), case)


@pytest.mark.parametrize("matcher", ["rete", "bitmap", "linear"])
@pytest.mark.parametrize("case", shipped.CASES)
def test_the_rule_files_decide_the_worked_case(case: str, matcher: str) -> None:
    """Every pinned value comes out exactly, whichever matcher runs the rows."""
    assert shipped.expected(case) == pinned(shipped.outcome(shipped.application(case), matcher), case)
