"""The difference of two descriptions of rulesets: `compare` finds it, `apply` applies it. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from greenlane.engine.check.describe import Description, ItemKey, RulesetItem, ordered


@dataclass(frozen=True, slots=True)
class Added:
    """An item that was not there. `after` is the one before it in the new order, None where it is the first."""

    item: RulesetItem
    after: ItemKey | None


@dataclass(frozen=True, slots=True)
class Removed:
    """An item that is no more."""

    item: RulesetItem


@dataclass(frozen=True, slots=True)
class Moved:
    """An item at another place of the order, or in another table. `after` as with `Added`."""

    item: RulesetItem
    old_parent: str
    after: ItemKey | None


@dataclass(frozen=True, slots=True)
class Changed:
    """A cell with another text; None where there is none. `item` is the new one."""

    item: RulesetItem
    cell: str
    old: str | None
    new: str | None


Change = Added | Removed | Moved | Changed

Group = tuple[str, str]
"""A kind of item, and the table they are in, if any: each group has an order of its own."""


def compare(old: Description, new: Description) -> tuple[Change, ...]:
    """Everything that differs, what is gone first, then in the order of the new description. Empty for the same twice.

    As few items as possible are said to have moved: in each group those outside a longest common subsequence.
    """
    before, after = {item.key: item for item in old}, {item.key for item in new}
    gone = [Removed(item) for item in old if item.key not in after]
    earlier = _by_parent(old)
    found = (_in_group(before, items, earlier.get(group, [])) for group, items in _by_parent(new).items())
    return (*gone, *(change for changes in found for change in changes))


def _in_group(
    before: Mapping[ItemKey, RulesetItem], items: Sequence[RulesetItem], earlier: Sequence[RulesetItem]
) -> Iterator[Change]:
    new_keys, old_keys = {item.key for item in items}, {item.key for item in earlier}
    in_place = _longest_common_subsequence(
        [item.key for item in earlier if item.key in new_keys], [item.key for item in items if item.key in old_keys]
    )
    last: ItemKey | None = None
    for item in items:
        was = before.get(item.key)
        if was is None:
            yield Added(item, last)
        else:
            if item.key not in in_place:
                yield Moved(item, was.parent, last)
            yield from _cells(was, item)
        last = item.key


def _cells(was: RulesetItem, item: RulesetItem) -> Iterator[Change]:
    for cell in dict.fromkeys((*was.cells, *item.cells)):
        if was.cells.get(cell) != item.cells.get(cell):
            yield Changed(item, cell, was.cells.get(cell), item.cells.get(cell))


def apply(old: Description, changes: Sequence[Change]) -> Description:
    """The new description, made of the old one by what `compare` found."""
    by_parent = _by_parent(old)
    items = {item.key: item for item in old}
    for change in changes:
        if isinstance(change, Removed | Moved):
            was = items.pop(change.item.key)
            by_parent[was.key.kind, was.parent].remove(was)
            if isinstance(change, Moved):
                items[was.key] = RulesetItem(was.key, change.item.parent, was.cells, was.source)
    for change in changes:
        if isinstance(change, Added | Moved):
            item = items.setdefault(change.item.key, change.item)
            group = by_parent.setdefault((item.key.kind, item.parent), [])
            group.insert(_place_after(group, change.after), item)
    for change in changes:
        if isinstance(change, Changed):
            was = items[change.item.key]
            items[was.key] = _with_cell(was, change)
    return ordered({group: [items[item.key] for item in found] for group, found in by_parent.items()})


def _by_parent(description: Description) -> dict[Group, list[RulesetItem]]:
    by_parent: dict[Group, list[RulesetItem]] = {}
    for item in description:
        by_parent.setdefault((item.key.kind, item.parent), []).append(item)
    return by_parent


def _place_after(items: Sequence[RulesetItem], after: ItemKey | None) -> int:
    return next((index + 1 for index, item in enumerate(items) if item.key == after), 0)


def _with_cell(item: RulesetItem, change: Changed) -> RulesetItem:
    cells = {name: text for name, text in item.cells.items() if name != change.cell}
    if change.new is not None:
        cells[change.cell] = change.new
    return RulesetItem(item.key, item.parent, cells, item.source)


def _longest_common_subsequence(old: Sequence[ItemKey], new: Sequence[ItemKey]) -> set[ItemKey]:
    """A longest sequence of keys that stand in the same order in both, which hold the same keys.

    Computed as the longest increasing subsequence of positions, by patience sorting: O(n log n).
    """
    at = {key: index for index, key in enumerate(old)}
    tails: list[int] = []
    ends: list[ItemKey] = []
    before: dict[ItemKey, ItemKey | None] = {}
    for key in new:
        place = bisect_left(tails, at[key])
        before[key] = ends[place - 1] if place else None
        tails[place : place + 1] = [at[key]]
        ends[place : place + 1] = [key]
    found: set[ItemKey] = set()
    key_or_none = ends[-1] if ends else None
    while key_or_none is not None:
        found.add(key_or_none)
        key_or_none = before[key_or_none]
    return found
