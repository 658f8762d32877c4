"""What the index of a list can answer of the condition of a filter. Pure.

The interpreter and compiled code make the same plan, each with its own way of evaluating the parts.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from greenlane.engine.feel.ast import And, Comparison, Name, Node
from greenlane.engine.feel.cost import turn_cost
from greenlane.engine.feel.iteration import IndexedFilter, IndexPlan, always_condition
from greenlane.engine.feel.scope import Run
from greenlane.engine.feel.semantics import ErrorContext
from greenlane.engine.feel.visitor import names_read, writes_function

_ITEM = "item"
_MIRRORED = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


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
