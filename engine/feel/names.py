"""Which names an expression reads."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator

from greenlane.engine.feel.ast import (
    Call,
    ContextLiteral,
    Filter,
    For,
    FunctionLiteral,
    Iteration,
    Name,
    Node,
    Quantified,
)
from greenlane.engine.feel.functions import BUILTINS
from greenlane.engine.feel.walk import children

_Locals = frozenset[str]


def names_read(node: Node, names: Collection[str] | None = None) -> tuple[str, ...]:
    """The names read from the scope around the node, in the order of first appearance.

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
            inner = yield from _iterations(iterations, inner, names)
            yield from _free(body, inner | {"partial"}, names)
        case Quantified(_, iterations, condition):
            inner = yield from _iterations(iterations, inner, names)
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


def _iterations(
    iterations: tuple[Iteration, ...], inner: _Locals, names: Collection[str] | None
) -> Generator[str, None, _Locals]:
    for iteration in iterations:
        yield from _free(iteration.source, inner, names)
        if iteration.end is not None:
            yield from _free(iteration.end, inner, names)
        inner |= {iteration.name}
    return inner
