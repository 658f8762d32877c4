"""Columns: the indexed conditions about one name, answered by where its value lies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from greenlane.engine.decide.matching.axis import Axis, axis_of
from greenlane.engine.decide.matching.conditions import Condition, Conditions
from greenlane.engine.feel import Undetermined
from greenlane.engine.feel.scope import Scope

KINDS: tuple[type, ...] = (Decimal, str, bool, date, type(None), Undetermined)


@dataclass(frozen=True, slots=True)
class Column:
    """The conditions of a table about one name, by index, and an axis for each type that its value may have.

    Values of other types are answered by evaluating the conditions.
    """

    name: str
    indices: tuple[int, ...]
    conditions: tuple[Condition, ...]
    axes: Mapping[type, Axis]
    _stretch: Mapping[type, Callable[[Any], int]]
    _codes: dict[tuple[type, int], dict[int, int]] = field(default_factory=dict)

    def codes(self, value: Any) -> Mapping[int, int]:
        """The conditions that are true (2) or undetermined (1) for the value, by index."""
        kind = type(value)
        stretch_of = self._stretch.get(kind)
        if stretch_of is None:
            codes = {i: c.code({self.name: value}) for i, c in zip(self.indices, self.conditions, strict=True)}
            return {index: code for index, code in codes.items() if code}
        key = (kind, stretch_of(value))
        known = self._codes.get(key)
        if known is None:
            known = self._codes[key] = self._codes_within(*key)
        return known

    def _codes_within(self, kind: type, stretch: int) -> dict[int, int]:
        axis = self.axes[kind]
        codes = ((index, axis.code(position, stretch)) for position, index in enumerate(self.indices))
        return {index: code for index, code in codes if code}


def columns_of(conditions: Conditions) -> tuple[Column, ...]:
    """The columns of the conditions, in the order in which their names are first met."""
    by_name: dict[str, list[int]] = {}
    for index, condition in enumerate(conditions.conditions):
        if condition.name is not None:
            by_name.setdefault(condition.name, []).append(index)
    return tuple(_column(name, indices, conditions.conditions) for name, indices in by_name.items())


def residuals_of(conditions: Conditions) -> Iterator[tuple[int, Condition]]:
    """The conditions that belong to no column, with their indices."""
    return ((index, c) for index, c in enumerate(conditions.conditions) if c.name is None)


def _column(name: str, indices: list[int], every: tuple[Condition, ...]) -> Column:
    conditions = tuple(every[index] for index in indices)
    constants = [c.indexed.constants if c.indexed else () for c in conditions]
    ordered = any(c.indexed is not None and c.indexed.ordered for c in conditions)
    codes = [_code_by_value(name, condition) for condition in conditions]
    axes = {kind: axis_of(kind, constants, codes, ordered) for kind in KINDS}
    stretch = {kind: axis.reader(range(axis.size)) for kind, axis in axes.items()}
    return Column(name, tuple(indices), conditions, axes, stretch)


def _code_by_value(name: str, condition: Condition) -> Callable[[Any], int]:
    return lambda value: condition.code({name: value})


def truths_of(conditions: Conditions, columns: tuple[Column, ...], scope: Scope) -> bytes:
    """The truth of every condition in the scope: 0 false, 1 undetermined, 2 true."""
    truths = bytearray(len(conditions.conditions))
    for column in columns:
        for index, code in column.codes(scope[column.name]).items():
            truths[index] = code
    for index, condition in residuals_of(conditions):
        truths[index] = condition.code(scope)
    return bytes(truths)
