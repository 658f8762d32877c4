"""What became of the items of one description in another, and one description made of the other by it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from greenlane.engine.check.compare.items import Description, Item, Key, ordered


@dataclass(frozen=True, slots=True)
class Added:
    """An item that was not there. `after` is the one before it in the new order, None where it is the first."""

    item: Item
    after: Key | None


@dataclass(frozen=True, slots=True)
class Removed:
    """An item that is no more."""

    item: Item


@dataclass(frozen=True, slots=True)
class Moved:
    """An item at another place of the order, or in another table. `after` as with `Added`."""

    item: Item
    old_home: str
    after: Key | None


@dataclass(frozen=True, slots=True)
class Changed:
    """A cell with another text; None where there is none. `item` is the new one."""

    item: Item
    cell: str
    old: str | None
    new: str | None


Change = Added | Removed | Moved | Changed


Home = tuple[str, str]
"""A kind of item, and the table they are in, if any: what an order is an order of."""


def compare(old: Description, new: Description) -> tuple[Change, ...]:
    """Everything that differs, what is gone first, then in the order of the new description. Empty for the same twice.

    As few items are said to have moved as can be.
    """
    before, after = {item.key: item for item in old}, {item.key for item in new}
    gone = [Removed(item) for item in old if item.key not in after]
    stands, stood = _by_home(new), _by_home(old)
    found = (_in_home(before, items, stood.get(home, [])) for home, items in stands.items())
    return (*gone, *(change for changes in found for change in changes))


def _in_home(before: Mapping[Key, Item], items: Sequence[Item], stood: Sequence[Item]) -> Iterator[Change]:
    keys = {item.key for item in items}
    there = {item.key for item in stood}
    in_place = _longest_run(
        [item.key for item in stood if item.key in keys], [item.key for item in items if item.key in there]
    )
    last: Key | None = None
    for item in items:
        was = before.get(item.key)
        if was is None:
            yield Added(item, last)
        else:
            if item.key not in in_place:
                yield Moved(item, was.home, last)
            yield from _cells(was, item)
        last = item.key


def _cells(was: Item, item: Item) -> Iterator[Change]:
    for cell in dict.fromkeys((*was.cells, *item.cells)):
        if was.cells.get(cell) != item.cells.get(cell):
            yield Changed(item, cell, was.cells.get(cell), item.cells.get(cell))


def apply(old: Description, changes: Sequence[Change]) -> Description:
    """The new description, made of the old one by what `compare` found."""
    homes = _by_home(old)
    items = {item.key: item for item in old}
    for change in changes:
        if isinstance(change, Removed | Moved):
            was = items.pop(change.item.key)
            homes[was.key.kind, was.home].remove(was)
            if isinstance(change, Moved):
                items[was.key] = Item(was.key, change.item.home, was.cells, was.source)
    for change in changes:
        if isinstance(change, Added | Moved):
            item = items.setdefault(change.item.key, change.item)
            home = homes.setdefault((item.key.kind, item.home), [])
            home.insert(_place_after(home, change.after), item)
    for change in changes:
        if isinstance(change, Changed):
            was = items[change.item.key]
            items[was.key] = _with_cell(was, change)
    return ordered({home: [items[item.key] for item in found] for home, found in homes.items()})


def _by_home(description: Description) -> dict[Home, list[Item]]:
    homes: dict[Home, list[Item]] = {}
    for item in description:
        homes.setdefault((item.key.kind, item.home), []).append(item)
    return homes


def _place_after(items: Sequence[Item], after: Key | None) -> int:
    return next((index + 1 for index, item in enumerate(items) if item.key == after), 0)


def _with_cell(item: Item, change: Changed) -> Item:
    cells = {name: text for name, text in item.cells.items() if name != change.cell}
    if change.new is not None:
        cells[change.cell] = change.new
    return Item(item.key, item.home, cells, item.source)


def _longest_run(old: Sequence[Key], new: Sequence[Key]) -> set[Key]:
    """A longest run of keys that stand in the same order in both."""
    at = {key: index for index, key in enumerate(old)}
    tails: list[int] = []
    ends: list[Key] = []
    before: dict[Key, Key | None] = {}
    for key in new:
        place = bisect_left(tails, at[key])
        before[key] = ends[place - 1] if place else None
        tails[place : place + 1] = [at[key]]
        ends[place : place + 1] = [key]
    found: set[Key] = set()
    key_or_none = ends[-1] if ends else None
    while key_or_none is not None:
        found.add(key_or_none)
        key_or_none = before[key_or_none]
    return found
