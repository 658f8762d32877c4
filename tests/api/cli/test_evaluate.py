"""`greenlane eval`."""

from __future__ import annotations

import pytest

from tests.api.cli.conftest import Run

CASES = """
1 + 2 * 3                               |                                 | 7
0.1 + 0.2                               |                                 | 0.3
amount >= 1000 and tenor <= 60          | {"amount": 1200, "tenor": 48}   | true
rating in ("AAA", "AA")                 | {"rating": "AA"}                | true
for x in [1, 2] return x * rate         | {rate: 1.5}                     | [1.5, 3]
day + @"P1M"                            | {day: @"2026-01-31"}            | @"2026-02-28"
"绿色" + name                           | {"name": "贷"}                  | "绿色贷"
"""


@pytest.mark.parametrize("line", CASES.strip().splitlines())
def test_value_is_shown_as_feel_writes_it(run: Run, line: str) -> None:
    """Expression, context, value."""
    expression, context, expected = (part.strip() for part in line.split("|"))
    shown = run("eval", expression, "--context", context or "{}")
    assert (shown.exit_code, shown.output) == (0, expected + "\n")


def test_undetermined_says_why(run: Run) -> None:
    """An error is a finding with every cause, never null."""
    shown = run("eval", "amount / 0 + rate", "--context", '{"amount": 1}')
    assert shown.exit_code == 1
    lines = shown.output.splitlines()
    assert lines[0] == "error: undetermined"
    assert len(lines) == 3


def test_null_as_the_specification_has_it(run: Run) -> None:
    """`--spec` gives the meaning of the FEEL specification."""
    assert run("eval", "1 / 0", "--spec").output == "null\n"


def test_text_that_is_not_feel(run: Run) -> None:
    """The fault is underlined; a full-width sign takes two columns."""
    shown = run("eval", "（1 + 2)")
    assert shown.exit_code == 1
    assert "expression:1:1: error GL004: full-width character `（`\n    1 | （1 + 2)\n      | ^^\n" in shown.output


def test_context_that_is_none(run: Run) -> None:
    """A context must be one."""
    assert run("eval", "1", "--context", "[1]").exit_code == 2


def test_a_part_that_is_undetermined_says_why(run: Run) -> None:
    """A list with an error in it is no value."""
    shown = run("eval", "[1, {a: 1 / 0}]")
    assert shown.exit_code == 1
    assert shown.output.splitlines()[0] == "error: a part of the value is undetermined"
    assert "division by zero" in shown.output


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("count(for i in 1..9999999 return i)", "more work, or more that is made, than one decision may ask for"),
        ("for i in 1..600 return [partial[-1]]", "lists are nested too deeply"),
        ("{s: for i in 1..9 return i, t: for i in 1..60000 return s}.t", "more than 400000 items to tell"),
    ],
)
def test_what_asks_for_too_much_says_so(run: Run, expression: str, why: str) -> None:
    """Work without end, and values without end."""
    shown = run("eval", expression)
    assert shown.exit_code == 1
    assert why in shown.output
