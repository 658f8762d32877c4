"""Rows as conjunctions of shared conditions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from greenlane.engine.decide.matching import Condition, conditions_of
from tests.engine.decide.matching.building import Line, table


def test_guard_cells_and_when_are_one_conjunction() -> None:
    """A row's parts are its section's guard, its cells and the parts of its `when`, as written, in that order."""
    made = conditions_of(table([Line({"x": ">= 3"}, "a and (b > 1 and c)")], guards=["open"]))
    assert [part.text for part in made.rows[0]] == ["open", ">= 3", "a", "b > 1", "c"]


def test_each_part_points_at_its_own_columns() -> None:
    """The place of a part of a `when` is its stretch of the line."""
    made = conditions_of(table([Line(when="a and b > 1")]))
    assert [(part.place.column, part.place.end_column) for part in made.rows[0]] == [(1, 2), (7, 12)]


def test_equal_conditions_are_kept_once() -> None:
    """Spaces do not make a difference, the fact that a cell is about does."""
    lines = [Line({"x": ">=3"}), Line({"x": ">= 3"}), Line({"y": ">= 3"}), Line(when="a>1"), Line(when="a > 1")]
    made = conditions_of(table(lines))
    assert [made.row_conditions(row) for row in range(5)] == [(0,), (0,), (1,), (2,), (2,)]


def test_blank_cells_are_no_conditions() -> None:
    """`-` asks for nothing."""
    assert conditions_of(table([Line({"x": "-", "y": ""})])).rows == ((),)


def test_rows_outside_of_the_members_have_no_parts() -> None:
    """A stratum sees its own rows only."""
    made = conditions_of(table([Line({"x": "1"}), Line({"x": "2"})]), members=0b10)
    assert [len(parts) for parts in made.rows] == [0, 1]


COUNTED = [
    "count(f(x)) > 0",
    "f(x)",
    "some i in x satisfies i > y",
    "x[item > y] = y",
    "x ** y > 2",
    'starts with(x, "a") and x > y',
]
FREE = ["x > 1", "x + y > 2", "x in (1, 2)", "x.a = y", "not(x > 1)", 'x > date("2026-01-01")', "x between y and 3"]


@pytest.mark.parametrize(("when", "counted"), [*((w, True) for w in COUNTED), *((w, False) for w in FREE)])
def test_conditions_that_loop_or_call_are_known(when: str, counted: bool) -> None:
    """They are evaluated whatever else a row says, so that their work is the same for every matcher."""
    made = conditions_of(table([Line(when=when)]), functions=frozenset({"f"}))
    assert any(condition.counted for condition in made.conditions) is counted


def test_counted_conditions_of_names_that_stay_are_evaluated_once() -> None:
    """For all matches of one evaluation; those of varying names for each."""
    made = conditions_of(table([Line(when="f(x)"), Line(when="f(y)")]), None, frozenset({"y"}), frozenset({"f"}))
    kept: dict[int, Any] = {}
    met: list[str] = []

    def run(condition: Condition, scope: Any) -> bool:
        met.append(condition.subject)
        return True

    assert [dict(made.counted({}, kept, run)) for _ in range(2)] == [{0: True, 1: True}] * 2
    assert met == ["f(x)", "f(y)", "f(y)"]


def test_causes_name_the_fact_of_a_cell() -> None:
    """Not the `?` of the language."""
    made = conditions_of(table([Line({"ratio": ">= 3"})]))
    (cause,) = made.causes(0, {"ratio": None})
    assert (cause.kind, cause.subject) == ("missing", "ratio")


def test_causes_of_a_row_are_told_once_in_order() -> None:
    """One missing fact is one cause however often the row reads it; conditions that can be told have none."""
    made = conditions_of(table([Line({"x": ">= 3", "z": "1"}, "y > 1 and x < 9")]))
    causes = made.causes(0, {"x": None, "y": None, "z": Decimal(1)})
    assert [cause.subject for cause in causes] == ["x", "y"]


def test_a_condition_that_is_no_boolean_is_undetermined() -> None:
    """A number is neither true nor false; a null says what is missing."""
    made = conditions_of(table([Line(when="x"), Line(when="f.a")]))
    assert [condition.code({"x": Decimal(1), "f": {"a": None}}) for condition in made.conditions] == [1, 1]
    kinds = [made.causes(row, {"x": Decimal(1), "f": {"a": None}})[0].kind for row in range(2)]
    assert kinds == ["type", "missing"]
