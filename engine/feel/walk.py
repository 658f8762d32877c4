"""Going through syntax trees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any, TypeVar

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

_Node = TypeVar("_Node", bound=Node)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly inside of a node, in the order of the text."""
    match node:
        case Number() | String() | Boolean() | Null() | AtLiteral() | Name() | InputValue():
            return ()
        case ListLiteral(items):
            return items
        case ContextLiteral(entries):
            return tuple(value for _, value in entries)
        case Range(low, high, operator=operator):
            return tuple(end for end in ((low,) if operator else (low, high)) if end is not None)
        case Negation(operand):
            return (operand,)
        case Arithmetic(_, left, right) | Comparison(_, left, right):
            return (left, right)
        case And(operands) | Or(operands):
            return operands
        case Between(value, low, high):
            return (value, low, high)
        case In(value, tests):
            return (value, *tests)
        case If(condition, then, otherwise):
            return (condition, then, otherwise)
        case For(iterations, body):
            return (*_sources(iterations), body)
        case Quantified(_, iterations, condition):
            return (*_sources(iterations), condition)
        case Filter(source, condition):
            return (source, condition)
        case Path(source):
            return (source,)
        case Call(function, arguments):
            return (function, *arguments)
        case FunctionLiteral(_, body):
            return (body,)
        case InstanceOf(value):
            return (value,)
        case UnaryTests(tests):
            return tests


def _sources(iterations: tuple[Iteration, ...]) -> Iterator[Node]:
    for iteration in iterations:
        yield iteration.source
        if iteration.end is not None:
            yield iteration.end


def rebuilt(node: _Node, change: Callable[[Node], Node]) -> _Node:
    """The node with every node directly inside of it changed, but for those in entries, iterations and parameters."""
    made: dict[str, Any] = {}
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, Node):
            made[field.name] = change(value)
        elif isinstance(value, tuple) and value and all(isinstance(item, Node) for item in value):
            made[field.name] = tuple(map(change, value))
    return replace(node, **made) if made else node


def walk(node: Node) -> Iterator[Node]:
    """The node and all nodes inside of it, outer before inner, in the order of the text. Not limited in depth."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        waiting.extend(reversed(children(found)))


def height(node: Node) -> int:
    """How many nodes stand inside of one another. Not limited in depth."""
    highest = 0
    waiting = [(node, 1)]
    while waiting:
        found, level = waiting.pop()
        highest = max(highest, level)
        waiting.extend((child, level + 1) for child in children(found))
    return highest


def mentions(node: Node, name: str) -> bool:
    """Whether the name is written anywhere in the node."""
    return any(isinstance(inner, Name) and inner.name == name for inner in walk(node))


def writes_function(node: Node) -> bool:
    """Whether a function literal stands in the node, which would keep hold of the scope it is made in."""
    return any(isinstance(inner, FunctionLiteral) for inner in walk(node))
