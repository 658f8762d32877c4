"""Filters of lists with an index: what an index can answer of a condition, and the filter that asks it. Pure.

The interpreter and compiled code make the same plan, each with its own way of evaluating the parts.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from greenlane.engine.feel.ast import And, Comparison, Name, Node
from greenlane.engine.feel.cost import turn_cost
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.iteration import always_condition, filtered
from greenlane.engine.feel.scope import Run, budget_of
from greenlane.engine.feel.semantics import ErrorContext
from greenlane.engine.feel.values.indexed import IndexedRows
from greenlane.engine.feel.visitor import names_read, writes_function

_ITEM = "item"
_MIRRORED = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_LOOKED_AT_PER_STEP = 32


class IndexPlan(NamedTuple):
    """How an index answers a filter: `lookups` (column, operator) with the `values` they ask for.

    `rest` is what is left to evaluate for the rows found, None for nothing.
    """

    lookups: tuple[tuple[str, str], ...]
    values: tuple[Run, ...]
    rest: Run | None


class IndexedFilter:
    """A filter of lists with an index: the index answers what it can, the rest is evaluated for the rows left.

    `plan` is asked once for each set of columns; `condition`, `cost`, `reuse` and `positions` as for `filtered`.
    """

    __slots__ = ("_condition", "_cost", "_errors", "_plan", "_plans", "_positions", "_reuse")

    def __init__(
        self,
        errors: ErrorContext,
        condition: Run,
        plan: Callable[[frozenset[str]], IndexPlan],
        cost: int,
        reuse: bool,
        positions: bool,
    ) -> None:
        self._errors = errors
        self._condition = condition
        self._plan = plan
        self._plans: dict[frozenset[str], IndexPlan] = {}
        self._cost = cost
        self._reuse = reuse
        self._positions = positions

    def __call__(self, items: IndexedRows, scope: Any) -> Any:
        """What the filter gives, in the scope around it."""
        plan = self._plans.get(items.columns)
        if plan is None:
            plan = self._plans[items.columns] = self._plan(items.columns)
        found = items.where(plan.lookups, tuple(value(scope) for value in plan.values)) if plan.lookups else None
        if found is None:
            return self._filtered(items, self._condition, scope)
        try:
            # Rows that are not in the order of a column are all looked at.
            budget_of(scope).take(1 + len(items) // _LOOKED_AT_PER_STEP + len(found))
        except FeelError as error:
            return self._errors.caught(error)
        return list(found) if plan.rest is None else self._filtered(found, plan.rest, scope)

    def _filtered(self, items: list[Any], condition: Run, scope: Any) -> Any:
        return filtered(self._errors, items, condition, scope, self._cost, self._reuse, self._positions)


def may_use_index(condition: Node) -> bool:
    """Whether an index could answer part of the condition."""
    return any(
        isinstance(part, Comparison)
        and part.operator in _MIRRORED
        and any(isinstance(side, Name) and side.name != _ITEM for side in (part.left, part.right))
        for part in _conjuncts(condition)
    )


def indexed_filter(errors: ErrorContext, condition: Node, run_of: Callable[[Node], Run]) -> IndexedFilter:
    """The filter by a condition; `run_of` makes its parts functions of a scope."""
    reuse, positions = not writes_function(condition), not always_condition(condition)
    plan = partial(_plan, condition, run_of)
    return IndexedFilter(errors, run_of(condition), plan, turn_cost(0, condition), reuse, positions)


class _Lookup(NamedTuple):
    """A comparison of a column with the value of `node`, which reads nothing of the item."""

    column: str
    operator: str
    node: Node


def _plan(condition: Node, run_of: Callable[[Node], Run], columns: frozenset[str]) -> IndexPlan:
    """Which comparisons an index can answer depends on the columns, so the plan is made when the list is there."""
    found = [(part, _lookup(part, columns)) for part in _conjuncts(condition)]
    lookups = [lookup for _, lookup in found if lookup is not None]
    rest = tuple(part for part, lookup in found if lookup is None)
    left = None if not rest else run_of(rest[0] if len(rest) == 1 else And(rest, condition.span))
    asked = tuple((lookup.column, lookup.operator) for lookup in lookups)
    return IndexPlan(asked, tuple(run_of(lookup.node) for lookup in lookups), left)


def _conjuncts(condition: Node) -> tuple[Node, ...]:
    return condition.operands if isinstance(condition, And) else (condition,)


def _lookup(node: Node, columns: frozenset[str]) -> _Lookup | None:
    if not isinstance(node, Comparison) or node.operator not in _MIRRORED:
        return None
    own = columns | {_ITEM}
    for column, operator, value in (
        (node.left, node.operator, node.right),
        (node.right, _MIRRORED[node.operator], node.left),
    ):
        if isinstance(column, Name) and column.name in columns and own.isdisjoint(names_read(value)):
            return _Lookup(column.name, operator, value)
    return None
