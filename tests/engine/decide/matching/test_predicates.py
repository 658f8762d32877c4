"""Which conditions an index can answer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from greenlane.engine.decide.matching.predicates import column_predicate
from greenlane.engine.feel import parse_expression, parse_unary_tests

# condition | name | constants | whether order matters
EXPRESSIONS = """
x = 3                            | x | 3
x != "a"                         | x | "a"
3 < x                            | x | 3          | ordered
x between 1 and 5                | x | 1, 5       | ordered
x in [1..30]                     | x | 1, 30      | ordered
x in ("a", "b")                  | x | "a", "b"
x in (< 1, 7)                    | x | 1, 7       | ordered
x = null or x <= 0               | x | null, 0    | ordered
x                                | x |
not(x)                           | x |
not(x in ("a", "b"))             | x | "a", "b"
x > -2                           | x | -2         | ordered
x >= @"2026-03-02"               | x | 2026-03-02 | ordered
x = date("2026-03-02")           | x | 2026-03-02
"""
NOT_INDEXABLE = """
x = y
x > 2 * 3
x + 1 > 3
x > 1 or y > 1
count(x) > 1
x.a = 1
x = duration("P1D")
x in list
x in [1..y]
some i in x satisfies i = 1
true
"""
CELLS = """
>= 80             | 80         | ordered
[1..30), 50       | 1, 30, 50  | ordered
"AAA", "AA"       | "AAA", "AA"
not("credit")     | "credit"
null, < 5         | null, 5    | ordered
? > 1 and ? < 9   | 1, 9       | ordered
!= 7              | 7
true              | true
-                 |
"""


def _lines(text: str) -> list[list[str]]:
    return [[part.strip() for part in line.split("|")] for line in text.strip().splitlines()]


def _constants(text: str) -> tuple[object, ...]:
    return tuple(_constant(part.strip()) for part in text.split(",") if part.strip())


def _constant(text: str) -> object:
    if text.startswith('"'):
        return text[1:-1]
    named = {"null": None, "true": True}
    if text in named:
        return named[text]
    return date.fromisoformat(text) if "-" in text[1:] else Decimal(text)


@pytest.mark.parametrize("line", _lines(EXPRESSIONS), ids=lambda line: line[0])
def test_comparisons_of_one_name_with_constants_are_indexed(line: list[str]) -> None:
    """The index learns the name and the values at which the truth may change."""
    found = column_predicate(parse_expression(line[0]))
    assert found is not None
    assert (found.subject, found.constants) == (line[1], _constants(line[2]))
    assert found.ordered == ("ordered" in line)


@pytest.mark.parametrize("line", _lines(NOT_INDEXABLE), ids=lambda line: line[0])
def test_everything_else_is_left_to_evaluation(line: list[str]) -> None:
    """Two names, arithmetic or functions are no matter of one value's place among constants."""
    assert column_predicate(parse_expression(line[0])) is None


@pytest.mark.parametrize("line", _lines(CELLS), ids=lambda line: line[0])
def test_cells_are_about_their_input(line: list[str]) -> None:
    """The subject of a cell is `?`."""
    found = column_predicate(parse_unary_tests(line[0]))
    assert found is not None
    assert (found.subject, found.constants, found.ordered) == ("?", _constants(line[1]), "ordered" in line)


def test_a_cell_that_compares_with_another_fact_is_not_indexed() -> None:
    """Its truth depends on two values."""
    assert column_predicate(parse_unary_tests("> other")) is None
