"""Which parts of an expression have one value for ever."""

from __future__ import annotations

from greenlane.engine.feel.ast import (
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
from greenlane.engine.feel.functions import BUILTINS
from greenlane.engine.feel.visitor import children

# Nothing that loops: an expression must not take long to compile.
_PURE = (Number, String, Boolean, Null, AtLiteral, Negation, Arithmetic, Comparison, And, Or, Between, If, Range)


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
