"""Rules that repeat protected values where masking cannot know them again are told of, and no others."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from greenlane.engine.check import check
from greenlane.engine.decide import TraceLevel, compile_ruleset
from greenlane.engine.diagnostics import Diagnostic, Severity
from greenlane.engine.explain import mask
from greenlane.engine.rules.files import read
from greenlane.engine.rules.ruleset import Ruleset
from tests.engine.check.test_check import RULESET

VOCABULARY = """\
groups:
  firm: {zh: 企业, en: Firm}
facts:
  grade: {in: firm, type: string, allowed: [A, B, C], sensitivity: 3, zh: 等级, en: Grade}
  days: {in: firm, type: number, sensitivity: 3, zh: 天数, en: Days}
  nick: {in: firm, type: string, personal: true, zh: 简称, en: Nick}
  code: {in: firm, type: string, check: uscc, personal: true, zh: 代码, en: Code}
  founded: {in: firm, type: date, sensitivity: 4, zh: 成立, en: Founded}
  listed: {in: firm, type: boolean, sensitivity: 3, zh: 上市, en: Listed}
  plain: {in: firm, type: number, sensitivity: 2, zh: 人数, en: Staff}
"""
FACTS: dict[str, Any] = {
    "grade": "B",
    "days": Decimal(7),
    "nick": "Li",
    "code": "91320500XXXX00019A",
    "founded": date(2001, 2, 3),
    "listed": True,
    "plain": Decimal(12),
}
REST = """\
decision: status
title: {zh: 状态, en: Status}
value: '"DONE"'
---
decision: reasons
title: {zh: 原因, en: Reasons}
value: "[]"
"""


def rules(outcome: str, tried: str = "") -> Ruleset:
    """The small ruleset with this outcome and the text of more decisions."""
    texts = {
        "ruleset.yaml": RULESET,
        "vocabulary.yaml": VOCABULARY,
        "rest.yaml": REST,
        "outcome.yaml": value(outcome).replace("tried", "outcome", 1),
        **({"tried.yaml": tried} if tried else {}),
    }
    reading = read({name: text.encode() for name, text in texts.items()})
    assert reading.ruleset is not None, reading.diagnostics
    return reading.ruleset


def value(expression: str) -> str:
    """The decision `tried`, one expression."""
    return f"decision: tried\ntitle: {{zh: 试, en: Tried}}\nvalue: |\n  {expression}\n"


def told(ruleset: Ruleset) -> list[Diagnostic]:
    """What the check says."""
    return [found for found in check(ruleset, date(2026, 3, 1)) if found.code == "GL330"]


def repeated(found: Diagnostic) -> str:
    """The fact that a message is about."""
    return re.findall(r"the value of `(\w+)`", found.message)[0]


LINES = (Path(__file__).parent / "personal.txt").read_text(encoding="utf-8").splitlines()
CASES = [tuple(part.strip() for part in line.split("|")[:3]) for line in LINES if line.startswith("{")]


@pytest.mark.parametrize(("outcome", "tried", "repeats"), CASES, ids=[" ".join(case[:2]) for case in CASES])
def test_what_the_outcome_repeats(outcome: str, tried: str, repeats: str) -> None:
    """A line of the table; and masking, asked about that very outcome, agrees: exactly what is said can be seen."""
    ruleset = rules(outcome, value(tried) if tried else "")
    wanted = sorted(name.strip() for name in repeats.split(",") if name.strip())
    assert sorted(repeated(found) for found in told(ruleset)) == wanted
    decided = compile_ruleset(ruleset).decide(FACTS, date(2026, 3, 1), TraceLevel.FULL)
    shown = list(scalars(mask(ruleset, FACTS, "***").value(decided.outcome)))
    assert [name for name in sorted(FACTS) if name not in ("plain", "listed") and visible(FACTS[name], shown)] == wanted


def scalars(found: Any) -> Any:
    """Every value in a value."""
    if isinstance(found, dict):
        found = list(found.values())
    if not isinstance(found, list | tuple):
        yield found
        return
    for inner in found:
        yield from scalars(inner)


def visible(fact: Any, shown: list[Any]) -> bool:
    """Whether a fact's value is among values or stands in a text among them."""
    word = re.compile(rf"(?<!\w){re.escape(str(fact))}(?!\w)")
    return fact in shown or any(isinstance(one, str) and word.search(one) for one in shown)


def table(rows: str, frame: str) -> str:
    """The decision `tried`, a table."""
    indented = "\n".join(f"  {line}" for line in rows.splitlines())
    return f"decision: tried\ntitle: {{zh: 试, en: Tried}}\nundetermined: ignore\n{frame}\nrows: |\n{indented}\n"


