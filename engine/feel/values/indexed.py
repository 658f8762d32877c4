"""Lists of contexts with an index, for filters such as `rates[term = asked and published <= day]`. Pure.

The index answers only what it can answer exactly: comparisons of a column that holds one type and no null with a value
of that type. Anything else makes it abstain, and the filter is evaluated item by item, as it is for any other list.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

Row = Mapping[str, Any]
_TYPES = (Decimal, str, date)
_PASSES: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}


class IndexedRows(list[Row]):
    """Contexts that all have the same entries, none of them undetermined, and that nobody changes.

    Indexes are made when first asked for and kept with the list.
    """

    __slots__ = ("_groups", "_kept", "_ordered", "_types", "columns")

    def __init__(self, rows: Iterable[Row]) -> None:
        super().__init__(rows)
        self.columns: frozenset[str] = frozenset(self[0]) if self else frozenset()
        self._types: dict[str, type | None] = {}
        self._ordered: dict[str, bool] = {}
        self._groups: dict[tuple[str, ...], dict[tuple[Any, ...], IndexedRows]] = {}
        self._kept: dict[str, Any] = {}

    def where(self, lookups: tuple[tuple[str, str], ...], values: tuple[Any, ...]) -> list[Row] | None:
        """The rows for which every lookup (column, operator) is true of its value; None when that cannot be told."""
        for (column, _), value in zip(lookups, values, strict=True):
            if type(value) is not self._type(column):
                return None
        equal = tuple(column for column, operator in lookups if operator == "=")
        found: list[Row] | None = self
        if equal:
            keys = tuple(value for (_, operator), value in zip(lookups, values, strict=True) if operator == "=")
            found = self._grouped(equal).get(keys)
        for (column, operator), value in zip(lookups, values, strict=True):
            if operator != "=" and found:
                found = _bounded(found, column, operator, value)
        return found if found is not None else []

    def derived(self, name: str, make: Callable[[IndexedRows], Any]) -> Any:
        """What `make` works out of the rows, worked out once; `name` tells it from other such things."""
        if name not in self._kept:
            self._kept[name] = make(self)
        return self._kept[name]

    def ordered(self, column: str) -> bool:
        """Whether the rows are in ascending order of the column."""
        if column not in self._ordered:
            self._ordered[column] = all(a[column] <= b[column] for a, b in pairwise(self))
        return self._ordered[column]

    def _type(self, column: str) -> type | None:
        if column not in self._types:
            types = {type(row[column]) for row in self}
            single = types.pop() if len(types) == 1 else None
            self._types[column] = single if single in _TYPES else None
        return self._types[column]

    def _grouped(self, columns: tuple[str, ...]) -> dict[tuple[Any, ...], IndexedRows]:
        groups = self._groups.get(columns)
        if groups is None:
            rows: dict[tuple[Any, ...], list[Row]] = {}
            for row in self:
                rows.setdefault(tuple(row[column] for column in columns), []).append(row)
            groups = self._groups[columns] = {key: IndexedRows(group) for key, group in rows.items()}
        return groups


def _bounded(rows: list[Row], column: str, operator: str, value: Any) -> list[Row]:
    """The rows whose column is on the asked side of the value, by bisection where they are in its order."""
    if isinstance(rows, IndexedRows) and rows.ordered(column):
        bisect = bisect_right if operator in ("<=", ">") else bisect_left
        at = bisect(rows, value, key=lambda row: row[column])
        return rows[:at] if operator in ("<", "<=") else rows[at:]
    passes = _PASSES[operator]
    return [row for row in rows if passes(row[column], value)]
