"""Nullability analysis: which expressions may be null, as far as their form tells. Pure.

Sound, not exact: what is said not to be null never is. Only what may be null is exported with a test for it.
"""

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
    RangeLiteral,
    String,
    UnaryTests,
)
from greenlane.engine.feel.unary_tests import writes_null
from greenlane.engine.feel.visitor import children

Names = frozenset[str]
INPUT = "?"
"""The value that a unary test is about, among names."""
_TOTAL = frozenset(
    (
        "append", "concatenate", "contains", "count", "distinct values", "ends with", "flatten", "list contains",
        "lower case", "not", "reverse", "starts with", "string length", "upper case",
    )
)  # fmt: skip
"""Functions that are null only where an argument is."""


def nullable(node: Node, non_null: Names, plain: bool = False) -> bool:
    """Whether the exported text of the node may be null. `non_null` are the names that never are, functions by result.

    `plain`: the text is FEEL's own, where `null = 1` is false; otherwise such a comparison is null.
    """
    match node:
        case Null():
            return True
        case Name(name):
            return name not in non_null
        case InputValue():
            return INPUT not in non_null
        case String() | Number() | Boolean() | AtLiteral() | ListLiteral() | ContextLiteral() | FunctionLiteral():
            return False
        case InstanceOf():
            return False
        case If() | And() | Or():
            return _flow_nullable(node, non_null, plain)
        case Comparison() | In() | Between():
            return _test_nullable(node, non_null, plain)
        case Filter() | For() | Quantified():
            return _loop_nullable(node, non_null, plain)
        case Arithmetic() | Call() | Path():
            return _operation_nullable(node, non_null, plain)
        case RangeLiteral() | Negation() | UnaryTests():
            return any(nullable(child, non_null, plain) for child in children(node))
        case _:
            assert_never(node)


def iterating(non_null: Names, iterations: Iterable[Iteration]) -> Names:
    """The non-null names inside of `some` or `every`: items and their entries (`name.`) are assumed to be there."""
    for one in iterations:
        non_null |= {one.name, f"{one.name}."}
    return non_null


def non_null_where(node: Node, truth: bool) -> Names:
    """The names that cannot be null where the node is true, or (`truth` False) where it is false."""
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


def settled(node: Node, truth: bool, non_null: Names) -> Names:
    """As `non_null_where`, if the node is never null: an operand after one that is null is evaluated all the same."""
    return frozenset() if nullable(node, non_null) else non_null_where(node, truth)


def reads_null(node: Node) -> bool:
    """Whether a comparison or test writes `null`, so that a null has a meaning of its own."""
    match node:
        case Comparison("=" | "!=", left, right):
            return isinstance(left, Null) or isinstance(right, Null)
        case In(_, tests) | UnaryTests(tests):
            return writes_null(tests)
        case _:
            return False


def _loop_nullable(node: Filter | For | Quantified, non_null: Names, plain: bool) -> bool:
    match node:
        case Filter(source, condition):
            return isinstance(condition, Number | Negation) or nullable(source, non_null, plain)
        case For(iterations):
            return any(nullable(one.source, non_null, plain) or one.end is not None for one in iterations)
        case Quantified(_, iterations, condition):
            inner = iterating(non_null, iterations)
            return nullable(iterations[0].source, non_null, plain) or nullable(condition, inner, plain)
        case _:
            assert_never(node)


def _operation_nullable(node: Arithmetic | Call | Path, non_null: Names, plain: bool) -> bool:
    match node:
        case Arithmetic(operator, left, right):
            safe = operator in ("+", "-", "*") or (isinstance(right, Number) and bool(right.value) and operator == "/")
            return not safe or nullable(left, non_null, plain) or nullable(right, non_null, plain)
        case Call(Name(name), arguments):
            total = name in _TOTAL and not any(nullable(one, non_null, plain) for one in arguments)
            return name not in non_null and not total
        case Call():
            return True
        case Path(source):
            return not (isinstance(source, Name) and f"{source.name}." in non_null)
        case _:
            assert_never(node)


def _flow_nullable(node: If | And | Or, non_null: Names, plain: bool) -> bool:
    """Each part is read only where those before it let it be."""
    match node:
        case If(condition, then, otherwise):
            return (
                (not plain and nullable(condition, non_null, plain))
                or nullable(then, non_null | non_null_where(condition, True), plain)
                or nullable(otherwise, non_null | non_null_where(condition, False), plain)
            )
        case And(operands) | Or(operands):
            for operand in operands:
                if nullable(operand, non_null, plain):
                    return True
                non_null |= settled(operand, isinstance(node, And), non_null)
            return False
        case _:
            assert_never(node)


def _test_nullable(node: Comparison | In | Between, non_null: Names, plain: bool) -> bool:
    if isinstance(node, Between):
        return any(nullable(part, non_null, plain) for part in (node.value, node.low, node.high))
    if reads_null(node):
        tests = node.tests if isinstance(node, In) and not plain else ()
        return any(nullable(test, non_null | {INPUT}) for test in tests if not isinstance(test, Null))
    if isinstance(node, In):
        if plain and not any(isinstance(test, RangeLiteral) for test in node.tests):
            return False
        return any(nullable(part, non_null | {INPUT}, plain) for part in (node.value, *node.tests))
    if plain and node.operator in ("=", "!="):
        return False
    return nullable(node.left, non_null, plain) or nullable(node.right, non_null, plain)


def _united(sets: Iterable[Names]) -> Names:
    return frozenset().union(*sets)
