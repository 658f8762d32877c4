"""Filters that compare entries of contexts with constants, such as `rows[finding = "decline"]`: no scope for each item.

They answer only for lists of contexts that have the entry, of the constant's type; any other filter goes item by item.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from engine.feel.ast import And, Comparison, Name, Node
from engine.feel.semantics import Undetermined

Fixed = Callable[[Node], tuple[bool, Any]]
Direct = Callable[[Any], list[Any] | None]
_EQUALITY: dict[str, Callable[[Any, Any], bool]] = {"=": operator.eq, "!=": operator.ne}
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ORDERED = (Decimal, date)
_EQUAL = (Decimal, date, str, bool)


def direct_filter(condition: Node, fixed: Fixed) -> Direct | None:
    """What keeps the items for which the condition is true, giving None where it cannot tell; None if never possible.

    `fixed` tells whether a node is constant, and its value.
    """
    parts = condition.operands if isinstance(condition, And) else (condition,)
    steps = [_step(part, fixed) for part in parts]
    if any(step is None for step in steps):
        return None
    known = [step for step in steps if step is not None]
    return known[0] if len(known) == 1 else _all(known)


def _all(steps: list[Direct]) -> Direct:
    def run(items: Any) -> list[Any] | None:
        found: list[Any] | None = items
        for step in steps:
            found = step(found)
            if found is None:
                return None
        return found

    return run


def _step(node: Node, fixed: Fixed) -> Direct | None:
    if not isinstance(node, Comparison) or not isinstance(node.left, Name):
        return None
    known, value = fixed(node.right)
    if not known:
        return None
    if value is None:
        return _null(node.left.name, node.operator) if node.operator in _EQUALITY else None
    kind = type(value)
    if node.operator in _EQUALITY and kind in _EQUAL:
        return _compared(node.left.name, _EQUALITY[node.operator], value)
    if node.operator in _ORDER and kind in _ORDERED:
        return _compared(node.left.name, _ORDER[node.operator], value)
    return None


def _compared(name: str, holds: Callable[[Any, Any], bool], constant: Any) -> Direct:
    kind = type(constant)

    def run(items: Any) -> list[Any] | None:
        if type(items) is not list:
            return None
        kept = []
        for item in items:
            if type(item) is not dict or name not in item:
                return None
            value = item[name]
            if type(value) is not kind:
                return None
            if holds(value, constant):
                kept.append(item)
        return kept

    return run


def _null(name: str, sign: str) -> Direct:
    wanted = sign == "="

    def run(items: Any) -> list[Any] | None:
        if type(items) is not list:
            return None
        kept = []
        for item in items:
            if type(item) is not dict or name not in item:
                return None
            value = item[name]
            if type(value) is Undetermined:
                return None
            if (value is None) is wanted:
                kept.append(item)
        return kept

    return run
