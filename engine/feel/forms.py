"""Reading the forms that begin with a keyword: `if`, `for`, `some`, `every` and `function`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from greenlane.engine.feel.ast import For, FunctionLiteral, If, Iteration, Node, Quantified, TypeName
from greenlane.engine.feel.reader import Reader, Stop
from greenlane.engine.feel.type_names import type_name


def _if(reader: Reader) -> Node:
    start = reader.take().start
    condition = reader.expression(0)
    reader.expect("then", "write `if … then … else …`")
    then = reader.expression(0)
    reader.expect("else", "write `if … then … else …`; every `if` has an `else`")
    otherwise = reader.expression(0)
    return If(condition, then, otherwise, reader.span_from(start))


def _for(reader: Reader) -> Node:
    start = reader.take().start
    iterations = _iterations(reader, "return")
    with reader.knowing(*(iteration.name for iteration in iterations), "partial"):
        body = reader.expression(0)
    return For(iterations, body, reader.span_from(start))


def _quantified(reader: Reader) -> Node:
    token = reader.take()
    iterations = _iterations(reader, "satisfies")
    with reader.knowing(*(iteration.name for iteration in iterations)):
        condition = reader.expression(0)
    return Quantified(token.text == "every", iterations, condition, reader.span_from(token.start))


def _iterations(reader: Reader, end: str) -> tuple[Iteration, ...]:
    """Reads `name in source` once or more, and the word that ends them."""
    found: list[Iteration] = []
    while not found or reader.skip(","):
        start = reader.token.start
        name = reader.new_name("in")
        reader.take()
        with reader.knowing(*(iteration.name for iteration in found)):
            source = reader.expression(0)
            last = reader.expression(0) if reader.skip("..") else None
        found.append(Iteration(name, source, last, reader.span_from(start)))
    reader.expect(end, f"write `{end}` after what is gone through")
    return tuple(found)


def _function(reader: Reader) -> Node:
    start = reader.take().start
    if not reader.is_symbol("("):
        raise Stop(reader.unexpected("write the parameters in brackets after `function`"))
    parameters = _parameters(reader)
    external = reader.skip("external")
    with reader.knowing(*(name for name, _ in parameters)):
        body = reader.expression(0)
    return FunctionLiteral(parameters, body, external, reader.span_from(start))


def _parameters(reader: Reader) -> tuple[tuple[str, TypeName | None], ...]:
    found: list[tuple[str, TypeName | None]] = []
    with reader.bracketed():
        while not reader.is_symbol(")"):
            name = reader.new_name(")", ",", ":")
            found.append((name, type_name(reader) if reader.skip(":") else None))
            if not reader.skip(","):
                break
            if reader.is_symbol(")"):
                raise Stop(reader.unexpected("write a parameter after `,`"))
        reader.expect(")")
    return tuple(found)


FORMS: Mapping[str, Callable[[Reader], Node]] = {
    "if": _if,
    "for": _for,
    "some": _quantified,
    "every": _quantified,
    "function": _function,
}
