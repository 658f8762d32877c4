"""Rule sets as durable_rules alone could not run them: awkward values, very many rules, many threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from greenlane.engine.decide.matching import MatcherName
from tests.engine.decide.building import TODAY, decider

MATCHERS: tuple[MatcherName, ...] = ("rete", "bitmap", "linear")
VOCABULARY = """\
groups:
  firm: {zh: 企业, en: Firm}
facts:
  amount: {in: firm, type: number, zh: 金额, en: Amount}
  name: {in: firm, type: string, zh: 名称, en: Name}
"""
HEAD = """\
decision: subject
title: {zh: 甲, en: A}
kind: rule set
hit: collect
undetermined: ignore
outputs: {id: {}}
rows: |
"""
AWKWARD = (
    HEAD
    + r"""  id  | when
  TINY  | amount = 0.0000001
  HUGE  | amount = 100000000000000000000
  ODD   | amount = 9007199254740993
  EVEN  | amount = 9007199254740992
  NEG   | amount < -1.5
  NULL  | amount = null
  ZH    | name = "信用（担保）"
  QUOTE | name = "say \"yes\" and 'no'"
  BRACE | name = "{\"$or\": [1]}"
  ONE   | name = "1"
"""
)


@pytest.mark.parametrize("matcher", MATCHERS)
@pytest.mark.parametrize(
    ("facts", "rows"),
    [
        ({"amount": Decimal("1e-7"), "name": ""}, ["TINY"]),
        ({"amount": Decimal("0.00000010000000000000001"), "name": ""}, []),
        ({"amount": Decimal("1e20"), "name": ""}, ["HUGE"]),
        ({"amount": Decimal(2**53 + 1), "name": ""}, ["ODD"]),
        ({"amount": Decimal(2**53), "name": ""}, ["EVEN"]),
        ({"amount": Decimal("-1.500000000000000000001"), "name": ""}, ["NEG"]),
        ({"amount": Decimal("-1.5"), "name": ""}, []),
        ({"amount": None, "name": ""}, ["NULL"]),
        ({"amount": Decimal(1), "name": "信用（担保）"}, ["ZH"]),
        ({"amount": Decimal(1), "name": "say \"yes\" and 'no'"}, ["QUOTE"]),
        ({"amount": Decimal(1), "name": '{"$or": [1]}'}, ["BRACE"]),
        ({"amount": Decimal(1), "name": "1"}, ["ONE"]),
    ],
)
def test_awkward_values_decide_exactly(matcher: MatcherName, facts: dict[str, Any], rows: list[str]) -> None:
    """Tiny and huge numbers, beyond what a float holds, null, Chinese, quotes and what looks like a rule."""
    assert decider(AWKWARD, matcher, vocabulary=VOCABULARY).decide(facts, TODAY).outcome == {"answer": rows}


@pytest.mark.parametrize("matcher", MATCHERS)
def test_600_sibling_rules_of_which_100_hold(matcher: MatcherName) -> None:
    """More siblings than hang the native compiler, more at once than its agenda of nodes can hold."""
    lines = [f"  S{n} | amount > {n * 10}" for n in range(600)]
    made = decider(HEAD + "  id | when\n" + "\n".join(lines) + "\n", matcher, vocabulary=VOCABULARY)
    found = made.decide({"amount": Decimal(995), "name": ""}, TODAY).outcome["answer"]
    assert found == [f"S{n}" for n in range(100)]
    assert made.decide({"amount": Decimal(-1), "name": ""}, TODAY).outcome["answer"] == []
    assert len(made.decide({"amount": Decimal(10**6), "name": ""}, TODAY).outcome["answer"]) == 600


def test_ten_thousand_interleaved_applications_from_eight_threads() -> None:
    """No application sees a fact of another."""
    made = decider(AWKWARD, "rete", vocabulary=VOCABULARY)
    facts = [{"amount": Decimal(n % 7 - 3), "name": str(n % 3)} for n in range(21)]
    alone = [made.decide(each, TODAY) for each in facts]

    def work(thread: int) -> int:
        return sum(made.decide(facts[(thread + n) % 21], TODAY) == alone[(thread + n) % 21] for n in range(1250))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(8))) == [1250] * 8
