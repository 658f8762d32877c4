"""Relations of ranges mean what they say of the points within."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from greenlane.engine.feel.functions import BUILTINS
from greenlane.engine.feel.operators import in_range
from greenlane.engine.feel.values import Range

# Ends lie on whole numbers; between and beside them quarters stand for all points there.
ENDS = st.integers(0, 4).map(Decimal)
POINTS = [Decimal(number) / 4 for number in range(-4, 24)]
RANGES = st.builds(
    lambda ends, low, high: Range(min(ends), max(ends), low, high),
    st.tuples(ENDS, ENDS).filter(lambda ends: ends[0] != ends[1]),
    st.booleans(),
    st.booleans(),
)


def says(name: str, *arguments: object) -> bool:
    """What the function says."""
    answer = BUILTINS[name].call(arguments)
    assert isinstance(answer, bool)
    return answer


def within(among: Range) -> set[Decimal]:
    """The points in the range."""
    return {point for point in POINTS if in_range(point, among)}


@given(RANGES, RANGES)
def test_relations_by_points(one: Range, other: Range) -> None:
    """Before, after, overlaps, includes and during are told by the points."""
    mine, theirs = within(one), within(other)
    assert says("before", one, other) == (max(mine) < min(theirs))
    assert says("after", one, other) == (min(mine) > max(theirs))
    assert says("overlaps", one, other) == bool(mine & theirs)
    assert says("includes", one, other) == (mine >= theirs)
    assert says("during", one, other) == (mine <= theirs)
    assert says("coincides", one, other) == (mine == theirs)
    assert says("meets", one, other) == (mine & theirs == {max(mine)} == {min(theirs)})


@given(RANGES, RANGES)
def test_mirrored_relations(one: Range, other: Range) -> None:
    """Each relation and its opposite say the same with the two swapped."""
    for name, opposite in [
        ("before", "after"),
        ("meets", "met by"),
        ("overlaps", "overlaps"),
        ("overlaps before", "overlaps after"),
        ("finishes", "finished by"),
        ("includes", "during"),
        ("starts", "started by"),
        ("coincides", "coincides"),
    ]:
        assert says(name, one, other) == says(opposite, other, one)


@given(RANGES, st.sampled_from(POINTS))
def test_points_and_ranges(among: Range, point: Decimal) -> None:
    """A point is before, within or after a range; it starts or finishes it as its first or last point."""
    points = within(among)
    assert says("includes", among, point) == says("during", point, among) == (point in points)
    assert says("before", point, among) == says("after", among, point) == (point < min(points))
    assert says("after", point, among) == says("before", among, point) == (point > max(points))
    assert says("starts", point, among) == says("started by", among, point) == (point == among.low and point in points)
    assert (
        says("finishes", point, among) == says("finished by", among, point) == (point == among.high and point in points)
    )
