"""Reading what an expression begins with: literals, names, brackets and the forms that begin with a keyword."""

from __future__ import annotations

from greenlane.engine.feel import faults
from greenlane.engine.feel.ast import (
    AtLiteral,
    Boolean,
    Comparison,
    ContextLiteral,
    InputValue,
    ListLiteral,
    Name,
    Node,
    Null,
    Number,
    Range,
    Span,
    String,
)
from greenlane.engine.feel.cells import test
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.faults import Fault
from greenlane.engine.feel.forms import FORMS
from greenlane.engine.feel.reader import Reader, Stop
from greenlane.engine.feel.tokens import COMPARISONS, Kind, Token
from greenlane.engine.feel.values.number import parse_number


def primary(reader: Reader) -> Node:
    """Reads a literal, a name, a bracket or a form such as `if`."""
    token = reader.token
    if token.kind is Kind.NUMBER:
        return _number(reader.take())
    if token.kind is Kind.STRING:
        reader.take()
        return String(token.text, Span(token.start, token.end))
    if token.kind is Kind.SYMBOL:
        return _symbol(reader, token)
    if token.kind is Kind.WORD:
        return _word(reader, token)
    raise Stop(reader.unexpected("write a value here"))


def _number(token: Token) -> Node:
    span = Span(token.start, token.end)
    try:
        return Number(parse_number(token.text), span)
    except FeelError as error:
        raise Stop(Fault(faults.NUMERAL, error.en, span)) from None


def _symbol(reader: Reader, token: Token) -> Node:
    if token.text == "(":
        return _grouped(reader)
    if token.text == "[":
        return _list_or_range(reader)
    if token.text == "]":
        return _open_range(reader)
    if token.text == "{":
        return _context(reader)
    if token.text == "@" and reader.following().kind is Kind.STRING:
        reader.take()
        return AtLiteral(reader.take().text, reader.span_from(token.start))
    if token.text == "?":
        reader.take()
        return InputValue(Span(token.start, token.end))
    if token.text == "@":
        reader.take()
        raise Stop(reader.unexpected('write a date, time or duration in quotes after `@`: `@"2026-03-02"`'))
    raise Stop(reader.unexpected("write a value here"))


def _word(reader: Reader, token: Token) -> Node:
    name = reader.names.match(reader.tokens, reader.at)
    if name is None or name[1] == 1:
        span = Span(token.start, token.end)
        if token.text in ("true", "false"):
            reader.take()
            return Boolean(token.text == "true", span)
        if token.text == "null":
            reader.take()
            return Null(span)
        if token.text in FORMS:
            with reader.nested():
                return FORMS[token.text](reader)
    found = reader.scoped_name()
    if found is None:
        raise Stop(reader.unexpected())
    return Name(found, reader.span_from(token.start))


def _grouped(reader: Reader) -> Node:
    start = reader.token.start
    (inner,) = parenthesised(reader, tests=False)
    if (
        isinstance(inner, Comparison)
        and isinstance(inner.left, InputValue)
        and inner.left.span == Span(inner.span.start, inner.span.start)
    ):
        # `(= x)` is a value like `(< x)`, not a comparison with `?`.
        return Range(inner.right, inner.right, True, True, reader.span_from(start), inner.operator)
    return inner


def parenthesised(reader: Reader, tests: bool) -> tuple[Node, ...]:
    """Reads `( … )`: an expression, a range, or with `tests` one or more unary tests."""
    with reader.bracketed() as opening:
        unary = reader.is_symbol(*COMPARISONS)
        found = [test(reader, 0)]
        if not unary and reader.is_symbol(".."):
            return (_range(reader, found[0], opening),)
        while tests and reader.skip(","):
            found.append(test(reader, 0))
        reader.expect(")")
    return tuple(found)


def _range(reader: Reader, low: Node, opening: Token) -> Node:
    """Reads `..`, the high end and the closing bracket, which may be `[`."""
    reader.expect("..")
    reader.at_range_end = True
    high = reader.expression(0)
    if not reader.is_symbol("]", ")", "["):
        raise Stop(reader.unexpected("close the range with `]` or `)`"))
    closing = reader.take()
    return Range(low, high, opening.text == "[", closing.text == "]", reader.span_from(opening.start))


def _list_or_range(reader: Reader) -> Node:
    items: list[Node] = []
    with reader.bracketed() as opening:
        while not reader.is_symbol("]"):
            # A list of tests is written in brackets: `[> 5, 3]` has none.
            items.append(reader.expression(0))
            if len(items) == 1 and reader.is_symbol(".."):
                return _range(reader, items[0], opening)
            if not reader.skip(","):
                break
            if reader.is_symbol("]"):
                raise Stop(reader.unexpected("write an item after `,`"))
        reader.expect("]")
    return ListLiteral(tuple(items), reader.span_from(opening.start))


def _open_range(reader: Reader) -> Node:
    with reader.bracketed() as opening:
        low = reader.expression(0)
        return _range(reader, low, opening)


def _context(reader: Reader) -> Node:
    entries: list[tuple[str, Node]] = []
    names: list[str] = []
    with reader.bracketed() as opening:
        try:
            while not reader.is_symbol("}"):
                key = reader.take().text if reader.token.kind is Kind.STRING else reader.new_name(":")
                reader.expect(":")
                entries.append((key, reader.expression(0)))
                names.append(key)
                reader.names.add(key)
                reader.members.add(key)
                if not reader.skip(","):
                    break
                if reader.is_symbol("}"):
                    raise Stop(reader.unexpected("write an entry after `,`"))
            reader.expect("}")
        finally:
            for name in names:
                reader.names.remove(name)
    return ContextLiteral(tuple(entries), reader.span_from(opening.start))
