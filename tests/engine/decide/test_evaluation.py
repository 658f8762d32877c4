"""Decisions made when they are read, once, whatever finds the rows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from greenlane.engine.decide import TraceLevel
from greenlane.engine.decide.matching import MatcherName
from tests.engine.decide.building import TODAY, answer, causes, decide, decider, plain

MATCHERS: tuple[MatcherName, ...] = ("bitmap", "rete", "linear")


def _value(name: str, text: str, *more: str) -> str:
    lines = [f"decision: {name}", f"title: {{zh: {name}, en: {name}}}", *more, "value: |", f"  {text}"]
    return "\n".join(lines) + "\n"


def test_a_decision_nobody_reads_is_not_made() -> None:
    """Only what the answer needs is in the trace."""
    text = _value("subject", "1") + "---\n" + _value("other", "2")
    result = decide(text, "fired")
    assert result.trace is not None
    assert [entry["decision"] for entry in result.trace["decisions"]] == ["subject", "outcome", "status", "reasons"]


def test_a_decision_is_made_once() -> None:
    """However many read it."""
    text = "---\n".join((_value("subject", "a + a + b"), _value("a", "b * 2"), _value("b", "amount")))
    result = decide(text, "fired", amount=3)
    assert result.outcome == {"answer": Decimal(15)}
    assert result.trace is not None
    assert [entry["decision"] for entry in result.trace["decisions"]][:3] == ["b", "a", "subject"]


def test_the_branch_not_taken_is_not_decided() -> None:
    """What stands in the other branch of an `if` is never asked."""
    text = _value("subject", "if amount > 1 then 1 else other") + "---\n" + _value("other", "2")
    result = decide(text, "fired", amount=3)
    assert result.trace is not None
    assert "other" not in [entry["decision"] for entry in result.trace["decisions"]]


def test_missing_facts_have_the_value_of_their_absence() -> None:
    """Given or not, null or not; a fact without such a value stays null."""
    assert answer(_value("subject", "listed = false")) is True
    assert answer(_value("subject", "listed = false"), listed=None) is True
    assert answer(_value("subject", "green = null")) is True


def test_names_that_are_not_facts_are_passed_over() -> None:
    """Nobody can put a decision in place of the rules' own."""
    assert answer(_value("subject", "other") + "---\n" + _value("other", "1"), other=2) == Decimal(1)


def test_what_is_undetermined_is_null_in_the_outcome() -> None:
    """Wherever it stands; everything beside it stays."""
    outcome = _value("outcome", '{a: amount + 1, b: [1, amount], c: {d: ratio / 0}, e: "x"}')
    result = decide(outcome, ratio=1)
    assert result.outcome == {"a": None, "b": [Decimal(1), None], "c": {"d": None}, "e": "x"}


def test_an_undetermined_status_is_the_referred_one() -> None:
    """What cannot be told goes to a person."""
    status = _value("status", 'if amount > 1 then "YES" else "NO"')
    text = _value("subject", "1") + "---\n" + status
    assert [decide(text, amount=2).status, decide(text, amount=1).status, decide(text).status] == [
        "YES",
        "NO",
        "REFERRED",
    ]


FUNCTIONS = """\
decision: subject
title: {zh: 甲, en: A}
value: |
  for p in ["P1", "P2", "P1"] return count(findings(p))
---
decision: findings
title: {zh: 乙, en: B}
parameters: [product]
hit: collect
undetermined: ignore
outputs: {id: {}}
rows: |
  id | product | amount | when
  F1 | P1      | > 10   | -
  F2 | P2, P3  | -      | ratio > 1
  F3 | -       | -      | amount + ratio > 5
  F4 | -       | -      | product = "P1" or listed
"""


@pytest.mark.parametrize("matcher", MATCHERS)
def test_functions_are_decided_for_each_argument_once(matcher: MatcherName) -> None:
    """The parameter hides the fact of its name; equal arguments are one decision."""
    facts = plain({"amount": 20, "ratio": 0, "product": "P3"})
    result = decider(FUNCTIONS, matcher).decide(facts, TODAY, TraceLevel.FIRED)
    assert result.outcome == {"answer": [Decimal(3), Decimal(1), Decimal(3)]}
    assert result.trace is not None
    calls = [entry for entry in result.trace["decisions"] if entry["decision"] == "findings"]
    assert [call["arguments"] for call in calls] == [{"product": "P1"}, {"product": "P2"}]
    assert [[row["row"] for row in call["held"]] for call in calls] == [["F1", "F3", "F4"], ["F3"]]


def test_true_and_one_are_different_arguments() -> None:
    """Python takes one for the other, a call does not."""
    text = (
        _value("subject", "[kind(1), kind(true), kind(1.0), kind([1])]")
        + "---\n"
        + _value("kind", "x instance of boolean", "parameters: {x: {type: number}}")
    )
    assert answer(text) == [False, True, False, False]


def test_decisions_in_a_circle_end_undetermined() -> None:
    """The checks refuse them; deciding does not loop on them."""
    text = _value("subject", "other + 1") + "---\n" + _value("other", "subject + 1")
    assert causes(answer(text)) == [("limit", "subject")]


def test_a_function_that_calls_itself_ends_undetermined() -> None:
    """With the same argument, that is."""
    text = _value("subject", "f(1)") + "---\n" + _value("f", "f(x) + 1", "parameters: {x: {type: number}}")
    assert causes(answer(text)) == [("limit", "f")]


DATED = """\
decision: subject
title: {zh: 甲, en: A}
hit: collect
undetermined: error
outputs: {id: {}}
rows: |
  id | amount | from       | until
  R1 | > 1    |            |
  R2 | > 1    | 2026-03-02 |
  R3 | > 1    |            | 2026-03-02
  R4 | > 1    | 2026-03-03 | 2026-03-04
"""


