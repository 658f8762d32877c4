"""Going through syntax trees: children, walks, free names. What is in a node is derived from its fields. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from dataclasses import Field, fields, replace
from operator import attrgetter
from typing import Any, TypeVar

from greenlane.engine.feel.ast import (
    NODE_TYPES,
    Call,
    ContextLiteral,
    Filter,
    For,
    FunctionLiteral,
    Iteration,
    Name,
    Node,
    Quantified,
    RangeLiteral,
)
from greenlane.engine.feel.functions import BUILTINS

_Node = TypeVar("_Node", bound=Node)
_Children = Callable[[Any], tuple[Node, ...]]
_Locals = frozenset[str]


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly inside of a node, in the order of the text."""
    return _CHILDREN[type(node)](node)


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


def rebuilt(node: _Node, change: Callable[[Node], Node]) -> _Node:
    """The node with every node directly inside of it changed, but for those in entries, iterations and parameters."""
    made: dict[str, Any] = {}
    for name, many in _REPLACEABLE[type(node)]:
        value = getattr(node, name)
        if many:
            made[name] = tuple(map(change, value))
        elif value is not None:
            made[name] = change(value)
    return replace(node, **made) if made else node


def mentions(node: Node, name: str) -> bool:
    """Whether the name is written anywhere in the node."""
    return any(isinstance(inner, Name) and inner.name == name for inner in walk(node))


def writes_function(node: Node) -> bool:
    """Whether a function literal stands in the node, which would keep hold of the scope it is made in."""
    return any(isinstance(inner, FunctionLiteral) for inner in walk(node))


def names_read(node: Node, names: Collection[str] | None = None) -> tuple[str, ...]:
    """The free names of the node: those read from the scope around it, in the order of first appearance.

    A built-in function that is called is not among them unless `names`, the names in scope, holds it; used otherwise,
    its name is among them unless `names` is given and does not hold it. Inside of a filter every name is, since only
    the items can tell whether it is an entry of theirs.
    """
    return tuple(dict.fromkeys(_free(node, frozenset(), names)))


def _free(node: Node, inner: _Locals, names: Collection[str] | None) -> Iterator[str]:
    match node:
        case Name(name):
            if name not in inner and (name not in BUILTINS or names is None or name in names):
                yield name
        case Call(Name(name), arguments) if name in BUILTINS and not (names and name in names):
            for argument in arguments:
                yield from _free(argument, inner, names)
        case ContextLiteral(entries):
            for key, value in entries:
                yield from _free(value, inner, names)
                inner |= {key}
        case For(iterations, body):
            inner = yield from _free_in_iterations(iterations, inner, names)
            yield from _free(body, inner | {"partial"}, names)
        case Quantified(_, iterations, condition):
            inner = yield from _free_in_iterations(iterations, inner, names)
            yield from _free(condition, inner, names)
        case Filter(source, condition):
            yield from _free(source, inner, names)
            yield from _free(condition, inner | {"item"}, names)
        case FunctionLiteral(parameters, body, external):
            if not external:
                yield from _free(body, inner | {name for name, _ in parameters}, names)
        case _:
            for child in children(node):
                yield from _free(child, inner, names)


def _free_in_iterations(
    iterations: tuple[Iteration, ...], inner: _Locals, names: Collection[str] | None
) -> Generator[str, None, _Locals]:
    for iteration in iterations:
        yield from _free(iteration.source, inner, names)
        if iteration.end is not None:
            yield from _free(iteration.end, inner, names)
        inner |= {iteration.name}
    return inner


def _sources(iterations: tuple[Iteration, ...]) -> Iterator[Node]:
    for iteration in iterations:
        yield iteration.source
        if iteration.end is not None:
            yield iteration.end


_ONE, _OPTIONAL, _MANY = "Node", "Node | None", "tuple[Node, ...]"
# By the annotation of a field, the nodes in its value. Fields of other types hold no nodes.
_NODES_IN: Mapping[str, Callable[[Any], Iterable[Node]]] = {
    _ONE: lambda node: (node,),
    _OPTIONAL: lambda node: () if node is None else (node,),
    _MANY: lambda nodes: nodes,
    "tuple[tuple[str, Node], ...]": lambda entries: [value for _, value in entries],
    "tuple[Iteration, ...]": _sources,
}


def _holding(kind: type[Node]) -> list[Field[Any]]:
    return [field for field in fields(kind) if field.type in _NODES_IN]


def _reader(kind: type[Node]) -> _Children:
    """A function from a node of the type to its children; `attrgetter` where it does, since parsing counts on it."""
    held = _holding(kind)
    types = [field.type for field in held]
    if types == [_MANY] or (len(types) > 1 and set(types) == {_ONE}):
        return attrgetter(*(field.name for field in held))
    parts = [(attrgetter(field.name), _NODES_IN[str(field.type)]) for field in held]
    return lambda node: tuple(child for value, nodes in parts for child in nodes(value(node)))


def _ends(node: RangeLiteral) -> tuple[Node, ...]:
    # The two ends of `(= x)` are one text.
    ends = (node.low,) if node.operator else (node.low, node.high)
    return tuple(end for end in ends if end is not None)


_CHILDREN: Mapping[type[Node], _Children] = {kind: _reader(kind) for kind in NODE_TYPES} | {RangeLiteral: _ends}
_REPLACEABLE: Mapping[type, tuple[tuple[str, bool], ...]] = {
    kind: tuple((field.name, field.type == _MANY) for field in _holding(kind) if field.type in (_ONE, _OPTIONAL, _MANY))
    for kind in NODE_TYPES
}
