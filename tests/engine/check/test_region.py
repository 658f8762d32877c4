"""Regions say of every value what the cell says of it."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from greenlane.engine.check.region import Interval, Region, domain_of, region_of
from greenlane.engine.feel import ast
from greenlane.engine.rules.vocabulary import FactKind, FactType

SPAN = ast.Span(0, 1)
numbers = st.integers(-3, 3).map(Decimal)
number_nodes = numbers.map(lambda n: ast.Number(n, SPAN))
ranges = st.builds(
    ast.RangeLiteral, st.none() | number_nodes, st.none() | number_nodes, st.booleans(), st.booleans(), st.just(SPAN)
)
cells = st.builds(
    ast.UnaryTests,
    st.lists(number_nodes | ranges, min_size=1, max_size=4).map(tuple),
    st.booleans(),
    st.just(SPAN),
)
probes = st.integers(-8, 8).map(lambda n: Decimal(n) / 2)
words = st.sampled_from(["A", "B", "C"])
word_cells = st.builds(
    ast.UnaryTests,
    st.lists(words.map(lambda w: ast.String(w, SPAN)), min_size=1, max_size=3).map(tuple),
    st.booleans(),
    st.just(SPAN),
)


def holds(cell: ast.UnaryTests, value: object) -> bool:
    """What the cell says of the value, test by test."""
    return any(passes(t, value) for t in cell.tests) is not cell.negated


def passes(test: ast.Node, value: object) -> bool:
    if isinstance(test, ast.RangeLiteral):
        assert isinstance(value, Decimal)
        low = test.low.value if isinstance(test.low, ast.Number) else None
        high = test.high.value if isinstance(test.high, ast.Number) else None
        above = low is None or (value >= low if test.low_included else value > low)
        below = high is None or (value <= high if test.high_included else value < high)
        return above and below
    assert isinstance(test, ast.Number | ast.String)
    return test.value == value


def member(region: Region, value: object) -> bool:
    if region.intervals is None:
        return (value in region.values) is not region.negated
    point = Interval(value, value)
    return any(point.within(i) for i in region.intervals)


def region(cell: ast.UnaryTests) -> Region:
    found = region_of(cell)
    assert found is not None
    return found


@given(cells, probes)
def test_a_number_is_in_the_region_exactly_when_the_cell_holds(cell: ast.UnaryTests, value: Decimal) -> None:
    """Open and closed ends, unions and `not(…)` all keep their meaning."""
    assert member(region(cell), value) == holds(cell, value)


@given(word_cells, words)
def test_a_word_is_in_the_region_exactly_when_the_cell_holds(cell: ast.UnaryTests, value: str) -> None:
    """Lists of values and their negation keep their meaning."""
    assert member(region(cell), value) == holds(cell, value)


@given(cells, cells, probes)
def test_the_meeting_of_two_regions_holds_what_both_hold(
    one: ast.UnaryTests, two: ast.UnaryTests, value: Decimal
) -> None:
    """`meet` is intersection."""
    assert member(region(one).meet(region(two)), value) == (holds(one, value) and holds(two, value))


@given(cells, cells)
def test_within_means_that_no_value_is_left_out(one: ast.UnaryTests, two: ast.UnaryTests) -> None:
    """`within` never claims more than the values show."""
    if region(one).within(region(two)):
        assert all(member(region(two), Decimal(n) / 2) for n in range(-9, 10) if member(region(one), Decimal(n) / 2))


@given(cells)
def test_an_empty_region_holds_nothing(cell: ast.UnaryTests) -> None:
    """`empty` and the values agree, since the break points are whole numbers and the probes halve them."""
    assert region(cell).empty == (not any(holds(cell, Decimal(n) / 2) for n in range(-9, 10)))


def test_mixed_types_are_not_judged() -> None:
    """A cell of numbers and words is somebody else's finding."""
    assert region_of(ast.UnaryTests((ast.Number(Decimal(1), SPAN), ast.String("A", SPAN)), False, SPAN)) is None


def test_the_domain_of_a_fact_holds_its_allowed_values_and_null() -> None:
    """A missing fact belongs to every domain."""
    domain = domain_of(FactKind(FactType.STRING, allowed=("A", "B")))
    assert (member(domain, "A"), member(domain, "C"), domain.null) == (True, False, True)
