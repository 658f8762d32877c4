"""Which parts of an expression have one value for ever."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from engine.feel.ast import (
    And,
    Arithmetic,
    AtLiteral,
    Between,
    Boolean,
    Call,
    Comparison,
    If,
    ListLiteral,
    Name,
    Negation,
    Node,
    Null,
    Number,
    Or,
    Range,
    String,
)
from engine.feel.evaluate import evaluate_node
from engine.feel.functions import BUILTINS
from engine.feel.semantics import Semantics, Undetermined
from engine.feel.values.date import FarDate
from engine.feel.values.duration import DaysTime, YearsMonths
from engine.feel.values.range import Range as RangeValue
from engine.feel.values.time import DateTime, Time
from engine.feel.walk import children

# Nothing that loops: an expression must not take long to compile.
_PURE = (Number, String, Boolean, Null, AtLiteral, Negation, Arithmetic, Comparison, And, Or, Between, If, Range)
_FROZEN = frozenset(
    (
        type(None), bool, Decimal, str, datetime.date, FarDate, Time, DateTime, YearsMonths, DaysTime, RangeValue,
        Undetermined,
    )
)  # fmt: skip
_NAMELESS: dict[str, Any] = {}


def is_constant(node: Node, shadows: frozenset[str]) -> bool:
    """Whether the node's value depends on no name, so that it can be worked out beforehand."""
    if isinstance(node, Call):
        function = node.function
        if not isinstance(function, Name) or function.name in shadows or function.name not in BUILTINS:
            return False
        return not BUILTINS[function.name].reads and all(is_constant(argument, shadows) for argument in node.arguments)
    if isinstance(node, (*_PURE, ListLiteral)):
        return all(is_constant(child, shadows) for child in children(node))
    return False


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
