"""Rows found by bit masks: an AND over indexed columns, the matcher of tables. Pure.

For every interval of a column's values one int has the bits of the rows that do not fail there, another the bits of the
rows that cannot be told. The rest is evaluated, for rows that survive alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from greenlane.engine.decide.matching.conditions import NOTHING_KNOWN, Conditions, MatchedRows, bits
from greenlane.engine.decide.matching.index import Axis, IndexedColumn, columns_of, residuals_of, truths_of
from greenlane.engine.feel.scope import Scope

Masks = tuple[int, int]
# What finds the masks of a value, and what it takes besides the value.
_Reader = tuple[Callable[[Any, Masks], Masks], Masks]
# The maker that a named tuple itself goes through: this is the innermost step of deciding.
_match = tuple.__new__
_Indexed = tuple[str, dict[type, _Reader], _Reader]


class _Residual(NamedTuple):
    """A condition to be evaluated. `rows` are those that ask for it, `others` all that do not.

    `counted` and `invariant`: its work is taken from the budget; it reads no name that varies.
    """

    number: int
    rows: int
    others: int
    counted: bool
    invariant: bool
    run: Callable[[Scope], Any]


class _SharedMasks(NamedTuple):
    """What the columns of invariant names say, and the residuals of such names evaluated so far."""

    possible: int
    undetermined: int
    values: dict[int, Any]


class BitmapMatcher:
    """Finds rows by bit masks."""

    def __init__(self, conditions: Conditions) -> None:
        self.conditions = conditions
        self._members = conditions.members
        self._columns = columns_of(conditions)
        rows = conditions.rows_by_condition()
        varying = conditions.varying
        indexed = sorted((_indexed(c, rows, self._members) for c in self._columns), key=lambda found: found[0])
        self._invariant = tuple(each for _, each in indexed if varying and each[0] not in varying)
        self._varying = tuple(each for _, each in indexed if not varying or each[0] in varying)
        self._residuals = tuple(
            _Residual(i, rows[i], self._members & ~rows[i], c.counted, conditions.is_invariant(c), c.run)
            for i, c in residuals_of(conditions)
        )
        self._counting = bool(conditions.counting)

    def share(self, scope: Scope) -> _SharedMasks:
        """The masks of the invariant names."""
        possible, undetermined = _narrowed(self._invariant, scope, self._members)
        return _SharedMasks(possible, undetermined, {})

    def match(self, scope: Scope, in_force: int, explain: bool = False, shared: object = None) -> MatchedRows:
        """The rows that hold or are undetermined."""
        possible, undetermined, kept = in_force & self._members, 0, None
        if self._invariant or shared is not None:
            before = shared if type(shared) is _SharedMasks else self.share(scope)
            possible &= before.possible
            undetermined, kept = before.undetermined, before.values
        known = self.conditions.counted(scope, kept) if self._counting else NOTHING_KNOWN
        for name, readers, fallback in self._varying:
            if not possible:
                break
            value = scope[name]
            find, other = readers.get(type(value), fallback)
            rows, unknown = find(value, other)
            possible &= rows
            if unknown:
                undetermined |= unknown
        if self._residuals and possible:
            possible, undetermined = self._evaluated(scope, possible, undetermined, kept, known)
        truths = truths_of(self.conditions, self._columns, scope, known) if explain else None
        if undetermined:
            return MatchedRows(possible & ~undetermined, possible & undetermined, truths, known)
        return _match(MatchedRows, (possible, 0, truths, known))

    def _evaluated(
        self, scope: Scope, possible: int, undetermined: int, kept: dict[int, Any] | None, known: Mapping[int, Any]
    ) -> Masks:
        """Narrowed by the residuals."""
        for number, rows, others, counted, invariant, run in self._residuals:
            if counted:
                value = known[number]
            elif not possible & rows:
                continue
            elif invariant and kept is not None:
                if number not in kept:
                    kept[number] = run(scope)
                value = kept[number]
            else:
                value = run(scope)
            if value is False:
                possible &= others
            elif value is not True:
                undetermined |= rows
        return possible, undetermined


def _narrowed(columns: Iterable[_Indexed], scope: Scope, possible: int) -> Masks:
    undetermined = 0
    for name, readers, fallback in columns:
        value = scope[name]
        find, other = readers.get(type(value), fallback)
        rows, unknown = find(value, other)
        possible &= rows
        if unknown:
            undetermined |= unknown
    return possible, undetermined


def _indexed(column: IndexedColumn, rows: tuple[int, ...], members: int) -> tuple[float, _Indexed]:
    """The column with its masks, after the share of rows that it lets through: the most selective column goes first."""
    bundles = _bundles(column, rows)
    masks = {kind: _masks(axis, bundles, members) for kind, axis in column.axes.items()}
    readers = {kind: axis.lookup(masks[kind]) for kind, axis in column.axes.items()}
    return _selectivity(column, masks), (column.name, readers, _fallback(column, rows, members))


def _selectivity(column: IndexedColumn, masks: dict[type, list[Masks]]) -> float:
    """How many rows the column lets through on average, over the values that its constants tell apart."""
    kinds = [kind for kind, axis in column.axes.items() if axis.breaks and kind is not bool] or [bool]
    let_through = [possible.bit_count() for kind in kinds for possible, _ in masks[kind]]
    return sum(let_through) / len(let_through)


def _fallback(column: IndexedColumn, rows: tuple[int, ...], members: int) -> _Reader:
    """For values of types without an axis."""

    def read(value: Any, other: Masks) -> Masks:
        codes = column.codes(value)
        possible, undetermined = members, 0
        for index in column.indices:
            code = codes.get(index, 0)
            if code == 0:
                possible &= ~rows[index]
            elif code == 1:
                undetermined |= rows[index]
        return possible, undetermined & possible

    return read, (members, 0)


def _bundles(column: IndexedColumn, rows: tuple[int, ...]) -> dict[tuple[int, ...], int]:
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
    """The masks of every interval, swept from the first: (rows that do not fail, rows of them that cannot be told)."""
    changes: dict[int, list[tuple[int, int]]] = {}
    possible, undetermined = members, 0
    for positions, rows in bundles.items():
        for start in sorted({start for position in positions for start, _ in axis.steps[position]}):
            code = min(axis.code(position, start) for position in positions)
            changes.setdefault(start, []).append((rows, code))
    masks = []
    for interval in range(axis.size):
        for rows, code in changes.get(interval, ()):
            possible = possible | rows if code else possible & ~rows
            undetermined = undetermined | rows if code == 1 else undetermined & ~rows
        masks.append((possible, undetermined))
    return masks
