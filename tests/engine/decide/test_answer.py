"""What an answer says where a part of it cannot be told, and where it lacks what it must have."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from greenlane.engine.decide import Result, TraceLevel, UndeterminedMember, UndeterminedRow
from greenlane.engine.decide.decider import MAX_MEMBERS
from greenlane.engine.decide.matching import MatcherName
from greenlane.engine.explain import explain
from greenlane.engine.feel import Cause, Undetermined
from greenlane.engine.feel.semantics import settled
from greenlane.engine.text import Text
from tests.engine.decide.building import FRAME, TODAY, decider, plain, ruleset

MATCHERS: tuple[MatcherName, ...] = ("bitmap", "rete", "linear")
ANSWER = "answer: {outcome: outcome, status: status, reasons: reasons, referred: REFERRED}\n"


def value(name: str, text: str) -> str:
    """A decision by an expression."""
    return f"decision: {name}\ntitle: {{zh: {name}, en: {name}}}\nvalue: |\n  {text}\n"


CODES = """\
decision: subject
title: {zh: 甲, en: A}
hit: collect
undetermined: refer
referral: {code: null}
outputs: {code: {}}
rows: |
  id | when        | code | zh   | en
  R1 | amount > 1  | K1   | 第一 | First
  R2 | amount > 10 | K2   | 第二 | Second
