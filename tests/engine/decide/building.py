"""Small rulesets written as rule files, and deciders of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from textwrap import dedent
from typing import Any

from greenlane.engine.decide import Decider, Result, TraceLevel, compile_ruleset
from greenlane.engine.decide.matching import MatcherName
from greenlane.engine.feel import Undetermined
from greenlane.engine.feel.json_values import restored
from greenlane.engine.rules.files import read
from greenlane.engine.rules.ruleset import Ruleset

TODAY = date(2026, 3, 2)
FRAME = """\
ruleset: small
language: 1
version: 1.0.0
owner: Tests
title: {zh: 小, en: Small}
effective: {from: 2024-01-01}
answer: {outcome: outcome, status: status, reasons: reasons, referred: REFERRED}
"""
VOCABULARY = """\
groups:
  applicant: {zh: 申请人, en: Applicant}
facts:
  amount: {in: applicant, type: number, zh: 金额, en: Amount}
  ratio: {in: applicant, type: number, zh: 比率, en: Ratio}
  rating: {in: applicant, type: string, allowed: [AAA, AA, A, B], zh: 评级, en: Rating}
  listed: {in: applicant, type: boolean, absent: false, zh: 名单, en: Listed}
  green: {in: applicant, type: boolean, zh: 绿色, en: Green}
  product: {type: string, allowed: [P1, P2, P3], zh: 产品, en: Product}
  day: {type: date, zh: 日期, en: Day}
"""
REST = {
    "outcome": "{answer: subject}",
    "status": '"DONE"',
    "reasons": "[]",
}


def ruleset(
    decisions: str,
    vocabulary: str = VOCABULARY,
    references: Mapping[str, str] | None = None,
    frame: str = FRAME,
) -> Ruleset:
    """The ruleset of these decision documents; outcome, status and reasons are added where they are not written.

    Without its own, the outcome is `{answer: subject}`.
    """
    text = dedent(decisions)
    added = [
        f"decision: {name}\ntitle: {{zh: {name}, en: {name}}}\nvalue: |\n  {value}\n"
        for name, value in REST.items()
        if f"decision: {name}\n" not in text
    ]
    files = {
        "ruleset.yaml": frame,
        "vocabulary.yaml": vocabulary,
        "rules.yaml": "---\n".join([text, *added]),
        **(references or {}),
    }
    reading = read({path: content.encode() for path, content in files.items()})
    assert reading.ruleset is not None, [f"{d.place}: {d.code} {d.message}" for d in reading.diagnostics]
    assert not reading.diagnostics, [f"{d.place}: {d.code} {d.message}" for d in reading.diagnostics]
    return reading.ruleset


def decider(decisions: str, matcher: MatcherName = "bitmap", **given: Any) -> Decider:
    """Ready to decide."""
    return compile_ruleset(ruleset(decisions, **given), matcher)


def decide(decisions: str, level: str = "none", as_of: date = TODAY, **facts: Any) -> Result:
    """The result for facts written plainly: whole numbers and texts."""
    return decider(decisions).decide(plain(facts), as_of, TraceLevel(level))


def answer(decisions: str, as_of: date = TODAY, **facts: Any) -> Any:
    """The value of the decision `subject`, undetermined or not."""
    result = decide(decisions, "fired", as_of, **facts)
    assert result.trace is not None
    return restored(next(e["result"] for e in result.trace["decisions"] if e["decision"] == "subject"))


def plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Whole numbers as decimals."""
    return {
        name: Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value
        for name, value in facts.items()
    }


def causes(value: Any) -> list[tuple[str, str]]:
    """Kind and subject of the causes of an undetermined value."""
    assert isinstance(value, Undetermined), value
    return [(cause.kind, cause.subject) for cause in value.causes]