@pytest.mark.parametrize(
    ("day", "rows"),
    [(1, ["R1", "R3"]), (2, ["R1", "R2", "R3"]), (3, ["R1", "R2", "R4"]), (4, ["R1", "R2", "R4"]), (5, ["R1", "R2"])],
)
@pytest.mark.parametrize("matcher", MATCHERS)
def test_rows_are_in_force_from_and_until_their_days(day: int, rows: list[str], matcher: MatcherName) -> None:
    """Both days count; the day is that of the evaluation."""
    result = decider(DATED, matcher).decide(plain({"amount": 2}), date(2026, 3, day))
    assert result.outcome == {"answer": rows}


RATES = """\
tables:
  rates:
    file: rates.csv
    title: {zh: 利率, en: Rates}
    source: tests
    dated by: published
    columns: {published: {type: date}, rate: {type: number}}
  names:
    file: names.csv
    title: {zh: 名称, en: Names}
    source: tests
    columns: {name: {type: string}}
"""
REFERENCES = {
    "reference/reference.yaml": RATES,
    "reference/rates.csv": "published,rate\n2026-01-20,3.1\n2026-02-20,3.2\n2026-02-20,3.3\n2026-03-20,3.4\n",
    "reference/names.csv": "name\na\nb\n",
}


@pytest.mark.parametrize(
    ("day", "rates"), [("2026-01-19", []), ("2026-01-20", ["3.1"]), ("2026-02-20", ["3.1", "3.2", "3.3"])]
)
def test_reference_rows_are_known_from_their_day(day: str, rates: list[str]) -> None:
    """A decision replayed as of an earlier day sees no later publication."""
    found = decider(_value("subject", "for r in rates return r.rate"), references=REFERENCES).decide(
        {}, date.fromisoformat(day)
    )
    assert found.outcome == {"answer": [Decimal(rate) for rate in rates]}


def test_reference_tables_without_a_date_are_always_known() -> None:
    """Names do not begin on a day."""
    found = decider(_value("subject", "names[-1].name"), references=REFERENCES).decide({}, date(1, 1, 1))
    assert found.outcome == {"answer": "b"}


SEEN = """\
decision: subject
title: {zh: 甲, en: A}
hit: collect
undetermined: ignore
outputs: {id: {}}
rows: |
  id | amount | other | when
  R1 | > 1    | 1     | ratio > 0 and count(found(amount)) > 1
  R2 | > 1    |       | last = 1
---
decision: other
title: {zh: 乙, en: B}
hit: first
undetermined: refer
outputs: {n: {type: number}}
rows: |
  id | ratio | n
  O1 | > 1   | 1
---
decision: last
title: {zh: 乙, en: B}
hit: first
undetermined: error
outputs: {n: {type: number}}
rows: |
  id | ratio | n
  L1 | > 2   | 1
---
decision: found
title: {zh: 丙, en: C}
parameters: {x: {type: number}}
hit: collect
undetermined: error
outputs: {id: {}}
rows: |
  id | ratio | x
  C1 | > 1   | < 5
---
decision: status
title: {zh: 态, en: Status}
value: |
  if count(subject) > 1 then "MANY" else "FEW"
"""


@pytest.mark.parametrize("matcher", MATCHERS)
@pytest.mark.parametrize("level", list(TraceLevel))
@pytest.mark.parametrize("amount", [0, 2])
def test_what_is_undetermined_does_not_depend_on_matcher_or_trace(
    matcher: MatcherName, level: TraceLevel, amount: int
) -> None:
    """All decisions that the conditions of a table read are made, also where a row fails early."""
    result = decider(SEEN, matcher).decide(plain({"amount": amount}), TODAY, level)
    found = [(row.decision, row.row) for row in result.undetermined]
    assert found == [("other", "O1"), ("last", "L1"), ("found", "C1")]


REASONS = """\
decision: subject
title: {zh: 甲, en: A}
hit: collect
undetermined: refer
referral: {code: null}
outputs: {code: {}}
rows: |
  id | amount | code | zh   | en
  R1 | > 1    | K1   | 第一 | First
  R2 | > 2    | K2   | 第二 | Second
---
decision: reasons
title: {zh: 因, en: R}
value: |
  reverse(subject)
"""


def test_reasons_are_the_rows_of_the_codes() -> None:
    """In the order of the rules, with the texts of the very row and its place."""
    reasons = decide(REASONS, amount=3).reasons
    assert [(r.code, r.text.zh, r.text.en, r.row, r.decision) for r in reasons] == [
        ("K2", "第二", "Second", "R2", "subject"),
        ("K1", "第一", "First", "R1", "subject"),
    ]
    assert reasons[0].source == "rules.yaml:10"


def test_undetermined_rows_are_told_with_their_causes() -> None:
    """Rows of tables that refer or err, not of those that ignore."""
    found = decide(REASONS).undetermined
    assert [(u.row, u.decision, [c.subject for c in u.because]) for u in found] == [
        ("R1", "subject", ["amount"]),
        ("R2", "subject", ["amount"]),
    ]
    ignoring = REASONS.replace("undetermined: refer\nreferral: {code: null}\n", "undetermined: ignore\n")
    assert decide(ignoring).undetermined == ()


def test_the_same_facts_give_the_same_result() -> None:
    """Results are values."""
    facts: dict[str, Any] = plain({"amount": 3})
    made = decider(REASONS)
    assert made.decide(facts, TODAY) == made.decide(facts, TODAY, TraceLevel.FULL)