"""


def decided(*decisions: str, answer: str = ANSWER, matcher: MatcherName = "bitmap", **facts: Any) -> Result:
    """The result, of decisions in which `subject` lists the codes K1 (from 1 on) and K2 (from 10 on)."""
    rules = "---\n".join([CODES, *decisions])
    return decider(rules, matcher, frame=FRAME.replace(ANSWER, answer)).decide(plain(facts), TODAY, TraceLevel.FIRED)


def members(result: Result) -> dict[str, list[str]]:
    """The members that cannot be told, with the subjects of their causes."""
    found = [each for each in result.undetermined if isinstance(each, UndeterminedMember)]
    return {each.member: [cause.subject for cause in each.because] for each in found}


def codes(result: Result) -> list[str]:
    """The codes of the reasons."""
    return [reason.code for reason in result.reasons]


REASONS = value("reasons", "subject")


@pytest.mark.parametrize("matcher", MATCHERS)
@pytest.mark.parametrize("status", ["APPROVED", "DECLINED"])
def test_a_member_that_cannot_be_told_refers(status: str, matcher: MatcherName) -> None:
    """Whatever the status was; the member is null and named, the others and all reasons stay."""
    outcome = value("outcome", '{a: 1, b: [2, {c: ratio / 0}], "d/e": ratio + 1, f: amount}')
    result = decided(outcome, value("status", f'"{status}"'), REASONS, matcher=matcher, amount=20)
    assert result.status == "REFERRED"
    assert result.outcome == {"a": Decimal(1), "b": [Decimal(2), {"c": None}], "d/e": None, "f": Decimal(20)}
    assert codes(result) == ["K1", "K2"]
    assert members(result) == {"/outcome/b/1/c": ["ratio"], "/outcome/d~1e": ["ratio"]}


def test_errors_are_as_undetermined_as_missing_facts() -> None:
    """Each with the kind of its cause."""
    outcome = value("outcome", '{a: 1 / 0, b: "x" + 1, c: amount, d: substring("x", 0), e: green}')
    result = decided(outcome, amount=5)
    kinds = [each.because[0].kind for each in result.undetermined if isinstance(each, UndeterminedMember)]
    assert kinds == ["arithmetic", "type", "argument"]
    assert result.outcome == {"a": None, "b": None, "c": Decimal(5), "d": None, "e": None}


def test_a_null_that_the_rules_give_is_an_answer() -> None:
    """It can be told: there is nothing."""
    result = decided(value("outcome", "{a: null, b: green}"), amount=5)
    assert (result.status, members(result)) == ("DONE", {})


def test_rows_come_before_members() -> None:
    """Both are told, each with its causes."""
    result = decided(value("outcome", "{a: count(subject), b: ratio + 1}"))
    assert [type(each) for each in result.undetermined] == [UndeterminedRow, UndeterminedRow, UndeterminedMember]
    told = result.as_json()["undetermined"]
    assert [each.get("row", each.get("member")) for each in told] == ["R1", "R2", "/outcome/b"]
    assert told[2]["because"][0]["subject"] == "ratio"


def test_reasons_are_told_one_by_one() -> None:
    """What one decision cannot tell takes nothing away from the others; each code is told once."""
    answer = ANSWER.replace("reasons: reasons", "reasons: [reasons, broken, more]")
    broken, more = value("broken", "if ratio > 1 then [] else []"), value("more", 'concatenate(subject, ["K1"])')
    result = decided(REASONS, broken, more, answer=answer, amount=20)
    assert (result.status, codes(result), members(result)) == ("REFERRED", ["K1", "K2"], {"/reasons": ["ratio"]})


@pytest.mark.parametrize(
    ("listed", "told", "kind"),
    [
        ('["K1", ratio + 1, "K2"]', ["K1", "K2"], "missing"),
        ('["K1", "K3"]', ["K1"], "name"),
        ('["K1", 5]', ["K1"], "name"),
        ("null", [], "missing"),
        ('"K1"', [], "type"),
    ],
)
def test_reasons_that_are_none_are_named(listed: str, told: list[str], kind: str) -> None:
    """They are never left out in silence."""
    result = decided(value("reasons", listed), amount=20)
    found = [each for each in result.undetermined if isinstance(each, UndeterminedMember)]
    assert (result.status, codes(result)) == ("REFERRED", told)
    assert [(each.member, each.because[0].kind) for each in found] == [("/reasons", kind)]


def test_a_row_without_a_code_is_no_reason() -> None:
    """As that of a row that cannot be decided: the row itself is told."""
    result = decided(REASONS)
    assert (result.status, codes(result), members(result)) == ("DONE", [], {})


@pytest.mark.parametrize(
    ("text", "kind"), [("ratio", "missing"), ("5", "type"), ("if ratio > 1 then 1 else 2", "missing")]
)
def test_a_status_that_cannot_be_told_is_named(text: str, kind: str) -> None:
    """And the answer says so, also in the outcome."""
    result = decided(value("status", text), value("outcome", "{status: status, a: 1}"), REASONS, amount=5)
    assert (result.status, result.outcome, codes(result)) == ("REFERRED", {"status": "REFERRED", "a": 1}, ["K1"])
    (found,) = (each for each in result.undetermined if isinstance(each, UndeterminedMember))
    assert (found.member, found.because[0].kind) == ("/status", kind)


def test_the_outcome_never_says_another_status() -> None:
    """What stands there under the name of the status decision is the status of the answer."""
    result = decided(value("outcome", "{status: status, a: ratio + 1}"))
    assert (result.status, result.outcome) == ("REFERRED", {"status": "REFERRED", "a": None})
    assert list(members(result)) == ["/outcome/a"]


@pytest.mark.parametrize(
    ("text", "kind"), [("if amount > 1 then null else {a: 1}", "missing"), ("if ratio > 1 then {} else {}", "missing")]
)
def test_an_outcome_that_is_none_is_named(text: str, kind: str) -> None:
    """It is empty, and nothing is lost in silence."""
    result = decided(value("outcome", text), REASONS, amount=5)
    (found,) = (each for each in result.undetermined if isinstance(each, UndeterminedMember))
    assert (result.status, result.outcome, codes(result)) == ("REFERRED", {}, ["K1"])
    assert (found.member, found.because[0].kind) == ("/outcome", kind)


def test_rules_that_only_compute_have_no_status() -> None:
    """Members that cannot be told are null and named all the same."""
    result = decided(value("outcome", "{a: ratio + 1, b: 2}"), answer="answer: {outcome: outcome}\n")
    assert (result.status, result.reasons, result.outcome) == (None, (), {"a": None, "b": Decimal(2)})
    assert members(result) == {"/outcome/a": ["ratio"]}
    assert result.as_json()["status"] is None


def test_members_are_many() -> None:
    """So many are named and no more; all of them are null."""
    result = decided(value("outcome", "{a: for n in 1..300 return n / ratio, b: amount}"), amount=5)
    assert len(members(result)) == MAX_MEMBERS
    assert result.outcome == {"a": [None] * 300, "b": Decimal(5)}


def test_what_members_share_is_walked_once() -> None:
    """Lists of the same two lists, two hundred deep, have more places than anybody could count."""
    unknown: Any = Undetermined((Cause("missing", "x", Text("缺", "missing")),))
    for _ in range(200):
        unknown = [unknown, unknown]
    told, places = settled({"a": unknown, "b": (kept := [Decimal(1)])}, 3)
    assert [at[0] for at, _ in places] == ["a", "a", "a"]
    assert len({at for at, _ in places}) == 3
    assert told["b"] is kept
    assert told["a"][0] is told["a"][1]


REQUIRED = """\
answer:
  outcome: outcome
  status: status
  reasons: reasons
  referred: REFERRED
  requires:
    Q1:
      when: status = "DONE"
      then: outcome.rate != null
      zh: 没有利率
      en: No rate
    Q2: {then: amount < 100 and ratio < 5, zh: 过大, en: Too large}