ONE = "hit: first\noutputs: {out: {type: string}}"
SET = "kind: rule set\nasserts: {mark: {type: string}}"
TEXTS = "hit: first\noutputs: {out: {type: number}}"
TABLES = [
    ("id | plain | out\nR1 | > 1 | grade", ONE, ["grade"]),
    ("id | plain | out\nR1 | > 1 | nick", ONE, ["nick"]),
    ('id | plain | out\nR1 | > 1 | "none"', ONE, []),
    ("id | plain | then\nR1 | > 1 | mark: grade", SET, ["grade"]),
    ('id | nick | out\nR1 | "Li" | "for Li"', ONE, ["nick"]),
    ('id | nick | out\nR1 | "Li" | "for Lin"', ONE, []),
    ('id | nick | out\nR1 | "Li", "Wu" | "for Li"', ONE, []),
    ('id | nick | out\nR1 | not("Li") | "not Li"', ONE, []),
    ('id | plain | then\nR1 | > 1 | mark: "Li"', SET, []),
    ('id | nick | then\nR1 | "Li" | mark: "Li"', SET, ["nick"]),
    ('id | nick | out | code | zh | en\nR1 | "Li" | 1 | C1 | 给Li的 | special', TEXTS, ["nick"]),
    ('id | nick | out | code | zh | en\nR1 | "Li" | 1 | C1 | 特别 | for Li', TEXTS, ["nick"]),
    ('id | nick | out | code | zh | en\nR1 | "Li" | 1 | C1 | 特别 | Lima, Li7, LI', TEXTS, []),
    ('id | when | out | code | zh | en\nR1 | nick = "Li" and plain > 1 | 1 | C1 | Li的 | low', TEXTS, ["nick"]),
    ('id | when | out | code | zh | en\nR1 | nick = "Li" or plain > 1 | 1 | C1 | Li的 | low', TEXTS, []),
    ("id | grade | out | code | zh | en\nR1 | B | 1 | C1 | B级 | rated B", TEXTS, []),
    ("id | plain | out | code | zh | en\nR1 | 7 | 1 | C1 | 共7人 | 7 people", TEXTS, []),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "frame", "facts"), TABLES)
def test_what_the_rows_of_a_table_repeat(rows: str, frame: str, facts: list[str]) -> None:
    """Values in cells of a table whose result has no masked name; words of a row that say for whom alone it holds."""
    assert [repeated(found) for found in told(rules("{a: 1}", table(rows, frame)))] == facts


def test_a_column_with_the_name_of_the_fact() -> None:
    """Is masked by it where a table yields several columns; a single one is the result, and its name is not told."""
    one, two = "{grade: {type: string}}", "{grade: {type: string}, points: {type: number}}"
    rows = "id | plain | grade | points\nR1 | > 1 | grade | 1"
    assert told(rules("{a: 1}", table(rows, f"hit: first\noutputs: {two}"))) == []
    rows = "id | plain | grade\nR1 | > 1 | grade"
    assert [repeated(f) for f in told(rules("{a: 1}", table(rows, f"hit: first\noutputs: {one}")))] == ["grade"]


FUNCTION = """\
decision: tried
title: {zh: 试, en: Tried}
parameters: {x: {type: string}}
value: '{v: x, n: 1}'
"""


@pytest.mark.parametrize(
    ("parameter", "outcome", "facts"),
    [
        ("x", "{a: tried(grade).n}", ["grade"]),
        ("x", "{a: tried(x: grade).n}", ["grade"]),
        ("x", "{a: tried(grade).v}", ["grade", "grade"]),
        ("x", '{a: tried("C").v}', []),
        ("x", '{a: tried(if days > 3 then "C" else "A").n}', []),
        ("grade", "{a: tried(grade).n}", []),
    ],
)
def test_what_functions_are_given(parameter: str, outcome: str, facts: list[str]) -> None:
    """Traces tell arguments under the names of the parameters, and results are followed through the function."""
    tried = FUNCTION.replace("x: {", f"{parameter}: {{").replace("v: x", f"v: {parameter}")
    assert [repeated(found) for found in told(rules(outcome, tried))] == facts


def test_long_chains_and_many_calls() -> None:
    """Six hundred decisions each of which passes on the next, and functions that double their calls at each step."""
    chain = [value(f"d{n + 1}").replace("tried", f"d{n}", 1) for n in range(600)]
    found = told(rules("{a: d0}", "---\n".join([*chain, value("grade").replace("tried", "d600", 1)])))
    assert len(found) == 601
    doubled = [
        FUNCTION.replace("tried", f"f{n}").replace("v: x", f"v: [f{n + 1}(x).v, f{n + 1}(x).v]") for n in range(40)
    ]
    found = told(rules("{a: f0(grade).n}", "---\n".join([*doubled, FUNCTION.replace("tried", "f40")])))
    assert [str(f.place.path) for f in found] == ["outcome.yaml"]
    grown = [value(f"{{a: d{n + 1}, b: d{n + 1}}}").replace("tried", f"d{n}", 1) for n in range(60)]
    assert told(rules("{a: d0}", "---\n".join([*grown, value("plain").replace("tried", "d60", 1)]))) == []


def test_the_message() -> None:
    """A warning at the value, which names the fact, where it is described, and what to do."""
    (found,) = told(rules("{plain: plain, rating: grade}"))
    assert found.severity is Severity.WARNING
    assert found.message == "the value of `grade` is told here, where it cannot be masked"
    assert (str(found.place), found.place.end_column) == ("outcome.yaml:4:26", 31)
    assert found.help == "give it the name of the fact, or tell a class of it, not the value"
    assert [str(place) for place in found.related] == ["vocabulary.yaml:4:3"]
