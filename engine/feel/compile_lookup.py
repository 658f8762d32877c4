"""Filters of lists with an index: the index answers what it can, the rest is evaluated for the rows that are left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from engine.feel.ast import And, Comparison, Name, Node
from engine.feel.compile_filter import Direct
from engine.feel.names import names_read
from engine.feel.values.indexed import IndexedRows

Run = Callable[[Any], Any]
Filter = Callable[[Any, Run, Any], Any]
_MIRRORED = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


class _Lookup(NamedTuple):
    """A comparison of a column with the value of `node`, which reads nothing of the item."""

    column: str
    operator: str
    node: Node


class _Plan(NamedTuple):
    """`lookups` with the `values` they ask for, and what is left to evaluate for the rows found."""

    lookups: tuple[tuple[str, str], ...]
    values: tuple[Run, ...]
    rest: Run | None


def indexed_filter(
    source: Run, condition: Node, compiled: Callable[[Node], Run], filtered: Filter, direct: Direct | None
) -> Run:
    """`source[condition]`, by `filtered(items, condition, scope)` wherever neither an index nor `direct` can answer."""
    whole = compiled(condition)
    plans: dict[frozenset[str], _Plan | None] = {}

    def run(scope: Any) -> Any:
        items = source(scope)
        if type(items) is not IndexedRows:
            kept = direct(items) if direct is not None else None
            return filtered(items, whole, scope) if kept is None else kept
        columns = items.columns
        if columns not in plans:
            plans[columns] = _plan(condition, columns, compiled)
        plan = plans[columns]
        if plan is None:
            return filtered(items, whole, scope)
        found = items.where(plan.lookups, tuple(value(scope) for value in plan.values))
        if found is None:
            return filtered(items, whole, scope)
        return list(found) if plan.rest is None else filtered(found, plan.rest, scope)

    return run


def _plan(condition: Node, columns: frozenset[str], compiled: Callable[[Node], Run]) -> _Plan | None:
    parts = condition.operands if isinstance(condition, And) else (condition,)
    found = [(part, _lookup(part, columns)) for part in parts]
    lookups = [lookup for _, lookup in found if lookup is not None]
    if not lookups:
        return None
    rest = tuple(part for part, lookup in found if lookup is None)
    left = None if not rest else compiled(rest[0] if len(rest) == 1 else And(rest, condition.span))
    asked = tuple((lookup.column, lookup.operator) for lookup in lookups)
    return _Plan(asked, tuple(compiled(lookup.node) for lookup in lookups), left)


def _lookup(node: Node, columns: frozenset[str]) -> _Lookup | None:
    if not isinstance(node, Comparison) or node.operator not in _MIRRORED:
        return None
    own = columns | {"item"}
    for column, operator, value in (
        (node.left, node.operator, node.right),
        (node.right, _MIRRORED[node.operator], node.left),
    ):
        if isinstance(column, Name) and column.name in columns and own.isdisjoint(names_read(value)):
            return _Lookup(column.name, operator, value)
    return None
