"""Constant folding: which parts of an expression have one value for ever, what it is, and what takes long. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from greenlane.engine.feel.ast import (
    And,
    Arithmetic,
    AtLiteral,
    Between,
    Boolean,
    Call,
    Comparison,
    Filter,
    For,
    FunctionLiteral,
    If,
    ListLiteral,
    Name,
    Negation,
    Node,
    Null,
    Number,
    Or,
    Quantified,
    RangeLiteral,
    String,
)
from greenlane.engine.feel.functions import BUILTINS
from greenlane.engine.feel.scope import Budget
from greenlane.engine.feel.semantics import Undetermined
from greenlane.engine.feel.values.dates import DaysTime, FarDate, YearsMonths
from greenlane.engine.feel.values.times import DateTime, Time
from greenlane.engine.feel.values.types import Range
from greenlane.engine.feel.visitor import children, walk

Evaluate = Callable[[Node, Budget], Any]
"""Gives the value of a node that reads no name, on a budget."""
FOLDING_STEPS = 20_000
"""What a constant may take to be worked out beforehand; one that takes more is evaluated where it stands."""

# Nothing that loops: an expression must not take long to compile.
_FOLDED = (
    Number, String, Boolean, Null, AtLiteral, Negation, Arithmetic, Comparison, And, Or, Between, If, RangeLiteral,
    ListLiteral,
)  # fmt: skip
_LOOPS = (For, Quantified, Filter, FunctionLiteral)
# Types of values that nobody can change.
_IMMUTABLE = frozenset(
    (type(None), bool, Decimal, str, date, FarDate, Time, DateTime, YearsMonths, DaysTime, Range, Undetermined)
)


def is_constant(node: Node, shadows: frozenset[str]) -> bool:
    """Whether the node's value depends on no name; `shadows` are the names that hide built-in functions."""
    if isinstance(node, Call):
        function = node.function
        if not isinstance(function, Name) or function.name in shadows or function.name not in BUILTINS:
            return False
        return not BUILTINS[function.name].reads and all(is_constant(argument, shadows) for argument in node.arguments)
    return isinstance(node, _FOLDED) and all(is_constant(child, shadows) for child in children(node))


def takes_long(node: Node) -> bool:
    """Whether evaluating the node can take longer than its text is long: it has loops, calls or powers."""
    return any(
        isinstance(part, _LOOPS)
        or (isinstance(part, Arithmetic) and part.operator == "**")
        or (isinstance(part, Call) and not is_constant(part, frozenset()))
        for part in walk(node)
    )


def folded(node: Node, shadows: frozenset[str], evaluate: Evaluate) -> tuple[bool, Any]:
    """Whether the node has one value that nobody can change and that does not take long, and that value."""
    if not is_constant(node, shadows):
        return False, None
    budget = Budget(FOLDING_STEPS)
    value = evaluate(node, budget)
    return budget.ended is None and type(value) in _IMMUTABLE, value


def folded_items(node: Node, shadows: frozenset[str], evaluate: Evaluate) -> tuple[Any, ...] | None:
    """The items of a list literal of constants, None for any other node."""
    if not isinstance(node, ListLiteral):
        return None
    found = [folded(item, shadows, evaluate) for item in node.items]
    return tuple(value for _, value in found) if all(fixed for fixed, _ in found) else None
