"""The trace as data."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from greenlane.engine.decide.matching import MatcherName
from tests.engine.decide.building import TODAY, decide, decider, plain

TEXT = """\
decision: subject
title: {zh: 准入, en: Eligibility}
basis: 授信政策 §4
hit: collect
undetermined: refer
referral: {finding: refer}
outputs: {finding: {type: string, allowed: [decline, refer]}, id: {}}
sections:
  - title: {zh: 通用, en: Common}
    for: product = "P1"
    rows: |
      id | amount | when                    | finding | code | zh   | en     | until
      R1 | > 5    |                         | decline | K1   | 超限 | Above  |
      R2 |        | ratio > 1 and listed    | decline | K2   | 名单 | Listed |
      R3 | < 5    | base > ratio            | refer   |      |      |        |
      R4 |        |                         | refer   |      |      |        | 2025-12-31
---
decision: base
title: {zh: 基数, en: Base}
value: amount * 2
"""


def _subject(level: str, matcher: MatcherName = "bitmap", **facts: Any) -> dict[str, Any]:
    trace = decider(TEXT, matcher).decide(plain(facts), TODAY, level).trace  # type: ignore[arg-type]
    assert trace is not None
    found: dict[str, Any] = next(e for e in trace["decisions"] if e["decision"] == "subject")
    return found


def test_no_trace_is_none() -> None:
    """Unless asked for."""
    assert decide(TEXT, "none").trace is None


def test_a_trace_says_its_level_and_day() -> None:
    """Decisions in the order of the plan."""
    trace = decide(TEXT, "fired", product="P1", amount=6, ratio=2).trace
    assert trace is not None
    assert (trace["level"], trace["as_of"]) == ("fired", "2026-03-02")
    assert [e["decision"] for e in trace["decisions"]] == ["base", "subject", "outcome", "status", "reasons"]


def test_an_expression_tells_what_it_read() -> None:
    """Without any lists of rows."""
    trace = decide(TEXT, "fired", product="P1", amount=6, ratio=2).trace
    assert trace is not None
    assert trace["decisions"][0] == {
        "decision": "base",
        "title": {"zh": "基数", "en": "Base"},
        "basis": "",
        "source": "rules.yaml:18",
        "inputs": [{"name": "amount", "value": Decimal(6)}],
        "result": Decimal(12),
    }


def test_a_table_tells_the_rows_that_held() -> None:
    """With code, texts and place; lists and contexts are told where they were decided."""
    assert _subject("fired", product="P1", amount=6, ratio=1) == {
        "decision": "subject",
        "title": {"zh": "准入", "en": "Eligibility"},
        "basis": "授信政策 §4",
        "source": "rules.yaml:1",
        "inputs": [
            {"name": "product", "value": "P1"},
            {"name": "amount", "value": Decimal(6)},
            {"name": "ratio", "value": Decimal(1)},
            {"name": "listed", "value": False},
            {"name": "base", "value": Decimal(12)},
        ],
        "held": [{"row": "R1", "code": "K1", "zh": "超限", "en": "Above", "source": "rules.yaml:13"}],
        "undetermined": [],
        "result": [{"finding": "decline", "id": "R1"}],
    }
    trace = decide(TEXT, "fired", product="P1", amount=6, ratio=1).trace
    assert trace is not None
    assert trace["decisions"][2]["inputs"] == [{"name": "subject", "decision": "subject"}]


def test_undetermined_rows_tell_why() -> None:
    """Each with the causes of its conditions."""
    found = _subject("fired", product="P1", amount=6, listed=True)
    assert [(row["row"], row["because"]) for row in found["undetermined"]] == [
        (
            "R2",
            [
                {
                    "kind": "missing",
                    "subject": "ratio",
                    "zh": "需要一个值，得到的是空值",
                    "en": "a value is needed, got null",
                }
            ],
        )
    ]


@pytest.mark.parametrize("matcher", ["bitmap", "rete", "linear"])
def test_a_full_trace_tells_why_rows_did_not_hold(matcher: MatcherName) -> None:
    """The conditions that failed as the row writes them, with the value seen; rows not in force apart."""
    found = _subject("full", matcher, product="P1", amount=6)
    assert [(row["row"], row["conditions"]) for row in found["failed"]] == [
        (
            "R2",
            [
                {
                    "text": "ratio > 1",
                    "truth": None,
                    "fact": "ratio",
                    "value": None,
                    "because": [
                        {
                            "kind": "missing",
                            "subject": "ratio",
                            "zh": "需要一个值，得到的是空值",
                            "en": "a value is needed, got null",
                        }
                    ],
                },
                {"text": "listed", "truth": False, "fact": "listed", "value": False, "because": []},
            ],
        ),
        (
            "R3",
            [
                {"text": "< 5", "truth": False, "fact": "amount", "value": Decimal(6), "because": []},
                {
                    "text": "base > ratio",
                    "truth": None,
                    "because": [
                        {
                            "kind": "missing",
                            "subject": "ratio",
                            "zh": "需要一个值，得到的是空值",
                            "en": "a value is needed, got null",
                        }
                    ],
                },
            ],
        ),
    ]
    assert [row["row"] for row in found["not_in_force"]] == ["R4"]


def test_guards_are_conditions_of_their_rows() -> None:
    """A row of a closed section fails by the guard."""
    found = _subject("full", product="P2", amount=6, ratio=1)
    assert [c["text"] for c in found["failed"][0]["conditions"]] == ['product = "P1"']


def test_rows_of_rule_sets_are_traced_with_the_values_they_saw() -> None:
    """A row that reads what it asserts itself saw it before."""
    text = """\
decision: subject
title: {zh: 甲, en: A}
value: stage
---
decision: segments
title: {zh: 乙, en: B}
kind: rule set
undetermined: refer
asserts: {stage: {type: string, allowed: [new, old]}}
rows: |
  id | stage | amount | then
  R1 | null  | -      | stage: old
  R2 | new   | -      | stage: new
  R3 | -     | > 5    | stage: new
"""
    trace = decide(text, "full", amount=9).trace
    assert trace is not None
    segments = next(e for e in trace["decisions"] if e["decision"] == "segments")
    assert [row["row"] for row in segments["held"]][:1] == ["R3"]
    assert {row["row"]: [c["value"] for c in row["conditions"]] for row in segments["failed"]}["R1"] == ["new"]


def test_the_trace_is_written_once() -> None:
    """Looking again gives the same object."""
    result = decide(TEXT, "full", product="P1", amount=6)
    assert result.trace is result.trace
