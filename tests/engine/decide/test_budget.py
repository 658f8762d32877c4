"""One budget for one decision: rules that would take long or hold much end soon, referred, with the cause told.

The attacks are small rule files. What must come out is the same whatever finds the rows and however much is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from greenlane.engine.decide import Result, TraceLevel
from greenlane.engine.decide.matching import MatcherName
from greenlane.engine.feel.scope import MAX_CALLS, Budget
from tests.engine.decide.building import TODAY, decider, plain

MATCHERS: tuple[MatcherName, ...] = ("bitmap", "rete", "linear")
WORK, CALLS, TOLD, DEEP = "more work", f"more than {MAX_CALLS} calls", "items to tell", "nested too deeply"


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
    "a long expression in a loop": (value("subject", f"count(for i in 1..99999 return {' + '.join(['i'] * 180)})"), WORK),
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
        value("subject", 'count(for i in 1..9999 return matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaa", "(a?){20}a{20}" + string(i)))'),
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
            "count(for i in 1..99999 return"
            ' working day after(@"2026-03-06", 10000, for y in 2026..2066 return {date: date(y, 1, 1), working: false}))',
        ),
        WORK,
    ),
    "decisions inside of one another": (
        rules(value("subject", "d300"), *(value(f"d{n}", f"d{n - 1} + 1") for n in range(1, 301)), value("d0", "1")),
        CALLS,
    ),
    "an answer that is endless to write": (value("subject", f"{{{SHARED}}}"), TOLD),
    "an answer of one text many times": (value("subject", f"{{{LONG}, r: for i in 1..5000 return s}}"), WORK),
    "lists too deep to write": (value("subject", "for i in 1..600 return [partial[-1]]"), DEEP),
}  # fmt: skip


def decided(text: str, matcher: MatcherName = "bitmap", level: str = "none", **facts: Any) -> Result:
    """The result; the facts are an amount of 1 unless given."""
    return decider(text, matcher).decide(plain({"amount": 1, **facts}), TODAY, TraceLevel(level))


@pytest.fixture
def spent(monkeypatch: pytest.MonkeyPatch) -> list[Budget]:
    """The budgets of the decisions made since."""
    made: list[Budget] = []

    class Watched(Budget):
        def __init__(self, *given: int) -> None:
            super().__init__(*given)
            if not given:
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
    # No part was begun for which there was nothing left: what is owed is one loop or call at most.
    assert len(spent) == 1
    assert spent[0].ended is not None
