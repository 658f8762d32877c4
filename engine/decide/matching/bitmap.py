"""The index: an AND over columns of masks whose bits are rows.

For every stretch of a column's values one int has the bits of the rows that do not fail there, another the bits of the
rows that cannot be told. The rest is evaluated, for rows that survive alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from greenlane.engine.decide.matching.axis import Axis
from greenlane.engine.decide.matching.column import Column, columns_of, residuals_of, truths_of
from greenlane.engine.decide.matching.conditions import Conditions
from greenlane.engine.decide.matching.match import Match
from greenlane.engine.feel.scope import Scope

Masks = tuple[int, int]
# What finds the masks of a value, and what it takes besides the value.
_Reader = tuple[Callable[[Any, Masks], Masks], Masks]
# The maker that a named tuple itself goes through: this is the innermost step of deciding.
_match = tuple.__new__
_Indexed = tuple[str, dict[type, _Reader], _Reader]


class _Residual(NamedTuple):
    """A condition to be evaluated. `rows` are those that ask for it, `others` all that do not."""

    number: int
    rows: int
    others: int
    calling: bool
    shared: bool
    run: Callable[[Scope], Any]


class _Shared(NamedTuple):
    """What the columns of names that stay say, and the residuals of such names evaluated so far."""

    possible: int
    doubtful: int
    values: dict[int, Any]


class BitmapMatcher:
    """Finds rows by bit masks."""

    def __init__(self, conditions: Conditions) -> None:
        self.conditions = conditions
        self._members = conditions.members
        self._columns = columns_of(conditions)
        rows = conditions.asking()
        late = conditions.late
        indexed = sorted((_indexed(c, rows, self._members) for c in self._columns), key=lambda found: found[0])
        self._early = tuple(each for _, each in indexed if late and each[0] not in late)
        self._own = tuple(each for _, each in indexed if not late or each[0] in late)
        self._residuals = tuple(
            _Residual(i, rows[i], self._members & ~rows[i], c.calling, bool(late) and late.isdisjoint(c.reads), c.run)
            for i, c in residuals_of(conditions)
        )
        self._calling = any(residual.calling for residual in self._residuals)

    def share(self, scope: Scope) -> _Shared:
        """The masks of the names that stay."""
        possible, doubtful = _narrowed(self._early, scope, self._members)
        return _Shared(possible, doubtful, {})

    def match(self, scope: Scope, in_force: int, explain: bool = False, shared: object = None) -> Match:
        """The rows that hold or are undetermined."""
        possible, doubtful, known = in_force & self._members, 0, None
        if self._early or shared is not None:
            before = shared if type(shared) is _Shared else self.share(scope)
            possible &= before.possible
            doubtful, known = before.doubtful, before.values
        for name, readers, elsewhere in self._own:
            if not possible:
                break
            value = scope[name]
            find, other = readers.get(type(value), elsewhere)
            rows, doubts = find(value, other)
            possible &= rows
            if doubts:
                doubtful |= doubts
        if self._residuals and (possible or self._calling):
            possible, doubtful = self._evaluated(scope, possible, doubtful, known)
        truths = truths_of(self.conditions, self._columns, scope) if explain else None
        if doubtful:
            return Match(possible & ~doubtful, possible & doubtful, truths)
        return _match(Match, (possible, 0, truths))

    def _evaluated(self, scope: Scope, possible: int, doubtful: int, known: dict[int, Any] | None) -> Masks:
        """Narrowed by the residuals. Calling ones always run: every matcher makes the same decisions."""
        for number, rows, others, calling, shared, run in self._residuals:
            if not (calling or possible & rows):
                continue
            if shared and known is not None:
                if number not in known:
                    known[number] = run(scope)
                value = known[number]
            else:
                value = run(scope)
            if value is False:
                possible &= others
            elif value is not True:
                doubtful |= rows
        return possible, doubtful


def _narrowed(columns: Iterable[_Indexed], scope: Scope, possible: int) -> Masks:
    doubtful = 0
    for name, readers, elsewhere in columns:
        value = scope[name]
        find, other = readers.get(type(value), elsewhere)
        rows, doubts = find(value, other)
        possible &= rows
        if doubts:
            doubtful |= doubts
    return possible, doubtful


def _indexed(column: Column, rows: tuple[int, ...], members: int) -> tuple[float, _Indexed]:
    """The column with its masks, after the share of rows that it lets through: the most selective column goes first."""
    bundles = _bundles(column, rows)
    masks = {kind: _masks(axis, bundles, members) for kind, axis in column.axes.items()}
    readers = {kind: axis.lookup(masks[kind]) for kind, axis in column.axes.items()}
    return _openness(column, masks), (column.name, readers, _elsewhere(column, rows, members))


def _openness(column: Column, masks: dict[type, list[Masks]]) -> float:
    """How many rows the column lets through on average, over the values that its constants tell apart."""
    kinds = [kind for kind, axis in column.axes.items() if axis.breaks and kind is not bool] or [bool]
    let_through = [possible.bit_count() for kind in kinds for possible, _ in masks[kind]]
    return sum(let_through) / len(let_through)


def _elsewhere(column: Column, rows: tuple[int, ...], members: int) -> _Reader:
    """For values of types without an axis."""

    def read(value: Any, other: Masks) -> Masks:
        codes = column.codes(value)
        possible, doubtful = members, 0
        for index in column.indices:
            code = codes.get(index, 0)
            if code == 0:
                possible &= ~rows[index]
            elif code == 1:
                doubtful |= rows[index]
        return possible, doubtful & possible

    return read, (members, 0)


def _bundles(column: Column, rows: tuple[int, ...]) -> dict[tuple[int, ...], int]:
    """The rows by the conditions, as positions in the column, that they ask for together."""
    by_row: dict[int, list[int]] = {}
    for position, index in enumerate(column.indices):
        for row in bits(rows[index]):
            by_row.setdefault(row, []).append(position)
    bundles: dict[tuple[int, ...], int] = {}
    for row, positions in by_row.items():
        key = tuple(positions)
        bundles[key] = bundles.get(key, 0) | 1 << row
    return bundles


def _masks(axis: Axis, bundles: dict[tuple[int, ...], int], members: int) -> list[Masks]:
    """The masks of every stretch, swept from the first: (rows that do not fail, rows of them that cannot be told)."""
    changes: dict[int, list[tuple[int, int]]] = {}
    possible, doubtful = members, 0
    for positions, rows in bundles.items():
        for start in sorted({start for position in positions for start, _ in axis.steps[position]}):
            code = min(axis.code(position, start) for position in positions)
            changes.setdefault(start, []).append((rows, code))
    masks = []
    for stretch in range(axis.size):
        for rows, code in changes.get(stretch, ()):
            possible = possible | rows if code else possible & ~rows
            doubtful = doubtful | rows if code == 1 else doubtful & ~rows
        masks.append((possible, doubtful))
    return masks


def bits(mask: int) -> Iterator[int]:
    """The rows of a mask, ascending."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
