"""The values of parts of an expression that have one value for ever."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from greenlane.engine.feel.ast import ListLiteral, Node
from greenlane.engine.feel.constancy import is_constant
from greenlane.engine.feel.evaluate import evaluate_node
from greenlane.engine.feel.semantics import Semantics, Undetermined
from greenlane.engine.feel.values.dates import DaysTime, FarDate, YearsMonths
from greenlane.engine.feel.values.times import DateTime, Time
from greenlane.engine.feel.values.types import Range as RangeValue

_FROZEN = frozenset(
    (
        type(None), bool, Decimal, str, datetime.date, FarDate, Time, DateTime, YearsMonths, DaysTime, RangeValue,
        Undetermined,
    )
)  # fmt: skip
_NAMELESS: dict[str, Any] = {}


def constant(node: Node, semantics: Semantics, shadows: frozenset[str]) -> tuple[bool, Any]:
    """Whether the node has one value that nobody can change, and that value."""
    if not is_constant(node, shadows):
        return False, None
    value = evaluate_node(node, _NAMELESS, semantics, shadows)
    return type(value) in _FROZEN, value


def constant_items(node: Node, semantics: Semantics, shadows: frozenset[str]) -> tuple[Any, ...] | None:
    """The items of a list literal of constants, None for any other node."""
    if not isinstance(node, ListLiteral):
        return None
    found = [constant(item, semantics, shadows) for item in node.items]
    return tuple(value for _, value in found) if all(fixed for fixed, _ in found) else None
