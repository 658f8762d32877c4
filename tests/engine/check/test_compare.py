"""A comparison holds all that differs: applied to the old it gives the new."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from greenlane.engine.check.compare import Added, Changed, Moved, Removed, apply, compare
from greenlane.engine.check.describe import Description, ItemKey, RulesetItem, ordered

TABLES = ("pricing", "routing", "risk")
TEXTS = st.dictionaries(st.sampled_from(["when", "bp", "zh"]), st.sampled_from(["-30", "-35", "≥ 80"]), max_size=3)


@st.composite
def descriptions(draw: st.DrawFn) -> Description:
    """Tables in some order, with rows that keep their ids wherever they are."""
    tables = draw(st.permutations(TABLES))[: draw(st.integers(1, 3))]
    rows = draw(st.permutations([f"R{number}" for number in range(8)]))[: draw(st.integers(0, 8))]
    by_parent: dict[tuple[str, str], list[RulesetItem]] = {}
    for name in tables:
        by_parent.setdefault(("decision", ""), []).append(RulesetItem(ItemKey("decision", name), "", draw(TEXTS)))
    for row in rows:
        parent = draw(st.sampled_from(tables))
        by_parent.setdefault(("row", parent), []).append(RulesetItem(ItemKey("row", row), parent, draw(TEXTS)))
    return ordered(by_parent)


@given(descriptions(), descriptions())
def test_the_changes_make_the_new_of_the_old(old: Description, new: Description) -> None:
    """Whatever was added, removed, moved within a table or between tables, or changed."""
    assert apply(old, compare(old, new)) == new


@given(descriptions())
def test_the_same_twice_has_no_changes(description: Description) -> None:
    """Nothing is told where nothing is to tell."""
    assert compare(description, description) == ()


@given(descriptions(), descriptions())
def test_every_change_is_needed(old: Description, new: Description) -> None:
    """Without any one of the changes of cells the new description does not come out."""
    changes = compare(old, new)
    for change in changes:
        if isinstance(change, Changed):
            assert apply(old, [c for c in changes if c is not change]) != new


def _rows(*names: str, parent: str = "pricing") -> list[RulesetItem]:
    return [RulesetItem(ItemKey("row", name), parent, {"bp": "1"}) for name in names]


TABLE = [RulesetItem(ItemKey("decision", name), "", {}) for name in ("pricing", "risk")]


def test_one_row_that_moves_is_one_change() -> None:
    """The rows that it passes stay where they are."""
    changes = compare((*TABLE, *_rows("A", "B", "C", "D")), (*TABLE, *_rows("D", "A", "B", "C")))
    assert changes == (Moved(_rows("D")[0], "pricing", None),)


def test_a_row_in_another_table() -> None:
    """Says where it was."""
    old, new = (*TABLE, *_rows("A", "B")), (*TABLE, *_rows("A"), *_rows("B", parent="risk"))
    assert compare(old, new) == (Moved(_rows("B", parent="risk")[0], "pricing", None),)


def test_cells_old_and_new() -> None:
    """A cell that is new has no old text, one that is gone no new one."""
    old = RulesetItem(ItemKey("row", "A"), "pricing", {"bp": "1", "when": "x"})
    new = RulesetItem(ItemKey("row", "A"), "pricing", {"bp": "2", "zh": "y"})
    assert compare((old,), (new,)) == (
        Changed(new, "bp", "1", "2"),
        Changed(new, "when", "x", None),
        Changed(new, "zh", None, "y"),
    )


def test_added_and_removed() -> None:
    """What is gone comes first; what is new says what it comes after."""
    a, b, c = _rows("A", "B", "C")
    assert compare((*TABLE, a, b), (*TABLE, a, c)) == (Removed(b), Added(c, a.key))
