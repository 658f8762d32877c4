"""What is masked for readers who may not see personal data, and what they still see."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from greenlane.engine.decide import TraceLevel, compile_ruleset
from greenlane.engine.explain import Mask, mask
from greenlane.engine.rules.ruleset import Ruleset
from tests.engine.decide.building import TODAY, ruleset

VOCABULARY = """\
groups:
  applicant: {zh: 申请人, en: Applicant}
facts:
  name: {in: applicant, type: string, personal: true, zh: 名称, en: Name}
  amount: {in: applicant, type: number, sensitivity: 3, zh: 金额, en: Amount}
  years: {in: applicant, type: number, sensitivity: 3, zh: 年限, en: Years}
  rating: {in: applicant, type: string, allowed: [AAA, AA, A], sensitivity: 4, zh: 评级, en: Rating}
  founded: {in: applicant, type: date, sensitivity: 3, zh: 成立, en: Founded}
  staff: {in: applicant, type: number, sensitivity: 2, zh: 人数, en: Staff}
  listed: {in: applicant, type: boolean, sensitivity: 3, zh: 名单, en: Listed}
"""
DECISIONS = """\
decision: subject
title: {zh: 主, en: Subject}
hit: first
undetermined: ignore
outputs: {points: {type: number}, echo: {type: string}}
rows: |
  id  | amount | rating | staff | points | echo
  R-1 | > 9000 | -      | -     | 1      | "no"
  R-2 | > 10   | AA     | > 5   | 2      | name
---
decision: per_head
title: {zh: 人均, en: Per head}
value: amount / staff
---
decision: large
title: {zh: 大, en: Large}
value: amount > 1000
---
decision: twice
title: {zh: 二, en: Twice}
value: per_head * 2
---
decision: outcome
title: {zh: 果, en: Outcome}
value: '{points: subject.points, echo: subject.echo, copy: amount, rating: rating, large: large, twice: twice}'
"""
FACTS: dict[str, Any] = {
    "name": "示例企业",
    "amount": Decimal("1234.50"),
    "years": Decimal(7),
    "rating": "AA",
    "founded": date(2001, 2, 3),
    "staff": Decimal(10),
    "listed": True,
}
X = "X"


@pytest.fixture(scope="module")
def rules() -> Ruleset:
    """The ruleset."""
    return ruleset(DECISIONS, VOCABULARY)


@pytest.fixture(scope="module")
def hide(rules: Ruleset) -> Mask:
    """The mask of `FACTS`."""
    return mask(rules, FACTS, X)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        # a text, a number or a date that can be recognised, wherever it turns up, in any form
        ("示例企业", X),
        (Decimal("1234.5"), X),
        (date(2001, 2, 3), X),
        ("2001-02-03", X),
        # within a text
        ("示例企业 asks for 1234.50", "*** asks for ***"),
        ("not 11234.50 or 1234.505", "not 11234.50 or 1234.505"),
        # values that many have, and values that are not protected
        (Decimal(7), Decimal(7)),
        ("AA", "AA"),
        (Decimal(10), Decimal(10)),
        (True, True),
        (None, None),
        # by name
        ({"rating": "AA", "staff": Decimal(10)}, {"rating": X, "staff": Decimal(10)}),
        ([{"a": [Decimal("1234.50")]}], [{"a": [X]}]),
    ],
)
def test_values(hide: Mask, value: Any, shown: Any) -> None:
    """What is masked in an outcome or anything else of any depth."""
    assert hide.value(value) == shown


def test_names(hide: Mask) -> None:
    """Protected facts, and decisions that are an expression over one."""
    protected = {"name", "amount", "years", "rating", "founded", "listed"}
    assert hide.names == protected | {"per_head", "large", "outcome"}


def test_a_trace(rules: Ruleset, hide: Mask) -> None:
    """Values go; names, rows, texts of conditions and truth values stay."""
    result = compile_ruleset(rules, "bitmap").decide(FACTS, TODAY, TraceLevel.FULL)
    assert result.trace is not None
    shown = {decision["decision"]: decision for decision in hide.trace(result.trace)["decisions"]}
    subject = shown["subject"]
    assert {i["name"]: i["value"] for i in subject["inputs"]} == {
        "name": X,
        "amount": X,
        "rating": X,
        "staff": Decimal(10),
    }
    assert [row["row"] for row in subject["held"]] == ["R-2"]
    (failed,) = subject["failed"]
    assert failed["conditions"] == [{"text": "> 9000", "truth": False, "fact": "amount", "value": X, "because": []}]
    assert subject["result"] == {"points": Decimal(2), "echo": X}
    assert (shown["per_head"]["result"], shown["large"]["result"]) == (X, True)


def test_masking_leaves_the_trace_as_it_was(rules: Ruleset, hide: Mask) -> None:
    """Parts of a trace are the same objects in every trace."""
    result = compile_ruleset(rules, "bitmap").decide(FACTS, TODAY, TraceLevel.FULL)
    before = repr(result.trace)
    assert result.trace is not None
    hide.trace(result.trace)
    assert repr(result.trace) == before


def test_nothing_to_hide(rules: Ruleset) -> None:
    """Facts that are not given hide nothing."""
    assert mask(rules, {}, X).value({"staff": "示例企业"}) == {"staff": "示例企业"}