"""
RATE = value("outcome", "{rate: if amount > 10 then null else 3, status: status}")


@pytest.mark.parametrize("matcher", MATCHERS)
@pytest.mark.parametrize(
    ("facts", "status", "told"),
    [
        ({"amount": 5, "ratio": 1}, "DONE", ["K1"]),
        ({"amount": 20, "ratio": 1}, "REFERRED", ["Q1", "K1", "K2"]),
        ({"amount": 5, "ratio": 5}, "REFERRED", ["Q2", "K1"]),
        ({"amount": 200, "ratio": 5}, "REFERRED", ["Q1", "Q2", "K1", "K2"]),
        ({"amount": 200}, "REFERRED", ["Q1", "Q2", "K1", "K2"]),
        ({"amount": 5}, "REFERRED", ["Q2", "K1"]),
    ],
)
def test_what_an_answer_must_have(facts: dict[str, int], status: str, told: list[str], matcher: MatcherName) -> None:
    """Where it is not there, or cannot be told, the case is referred with the ruleset's own code before all others."""
    result = decided(RATE, REASONS, answer=REQUIRED, matcher=matcher, **facts)
    assert (result.status, codes(result), result.outcome["status"]) == (status, told, status)
    assert set(result.path.get("requires", ())) == {reason.row for reason in unmet(result)} - rows(result)


def unmet(result: Result) -> list[Any]:
    """The reasons that are requirements."""
    return [reason for reason in result.reasons if reason.decision == "requires"]


def rows(result: Result) -> set[str]:
    """The rows that could not be decided."""
    return {each.row for each in result.undetermined if isinstance(each, UndeterminedRow)}


def test_a_requirement_that_cannot_be_told_says_why() -> None:
    """By its code, as a row."""
    result = decided(RATE, REASONS, answer=REQUIRED, amount=5)
    (row,) = (each for each in result.undetermined if isinstance(each, UndeterminedRow))
    assert (row.row, row.decision, [cause.subject for cause in row.because]) == ("Q2", "requires", ["ratio"])


def test_the_reason_is_that_of_the_requirement() -> None:
    """With its texts, and the place where it is written."""
    (reason,) = unmet(decided(RATE, REASONS, answer=REQUIRED, amount=20, ratio=1))
    assert (reason.code, reason.row, reason.text) == ("Q1", "Q1", Text("没有利率", "No rate"))
    assert reason.source == "ruleset.yaml:13"


def test_a_requirement_that_is_not_asked_for_asks_nothing() -> None:
    """Whatever `then` says; one that holds is enough where `when` cannot be told."""
    answer = REQUIRED.replace('when: status = "DONE"', "when: ratio > 1")
    assert codes(decided(RATE, REASONS, answer=answer, amount=20, ratio=1)) == ["K1", "K2"]
    assert codes(decided(RATE, REASONS, answer=answer, amount=5)) == ["Q2", "K1"]
    assert codes(decided(RATE, REASONS, answer=answer, amount=20)) == ["Q1", "Q2", "K1", "K2"]


def test_the_trace_and_the_explanation_tell_of_it() -> None:
    """Members apart, requirements as the rows of a decision."""
    rules = ruleset(
        "---\n".join([CODES, RATE.replace("3,", "ratio / 0,"), REASONS]), frame=FRAME.replace(ANSWER, REQUIRED)
    )
    made = decider(
        "---\n".join([CODES, RATE.replace("3,", "ratio / 0,"), REASONS]), frame=FRAME.replace(ANSWER, REQUIRED)
    )
    result = made.decide(plain({"amount": 5, "ratio": 9}), TODAY, TraceLevel.FULL)
    assert result.trace is not None
    assert [each["member"] for each in result.trace["undetermined"]] == ["/outcome/rate"]
    required = next(each for each in result.trace["decisions"] if each["decision"] == "requires")
    assert ([row["row"] for row in required["held"]], [row["row"] for row in required["undetermined"]]) == (
        ["Q2"],
        ["Q1"],
    )
    sentences = explain(result, rules)
    assert sentences[-2].heading
    assert "REFERRED" in sentences[-2].en
    assert "/outcome/rate" in sentences[-1].zh
    assert any(each.row == "Q2" and "not(amount < 100 and ratio < 5)" in each.en for each in sentences)


def test_an_answer_that_is_whole_has_nothing_more_in_its_trace() -> None:
    """As before."""
    result = decided(RATE, REASONS, answer=REQUIRED, amount=5, ratio=1)
    assert result.trace is not None
    assert "undetermined" not in result.trace
    assert "requires" not in result.path
