"""Rule sets that assert facts, and rows in force on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.engine.decide import TraceLevel
from greenlane.engine.decide.logic import InForce, in_force
from greenlane.engine.decide.matching import MatcherName
from greenlane.engine.feel import Undetermined
from greenlane.engine.feel.json_values import restored
from tests.engine.decide.building import TODAY, causes, decider, plain
from tests.engine.decide.matching.building import Line, table

MATCHERS: tuple[MatcherName, ...] = ("bitmap", "rete", "linear")
SEGMENTS = """\
decision: subject
title: {zh: 甲, en: A}
value: "{size: size, stage: stage, small: small, flag: flag}"
---
decision: segments
title: {zh: 乙, en: B}
kind: rule set
undetermined: refer
asserts:
  size: {type: string, allowed: [L, S]}
  stage: {type: string, allowed: [new, old]}
  small: {type: boolean}
  flag: {type: boolean}
default: {small: false}
rows: |
  id | size | stage | small | amount | ratio | then
  R1 | S    | new   | -     | -      | -     | small: true
  R2 | -    | null  | -     | -      | -     | stage: old
  R3 | -    | -     | -     | < 100  | -     | size: S
  R4 | -    | -     | -     | >= 100 | -     | size: L
  R5 | -    | -     | -     | -      | > 2   | stage: new
  R6 | -    | -     | false | -      | -     | flag: true
"""


def _segments(matcher: MatcherName = "bitmap", text: str = SEGMENTS, **facts: Any) -> dict[str, Any]:
    result = decider(text, matcher).decide(plain(facts), TODAY, TraceLevel.FULL)
    assert result.trace is not None
    found = restored(next(e["result"] for e in result.trace["decisions"] if e["decision"] == "segments"))
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("matcher", MATCHERS)
def test_rows_read_what_other_rows_assert(matcher: MatcherName) -> None:
    """A row runs after all others that assert a fact it reads; nothing asserted is null, or the default."""
    assert _segments(matcher, amount=5, ratio=3) == {"size": "S", "stage": "new", "small": True, "flag": None}
    assert _segments(matcher, amount=500, ratio=1) == {"size": "L", "stage": "old", "small": False, "flag": True}


@pytest.mark.parametrize("matcher", MATCHERS)
def test_a_fact_that_an_undetermined_row_may_assert_is_undetermined(matcher: MatcherName) -> None:
    """With the causes of the row; and so is what rows that read it would assert."""
    found = _segments(matcher, amount=5)
    assert found["size"] == "S"
    assert causes(found["stage"]) == [("missing", "ratio")]
    assert causes(found["small"]) == [("missing", "ratio")]


def test_all_read_asserted_facts_by_their_names() -> None:
    """Decisions, without naming the rule set."""
    result = decider(SEGMENTS).decide(plain({"amount": 5, "ratio": 3}), TODAY)
    assert result.outcome == {"answer": {"size": "S", "stage": "new", "small": True, "flag": None}}


def _two_rows(undetermined: str, first: str, second: str) -> str:
    return f"""\
decision: subject
title: {{zh: 甲, en: A}}
value: grade
---
decision: segments
title: {{zh: 乙, en: B}}
kind: rule set
undetermined: {undetermined}
asserts: {{grade: {{type: number}}, other: {{type: number}}}}
rows: |
  id | amount | ratio | then
  R1 | 1      | -     | grade: {first}
  R2 | -      | 1     | grade: {second}
  R3 | -      | -     | other: 5
"""


# undetermined | values of R1 and R2 | amount and ratio: 1 holds, 0 fails, ? cannot be decided | grade
CLAIMS = """
refer  | 1 1.0 | 1 1 | 1
refer  | 1 2   | 1 1 | !argument
refer  | 1 2   | 1 0 | 1
refer  | 1 2   | 0 0 | null
refer  | 1 2   | ? 0 | !missing
refer  | 1 2   | 1 ? | !missing
refer  | 1 1   | 1 ? | 1
ignore | 1 2   | 1 ? | 1
ignore | 1 2   | ? 0 | null
error  | 1 2   | 1 1 | !argument
"""


@pytest.mark.parametrize("line", CLAIMS.strip().splitlines(), ids=lambda line: " ".join(line.split()))
def test_claims(line: str) -> None:
    """What several rows say of one fact; rows that cannot be decided count where they could change it."""
    undetermined, values, given, expected = (part.strip() for part in line.split("|"))
    facts = {
        name: None if given == "?" else int(given)
        for name, given in zip(("amount", "ratio"), given.split(), strict=True)
    }
    found = _segments(text=_two_rows(undetermined, *values.split()), **facts)
    assert found["other"] == 5
    if expected.startswith("!"):
        assert isinstance(found["grade"], Undetermined)
        assert found["grade"].causes[0].kind == expected[1:]
    else:
        assert found["grade"] == (None if expected == "null" else int(expected))


def test_an_error_makes_all_facts_undetermined() -> None:
    """Under `error` one row that cannot be decided is enough."""
    result = decider(_two_rows("error", "1", "2")).decide(plain({"ratio": 0}), TODAY, TraceLevel.FIRED)
    assert result.trace is not None
    found = {e["decision"]: restored(e["result"]) for e in result.trace["decisions"]}
    assert causes(found["segments"]) == causes(found["subject"]) == [("missing", "amount")]


def test_rows_that_contradict_each_other_are_named() -> None:
    """The fact is undetermined, with the rows."""
    found = _segments(text=_two_rows("refer", "1", "2"), amount=1, ratio=1)
    assert causes(found["grade"]) == [("argument", "grade")]
    assert found["grade"].causes[0].message.en == "rows assert different values: R1, R2"


def test_rows_in_a_circle_run_once() -> None:
    """The checks refuse them; deciding does not loop on them."""
    text = SEGMENTS.replace("R5 | -    | -     |", "R5 | S    | -     |").replace(
        "R3 | -    | -     |", "R3 | -    | new   |"
    )
    assert causes(_segments(text=text, amount=5, ratio=3)["stage"]) == [("missing", "size")]


FIRST = date(2026, 1, 1)
DAYS = st.one_of(
    st.none(), st.integers(0, 9).map(lambda n: FIRST + timedelta(n)), st.sampled_from((date.min, date.max))
)


@given(spans=st.lists(st.tuples(DAYS, DAYS), max_size=6), ahead=st.integers(-1, 10))
def test_masks_are_what_each_row_says(spans: list[tuple[date | None, date | None]], ahead: int) -> None:
    """Both days count; a row that ends before it begins is never in force."""
    made = table([Line() for _ in spans])
    rows = tuple(replace(row, since=s, until=u) for row, (s, u) in zip(made.rows, spans, strict=True))
    day = FIRST + timedelta(ahead)
    expected = sum(1 << i for i, row in enumerate(rows) if in_force(row, day))
    assert InForce(replace(made, rows=rows)).rows(day) == expected


def test_rows_without_days_are_always_in_force() -> None:
    """From the first day to the last."""
    made = InForce(table([Line(), Line()]))
    assert [made.rows(day) for day in (date.min, FIRST, date.max)] == [0b11, 0b11, 0b11]


def test_a_row_until_the_last_day_does_not_end() -> None:
    """There is no day after it."""
    made = table([Line()])
    rows = (replace(made.rows[0], until=date.max),)
    assert InForce(replace(made, rows=rows)).rows(date.max) == 1
