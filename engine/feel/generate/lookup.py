"""Filters of lists with an index: the index answers what it can, the rest is evaluated for the rows that are left.

Which comparisons it can answer depends on the columns of the list, so the plan is made when the list is there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from greenlane.engine.feel import access
from greenlane.engine.feel.ast import And, Comparison, Filter, Name, Node
from greenlane.engine.feel.site import Site
from greenlane.engine.feel.values.indexed import IndexedRows
from greenlane.engine.feel.visitor import names_read, writes_function

Run = Callable[[Any], Any]
_MIRRORED = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


class _Lookup(NamedTuple):
    """A comparison of a column with the value of `node`, which reads nothing of the item."""

    column: str
    operator: str
    node: Node


class _Plan(NamedTuple):
    """`lookups` with the `values` they ask for, and what is left to evaluate for the rows found, None for nothing."""

    lookups: tuple[tuple[str, str], ...]
    values: tuple[Run, ...]
    rest: Run | None


class IndexedFilter:
    """`source[condition]` for a source with an index."""

    def __init__(
        self, node: Filter, site: Site, shadows: frozenset[str], compiled: Callable[[Node, frozenset[str]], Run]
    ) -> None:
        self._condition = node.condition
        self._site = site
        self._shadows = shadows
        self._compiled = compiled
        self._positions = not access.always_condition(node.condition)
        self._reuse = not writes_function(node.condition)
        self._plans: dict[frozenset[str], _Plan] = {}

    def __call__(self, items: IndexedRows, scope: Any) -> Any:
        """What the filter gives, in the scope around it."""
        columns = items.columns
        plan = self._plans.get(columns)
        if plan is None:
            plan = self._plans[columns] = self._plan(columns)
        found = items.where(plan.lookups, tuple(value(scope) for value in plan.values)) if plan.lookups else None
        if found is None:
            return self._filtered(items, self._run(self._condition), scope)
        return list(found) if plan.rest is None else self._filtered(found, plan.rest, scope)

    def _filtered(self, items: list[Any], condition: Run, scope: Any) -> Any:
        return access.filtered(self._site, items, condition, scope, self._reuse, self._positions)

    def _plan(self, columns: frozenset[str]) -> _Plan:
        found = [(part, _lookup(part, columns)) for part in _parts(self._condition)]
        lookups = [lookup for _, lookup in found if lookup is not None]
        rest = tuple(part for part, lookup in found if lookup is None)
        left = None if not rest else self._run(rest[0] if len(rest) == 1 else And(rest, self._condition.span))
        asked = tuple((lookup.column, lookup.operator) for lookup in lookups)
        return _Plan(asked, tuple(self._run(lookup.node) for lookup in lookups), left)

    def _run(self, node: Node) -> Run:
        return self._compiled(node, self._shadows)


def may_look_up(condition: Node) -> bool:
    """Whether an index could answer part of the condition."""
    return any(
        isinstance(part, Comparison)
        and part.operator in _MIRRORED
        and any(isinstance(side, Name) and side.name != "item" for side in (part.left, part.right))
        for part in _parts(condition)
    )


def _parts(condition: Node) -> tuple[Node, ...]:
    return condition.operands if isinstance(condition, And) else (condition,)


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
