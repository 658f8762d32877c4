"""Which expressions may be null, as far as syntax can tell: only those need a word about missing facts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from greenlane.engine.feel.ast import (
    And,
    Arithmetic,
    AtLiteral,
    Between,
    Boolean,
    Call,
    Comparison,
    ContextLiteral,
    Filter,
    For,
    FunctionLiteral,
    If,
    In,
    InputValue,
    InstanceOf,
    Iteration,
    ListLiteral,
    Name,
    Negation,
    Node,
    Null,
    Number,
    Or,
    Path,
    Quantified,
    Range,
    String,
    UnaryTests,
)
from greenlane.engine.feel.testing import writes_null
from greenlane.engine.feel.visitor import children

Names = frozenset[str]
INPUT = "?"
_TOTAL = frozenset(
    (
        "append", "concatenate", "contains", "count", "distinct values", "ends with", "flatten", "list contains",
        "lower case", "not", "reverse", "starts with", "string length", "upper case",
    )
)  # fmt: skip
"""Functions that are null only where an argument is."""


def nullable(node: Node, sure: Names, plain: bool = False) -> bool:
    """Whether the exported text of the node may be null. `sure` are the names that never are, functions by result.

    `plain`: the text is FEEL's own, where `null = 1` is false; otherwise such a comparison is null.
    """
    match node:
        case Null():
            return True
        case Name(name):
            return name not in sure
        case InputValue():
            return INPUT not in sure
        case String() | Number() | Boolean() | AtLiteral() | ListLiteral() | ContextLiteral() | FunctionLiteral():
            return False
        case InstanceOf():
            return False
        case If() | And() | Or():
            return _flowing(node, sure, plain)
        case Comparison() | In() | Between():
            return _tested(node, sure, plain)
        case Arithmetic(operator, left, right):
            safe = operator in ("+", "-", "*") or (isinstance(right, Number) and bool(right.value) and operator == "/")
            return not safe or nullable(left, sure, plain) or nullable(right, sure, plain)
        case Filter(source, condition):
            return isinstance(condition, Number | Negation) or nullable(source, sure, plain)
        case For(iterations):
            return any(nullable(one.source, sure, plain) or one.end is not None for one in iterations)
        case Quantified(_, iterations, condition):
            inner = iterating(sure, iterations)
            return nullable(iterations[0].source, sure, plain) or nullable(condition, inner, plain)
        case Call(Name(name), arguments):
            return name not in sure and (name not in _TOTAL or any(nullable(a, sure, plain) for a in arguments))
        case Path(source):
            return not (isinstance(source, Name) and f"{source.name}." in sure)
        case Call():
            return True
        case Range() | Negation() | UnaryTests():
            return any(nullable(child, sure, plain) for child in children(node))
        case _:
            assert_never(node)


def iterating(sure: Names, iterations: Iterable[Iteration]) -> Names:
    """The names inside of `some` or `every`: the items gone through and their entries are taken to be there."""
    for one in iterations:
        sure |= {one.name, f"{one.name}."}
    return sure


def non_null_where(node: Node, truth: bool) -> Names:
    """The names that are not null where the node is true, or where it is false."""
    match node:
        case Comparison("=" | "!=" as operator, Name(name), Null()):
            return frozenset((name,)) if (operator == "!=") is truth else frozenset()
        case Comparison("<" | "<=" | ">" | ">=", left, right):
            return frozenset(side.name for side in (left, right) if isinstance(side, Name))
        case And(operands) if truth:
            return _united(non_null_where(operand, True) for operand in operands)
        case Or(operands) if not truth:
            return _united(non_null_where(operand, False) for operand in operands)
        case Call(Name("not"), (inner,)):
            return non_null_where(inner, not truth)
        case Name(name):
            return frozenset((name,))
        case _:
            return frozenset()


def settled(node: Node, truth: bool, sure: Names) -> Names:
    """Those names, where the node is never null: what comes after one that is null is looked at all the same."""
    return frozenset() if nullable(node, sure) else non_null_where(node, truth)


def reads_null(node: Node) -> bool:
    """Whether a comparison or test writes `null`, so that a null has a meaning of its own."""
    match node:
        case Comparison("=" | "!=", left, right):
            return isinstance(left, Null) or isinstance(right, Null)
        case In(_, tests) | UnaryTests(tests):
            return writes_null(tests)
        case _:
            return False


def _flowing(node: If | And | Or, sure: Names, plain: bool) -> bool:
    """Each part is read only where those before it let it be."""
    match node:
        case If(condition, then, otherwise):
            return (
                (not plain and nullable(condition, sure, plain))
                or nullable(then, sure | non_null_where(condition, True), plain)
                or nullable(otherwise, sure | non_null_where(condition, False), plain)
            )
        case And(operands) | Or(operands):
            for operand in operands:
                if nullable(operand, sure, plain):
                    return True
                sure |= settled(operand, isinstance(node, And), sure)
            return False
        case _:
            assert_never(node)


def _tested(node: Comparison | In | Between, sure: Names, plain: bool) -> bool:
    if isinstance(node, Between):
        return any(nullable(part, sure, plain) for part in (node.value, node.low, node.high))
    if reads_null(node):
        tests = node.tests if isinstance(node, In) and not plain else ()
        return any(nullable(test, sure | {INPUT}) for test in tests if not isinstance(test, Null))
    if isinstance(node, In):
        if plain and not any(isinstance(test, Range) for test in node.tests):
            return False
        return any(nullable(part, sure | {INPUT}, plain) for part in (node.value, *node.tests))
    if plain and node.operator in ("=", "!="):
        return False
    return nullable(node.left, sure, plain) or nullable(node.right, sure, plain)


def _united(sets: Iterable[Names]) -> Names:
    return frozenset().union(*sets)
