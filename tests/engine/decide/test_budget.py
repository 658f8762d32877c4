"""One budget for one decision: rules that would take long or hold much end soon, referred, with the cause told.

The attacks are small rule files. What must come out is the same whatever finds the rows and however much is told.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenlane.engine.decide import Result, TraceLevel, UndeterminedRow, compile_ruleset
from greenlane.engine.decide.matching import MatcherName
from greenlane.engine.explain import explain
from greenlane.engine.feel.scope import MAX_CALLS, Budget
from tests.engine.decide.building import TODAY, plain, ruleset
from tests.examples import examples

MATCHERS: tuple[MatcherName, ...] = ("bitmap", "rete", "linear")
WORK, CALLS, TOLD, DEEP = "more work", f"more than {MAX_CALLS} calls", "items to tell", "nested too deeply"
STEPS, BYTES_PER_STEP, BYTES_FREE = 100_000, 100, 2_000_000
ENOUGH = 2000


def value(name: str, text: str, *more: str) -> str:
    """A decision by an expression."""
    return "\n".join([f"decision: {name}", f"title: {{zh: {name}, en: {name}}}", *more, "value: |", f"  {text}"]) + "\n"


def table(name: str, rows: list[str], *more: str) -> str:
    """A decision by a table of conditions, each with its number."""
    head = [f"decision: {name}", f"title: {{zh: {name}, en: {name}}}", *more, "outputs: {n: {type: number}}"]
    listed = [f"  {name}{index} | {when} | {index}" for index, when in enumerate(rows)]
    return "\n".join([*head, "rows: |", "  id | when | n", *listed]) + "\n"


def rules(*documents: str) -> str:
    """Documents of one file."""
    return "---\n".join(documents)


ONE = "parameters: {x: {type: number}}"
LISTS = [f"l{n}" for n in range(20)]
CALLING = [value(f"f{n}", f"f{n - 1}(x * 2) + f{n - 1}(x * 2 + 1)", ONE) for n in range(1, 41)]
HUGE = "for i in 1..100000 return i"
SHARED = ", ".join(["a0: [1, 2, 3, 4, 5, 6, 7, 8]", *(f"a{n}: [{', '.join([f'a{n - 1}'] * 8)}]" for n in range(1, 14))])
LONG = 's: string join(for i in 1..9000 return "x")'

ATTACKS: Mapping[str, tuple[str, str]] = {
    "decisions that call each other twice": (rules(value("subject", "f40(1)"), *CALLING, value("f0", "x", ONE)), WORK),
    "a decision that calls itself": (rules(value("subject", "f(1)"), value("f", "f(x + 1) + f(x + 2)", ONE)), CALLS),
    "twenty lists of a million": (
        rules(value("subject", f"[{', '.join(LISTS)}]"), *(value(n, "for i in 1..1000000 return i") for n in LISTS)),
        WORK,
    ),
    "lists out of a loop": (value("subject", "for i in 1..10000 return for j in 1..90 return [i, j, i, j]"), WORK),
    "contexts out of a loop": (value("subject", "for i in 1..500000 return {a: i, b: {c: i}}"), WORK),
    "functions out of a loop": (value("subject", "count(for i in 1..500000 return function() i)"), WORK),
    "what was made so far, kept each time": (value("subject", "for i in 1..10000 return partial"), WORK),
    "filters that keep all": (value("subject", f"{{big: {HUGE}, r: for i in big return big[true]}}"), WORK),
    "paths of long lists": (
        value("subject", "{big: for i in 1..50000 return {a: i}, r: for i in big return big.a}"),
        WORK,
    ),
    "texts that double": (value("subject", f"{{{LONG}, r: for i in 1..9000 return s + s}}"), WORK),
    "texts that are replaced by longer ones": (
        value("subject", f'{{{LONG}, r: for i in 1..9000 return replace(s, "x", "yyyy")}}'),
        WORK,
    ),
    "a loop of a million in each of many conditions": (
        table(
            "subject",
            [f"count(for i in 1..90000 return i + {n}) > 0" for n in range(30)],
            "hit: collect",
            "undetermined: ignore",
        ),
        WORK,
    ),
    "a search for what is not there": (value("subject", "some i in 1..100000000 satisfies i < 0"), WORK),
    "loops inside of loops": (value("subject", "count(for i in 1..9999, j in 1..9999 return 1)"), WORK),
    "a long expression in a loop": (
        value("subject", f"count(for i in 1..99999 return {' + '.join(['i'] * 180)})"),
        WORK,
    ),
    "a table called without end": (
        rules(
            value("subject", "count(for i in 1..99999 return t(i))"),
            table("t", [f"x > {n} or amount = {n}" for n in range(40)], ONE, "hit: collect", "undetermined: refer",
                  "referral: {n: 0}"),
        ),
        WORK,
    ),
    "powers and logarithms": (value("subject", "count(for i in 1..100000 return (i + 0.1) ** 0.1 + log(i))"), WORK),
    "patterns that take long": (
        value("subject", f'count(for i in 1..9999 return matches("{"a" * 28}", "(a?){{20}}a{{20}}" + string(i)))'),
        WORK,
    ),
    "patterns that are long": (
        value("subject", 'count(for i in 1..99999 return matches("a", "a{900}" + string(i)))'),
        WORK,
    ),
    "comparisons of all with all": (
        value("subject", "count(for i in 1..9999 return distinct values(for j in 1..900 return [j]))"),
        WORK,
    ),
    "comparisons of what is shared": (
        value("subject", f"count({{{SHARED}, r: for i in 1..9 return a13 = a12}}.r)"),
        WORK,
    ),
    "sorting over and over": (
        value("subject", "count(for i in 1..999 return sort(for j in 1..300 return -j, function(a, b) a < b))"),
        WORK,
    ),
    "working days of years": (
        value(
            "subject",
            'count(for i in 1..99999 return working day after(@"2026-03-06", 10000,'
            " for y in 2026..2066 return {date: date(y, 1, 1), working: false}))",
        ),
        WORK,
    ),
    "decisions inside of one another": (
        rules(value("subject", "d300"), *(value(f"d{n}", f"d{n - 1} + 1") for n in range(1, 301)), value("d0", "1")),
        CALLS,
    ),
    "an answer that is endless to write": (value("subject", f"{{{SHARED}}}"), TOLD),
    "an answer of one text many times": (value("subject", f"{{{LONG}, r: for i in 1..5000 return s}}"), TOLD),
    "lists too deep to write": (value("subject", "for i in 1..600 return [partial[-1]]"), DEEP),
}  # fmt: skip


def decided(text: str, most: int | None = None, matcher: MatcherName = "bitmap", level: str = "none") -> Result:
    """The result of an application of an amount of 1, with so many steps for it."""
    made = compile_ruleset(ruleset(text), matcher, most=most)
    return made.decide(plain({"amount": 1}), TODAY, TraceLevel(level))


@pytest.fixture
def spent(monkeypatch: pytest.MonkeyPatch) -> list[Budget]:
    """The budgets of the decisions made since."""
    made: list[Budget] = []

    class Watched(Budget):
        def __init__(self, most: int | None) -> None:
            super().__init__(most)
            made.append(self)

    monkeypatch.setattr("greenlane.engine.decide.evaluation.Budget", Watched)
    return made


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_referred_and_says_why(name: str, spent: list[Budget]) -> None:
    """The case goes to a person; the last of what could not be decided is the work that was too much."""
    text, why = ATTACKS[name]
    result = decided(text)
    assert result.status == "REFERRED"
    assert result.undetermined[-1].because[0].kind == "limit"
    assert why in result.undetermined[-1].because[0].message.en
    assert [budget.ended is not None for budget in spent] == [True]


@pytest.mark.parametrize("name", [name for name, (_, why) in ATTACKS.items() if why == WORK])
def test_what_an_attack_holds_is_in_proportion_to_the_budget(name: str) -> None:
    """Values that are made are paid for by what they take, so a bound on steps is one on memory."""
    made = compile_ruleset(ruleset(ATTACKS[name][0]), "bitmap", most=STEPS)
    tracemalloc.start()
    try:
        made.decide(plain({"amount": 1}), TODAY, TraceLevel.NONE)
        assert tracemalloc.get_traced_memory()[1] < BYTES_PER_STEP * STEPS + BYTES_FREE
    finally:
        tracemalloc.stop()


def told(text: str, most: int | None, matcher: MatcherName, level: str) -> dict[str, Any]:
    """All that the result says, but for its trace."""
    return decided(text, most, matcher, level).as_json()


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_ends_at_the_same_place_however_rows_are_found(name: str) -> None:
    """Also where all of the trace is asked for."""
    text = ATTACKS[name][0]
    expected = told(text, 3000, "bitmap", "none")
    assert [told(text, 3000, matcher, "full") for matcher in MATCHERS] == [expected] * len(MATCHERS)


RULES = rules(
    value("subject", "{n: count(big), t: for i in big[item < 9] return t(i), facts: facts, found: found}"),
    value("big", "for i in 1..20 return i * amount"),
    table(
        "t",
        ["x > 3", "count(for i in big return i) > x", "some i in big satisfies i > x"],
        ONE,
        "hit: collect",
        "undetermined: ignore",
    ),
    table(
        "found",
        ["count(for i in big return i) > 3", "t(2)[item = 1] = null", "amount > 1"],
        "hit: first",
        "undetermined: refer",
    ),
    """\
