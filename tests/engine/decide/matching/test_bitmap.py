"""The index: what it evaluates, what it does not, and large tables."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from greenlane.engine.decide.matching import BitmapMatcher, LinearMatcher, bits, conditions_of
from greenlane.engine.feel.values import FeelFunction
from tests.engine.decide.matching.building import Line, table


class Names(dict[str, Any]):
    """Names that note when they are read."""

    def __init__(self, names: dict[str, Any]) -> None:
        super().__init__(names)
        self.seen: list[str] = []

    def __getitem__(self, name: str) -> Any:
        self.seen.append(name)
        return super().__getitem__(name)


def _numbers(**values: int) -> dict[str, Any]:
    return {name: Decimal(value) for name, value in values.items()}


def test_the_first_row_is_the_lowest_bit() -> None:
    """Masks read from the right."""
    matcher = BitmapMatcher(conditions_of(table([Line({"x": "> 5"}), Line({"x": "> 1"}), Line()])))
    assert matcher.match(_numbers(x=3), 0b111).held == 0b110


def test_rows_not_in_force_do_not_hold() -> None:
    """Whatever they say."""
    matcher = BitmapMatcher(conditions_of(table([Line(), Line({"x": "null"}), Line({"x": "1"})])))
    assert matcher.match({"x": None}, 0b001) == (0b001, 0, None, {})
    assert matcher.match({"x": None}, 0b110) == (0b010, 0b100, None, {})


def test_bits_outside_of_the_table_are_passed_over() -> None:
    """Rows of other strata are not this matcher's."""
    matcher = BitmapMatcher(conditions_of(table([Line(), Line()]), members=0b10))
    assert matcher.match({}, 0b1111).held == 0b10


def test_a_table_without_rows_holds_nothing() -> None:
    """And is no error."""
    assert BitmapMatcher(conditions_of(table([]))).match({}, 0).held == 0


def test_columns_after_the_last_row_failed_are_not_read() -> None:
    """The most selective column goes first."""
    lines = [Line({"x": "1", "y": f"< {n}"}) for n in range(5)]
    names = Names(_numbers(x=2, y=0))
    assert BitmapMatcher(conditions_of(table(lines))).match(names, 0b11111).held == 0
    assert names.seen == ["x"]


def test_what_cannot_be_indexed_is_evaluated_for_survivors_only() -> None:
    """A row that has failed is not asked again."""
    matcher = BitmapMatcher(conditions_of(table([Line({"x": "1"}, "y + z > 1")])))
    failing, surviving = Names(_numbers(x=2, y=1, z=1)), Names(_numbers(x=1, y=1, z=1))
    assert (matcher.match(failing, 1).held, failing.seen) == (0, ["x"])
    assert (matcher.match(surviving, 1).held, surviving.seen) == (1, ["x", "y", "z"])


def test_calls_of_decisions_are_always_made() -> None:
    """What is decided on the way must not depend on the matcher."""
    asked: list[Any] = []

    def call(value: Any) -> bool:
        asked.append(value)
        return True

    made = conditions_of(table([Line({"x": "1"}, "f(x)")]), functions=frozenset({"f"}))
    names = {**_numbers(x=2), "f": FeelFunction(("p",), call)}
    assert BitmapMatcher(made).match(names, 1).held == 0
    assert asked == [Decimal(2)]


def test_what_calls_have_in_common_is_evaluated_once() -> None:
    """Conditions that do not read the parameters are shared by all calls of one evaluation."""
    counted: list[Any] = []

    def count(value: Any) -> bool:
        counted.append(value)
        return True

    made = conditions_of(
        table([Line({"p": "1, 2"}, "f(x)"), Line({"p": "2"})]), varying=frozenset({"p"}), functions=frozenset({"f"})
    )
    matcher = BitmapMatcher(made)
    names = {**_numbers(x=2), "f": FeelFunction(("v",), count)}
    shared = matcher.share(names)
    held = [matcher.match({**names, "p": Decimal(p)}, 0b11, shared=shared).held for p in (1, 2, 3)]
    assert held == [0b01, 0b11, 0b00]
    assert len(counted) == 1


@pytest.mark.parametrize(
    ("value", "held", "undetermined"),
    [(Decimal(3), 0b0101, 0), ("a", 0b1000, 0b0101), (None, 0b0010, 0b1101), (True, 0, 0b1101), ([], 0, 0b1101)],
)
def test_values_of_every_type_have_an_answer(value: Any, held: int, undetermined: int) -> None:
    """A value of a wrong type makes a row undetermined, not false; so does a null, unless it is asked for."""
    lines = [Line({"x": "> 1"}), Line({"x": "null"}), Line(when="x between 2 and 4"), Line({"x": '"a"'})]
    match = BitmapMatcher(conditions_of(table(lines))).match({"x": value}, 0b1111)
    linear = LinearMatcher(conditions_of(table(lines))).match({"x": value}, 0b1111)
    assert match == linear
    if not isinstance(value, Decimal):
        assert (match.held, match.undetermined) == (held, undetermined)


def _large() -> Iterator[Line]:
    for number in range(3000):
        cells = {"x": f"[{number}..{number + 40})", "y": ("> 5", "<= 5", "-")[number % 3]}
        yield Line(cells, "z = null or z > 7" if number % 50 == 0 else "")


def test_large_tables_agree_with_trying_each_row() -> None:
    """Thousands of break points in a column."""
    conditions = conditions_of(table(list(_large())))
    matcher, oracle, everything = BitmapMatcher(conditions), LinearMatcher(conditions), (1 << 3000) - 1
    for x, y, z in ((0, 5, 7), (1500, 6, 8), (2999, 0, 0), (5000, 0, 0)):
        names = _numbers(x=x, y=y, z=z)
        assert matcher.match(names, everything, True) == oracle.match(names, everything, True)


def test_bits_are_the_rows_of_a_mask() -> None:
    """Ascending."""
    assert list(bits(0)) == []
    assert list(bits(0b1010_0001)) == [0, 5, 7]