decision: facts
title: {zh: facts, en: facts}
kind: rule set
undetermined: refer
asserts: {one: {type: number}, two: {type: number}}
rows: |
  id | when                             | then
  r1 | count(for i in big return i) > 3 | one: 1
  r2 | one > 0 and max(big) > 3         | two: 2
""",
)


@settings(max_examples=examples(20), deadline=None)
@given(most=st.integers(0, ENOUGH))
def test_any_budget_ends_a_decision_at_the_same_place(most: int) -> None:
    """Tables, functions, rule sets and loops in one: whatever finds the rows, the same value or the same error."""
    expected = told(RULES, most, "bitmap", "none")
    assert [told(RULES, most, matcher, "full") for matcher in MATCHERS] == [expected] * len(MATCHERS)
    if most == 0 or most >= ENOUGH:
        assert (expected["status"] == "DONE") is (most >= ENOUGH)


def test_a_budget_that_suffices_changes_nothing() -> None:
    """The work of one decision is far below the limit, and what is left is nobody's."""
    assert told(RULES, ENOUGH, "bitmap", "none") == told(RULES, None, "bitmap", "none")
    assert told(RULES, None, "bitmap", "none")["undetermined"] == []


def test_the_error_says_how_much_there_was_in_both_languages() -> None:
    """It is the number that the service was told, and the decision in which it ran out is named."""
    found = decided(value("subject", "count(for i in 1..9999 return i)"), 5000).undetermined
    (row,) = (each for each in found if isinstance(each, UndeterminedRow))
    message = row.because[0].message
    assert (row.row, row.decision) == ("subject", "subject")
    assert message.en == "more work, or more that is made, than one decision may ask for (5000 steps)"
    assert message.zh == "计算量或生成的数据超过单笔决策的上限（5000 步）"


UNTOLD: Mapping[str, tuple[str, str]] = {
    "lists that share their items": (
        rules(value("subject", "count(wide)"), value("wide", f"[{{{SHARED}}}]")),
        "wide",
    ),
    "one text in many calls": (
        rules(
            value("subject", "count(for i in 1..2000 return f(i))"),
            value("f", "{s: text, n: x}", ONE),
            value("text", f"{{{LONG}}}.s"),
        ),
        "f",
    ),
    "one text read by many": (
        rules(
            value("subject", f"[{', '.join(f'd{n}' for n in range(1500))}][1]"),
            *(value(f"d{n}", "string length(text)") for n in range(1500)),
            value("text", f"{{{LONG}}}.s"),
        ),
        "d1499",
    ),
}


@pytest.mark.parametrize("name", UNTOLD)
def test_a_trace_names_what_it_has_no_room_for(name: str) -> None:
    """The decision stands, and the explanation says that a part of it is too large to be told."""
    text, left_out = UNTOLD[name]
    result = decided(text, level="full")
    assert result.trace is not None
    assert (result.status, result.undetermined) == ("DONE", ())
    assert left_out in result.trace["left_out"]
    assert f"{left_out}: too large to be told" in [sentence.en for sentence in explain(result, ruleset(text))]
