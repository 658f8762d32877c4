"""Parsing of what an expression begins with: literals, names, brackets, `if`, `for`, `some`, `function`. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from greenlane.engine.feel.ast import (
    SUM,
    AtLiteral,
    Boolean,
    Comparison,
    ContextLiteral,
    For,
    FunctionLiteral,
    If,
    InputValue,
    Iteration,
    ListLiteral,
    Name,
    Node,
    Null,
    Number,
    Quantified,
    RangeLiteral,
    Span,
    String,
    TypeName,
)
from greenlane.engine.feel.errors import FeelError, SyntaxCode, SyntaxDiagnostic
from greenlane.engine.feel.lexer import COMPARISONS, Token, TokenKind
from greenlane.engine.feel.token_stream import ParseError, TokenStream
from greenlane.engine.feel.type_expressions import parse_type
from greenlane.engine.feel.values.number import parse_number


def operand(stream: TokenStream) -> Node:
    """Parses a literal, a name, a bracket or a form such as `if`."""
    token = stream.token
    if token.kind is TokenKind.NUMBER:
        return _number(stream.take())
    if token.kind is TokenKind.STRING:
        stream.take()
        return String(token.text, Span(token.start, token.end))
    if token.kind is TokenKind.SYMBOL:
        return _symbol(stream, token)
    if token.kind is TokenKind.WORD:
        return _word(stream, token)
    raise stream.unexpected("write a value here")


def _number(token: Token) -> Node:
    span = Span(token.start, token.end)
    try:
        return Number(parse_number(token.text), span)
    except FeelError as error:
        raise ParseError(SyntaxDiagnostic(SyntaxCode.NUMERAL, error.en, span)) from None


def _symbol(stream: TokenStream, token: Token) -> Node:
    bracket = _BRACKETS.get(token.text)
    if bracket is not None:
        return bracket(stream)
    if token.text == "?":
        stream.take()
        return InputValue(Span(token.start, token.end))
    if token.text == "@":
        stream.take()
        if stream.token.kind is TokenKind.STRING:
            return AtLiteral(stream.take().text, stream.span_from(token.start))
        raise stream.unexpected('write a date, time or duration in quotes after `@`: `@"2026-03-02"`')
    raise stream.unexpected("write a value here")


def _word(stream: TokenStream, token: Token) -> Node:
    name = stream.names.match(stream.tokens, stream.at)
    if name is None or name[1] == 1:
        span = Span(token.start, token.end)
        if token.text in ("true", "false"):
            stream.take()
            return Boolean(token.text == "true", span)
        if token.text == "null":
            stream.take()
            return Null(span)
        if token.text in _FORMS:
            with stream.nested():
                return _FORMS[token.text](stream)
    found = stream.scoped_name()
    if found is None:
        raise stream.unexpected()
    return Name(found, stream.span_from(token.start))


def parenthesised(stream: TokenStream, tests: bool) -> tuple[Node, ...]:
    """Parses `( … )`: an expression, a range, or with `tests` one or more unary tests."""
    with stream.bracketed() as opening:
        unary = stream.is_symbol(*COMPARISONS)
        found = [unary_test(stream)]
        if not unary and stream.is_symbol(".."):
            return (_range(stream, found[0], opening),)
        while tests and stream.skip(","):
            found.append(unary_test(stream))
        stream.expect(")")
    return tuple(found)


def unary_test(stream: TokenStream, lowest: int = 0) -> Node:
    """Parses one test: an operator and an end point, or an expression."""
    start = stream.token.start
    if not stream.is_symbol(*COMPARISONS):
        return stream.expression(lowest)
    operator = stream.take().text
    end = stream.expression(SUM)
    span = stream.span_from(start)
    if operator in ("=", "!="):
        return Comparison(operator, InputValue(Span(start, start)), end, span)
    below = operator in ("<", "<=")
    included = operator in ("<=", ">=")
    return RangeLiteral(
        None if below else end, end if below else None, included and not below, included and below, span
    )


def _grouped(stream: TokenStream) -> Node:
    start = stream.token.start
    (inner,) = parenthesised(stream, tests=False)
    if (
        isinstance(inner, Comparison)
        and isinstance(inner.left, InputValue)
        and inner.left.span == Span(inner.span.start, inner.span.start)
    ):
        # `(= x)` is a value like `(< x)`, not a comparison with `?`.
        return RangeLiteral(inner.right, inner.right, True, True, stream.span_from(start), inner.operator)
    return inner


def _range(stream: TokenStream, low: Node, opening: Token) -> Node:
    """Parses `..`, the high end and the closing bracket, which may be `[`."""
    stream.expect("..")
    stream.at_range_end = True
    high = stream.expression()
    if not stream.is_symbol("]", ")", "["):
        raise stream.unexpected("close the range with `]` or `)`")
    closing = stream.take()
    return RangeLiteral(low, high, opening.text == "[", closing.text == "]", stream.span_from(opening.start))


def _list_or_range(stream: TokenStream) -> Node:
    items: list[Node] = []
    with stream.bracketed() as opening:
        while not stream.is_symbol("]"):
            # A list of tests is written in brackets: `[> 5, 3]` has none.
            items.append(stream.expression())
            if len(items) == 1 and stream.is_symbol(".."):
                return _range(stream, items[0], opening)
            if not stream.separator("]", "write an item after `,`"):
                break
        stream.expect("]")
    return ListLiteral(tuple(items), stream.span_from(opening.start))


def _open_range(stream: TokenStream) -> Node:
    with stream.bracketed() as opening:
        low = stream.expression()
        return _range(stream, low, opening)


def _context(stream: TokenStream) -> Node:
    entries: list[tuple[str, Node]] = []
    names: list[str] = []
    with stream.bracketed() as opening:
        try:
            while not stream.is_symbol("}"):
                key = stream.take().text if stream.token.kind is TokenKind.STRING else stream.new_name(":")
                stream.expect(":")
                entries.append((key, stream.expression()))
                names.append(key)
                stream.names.add(key)
                stream.members.add(key)
                if not stream.separator("}", "write an entry after `,`"):
                    break
            stream.expect("}")
        finally:
            for name in names:
                stream.names.remove(name)
    return ContextLiteral(tuple(entries), stream.span_from(opening.start))


_BRACKETS: Mapping[str, Callable[[TokenStream], Node]] = {
    "(": _grouped,
    "[": _list_or_range,
    "]": _open_range,
    "{": _context,
}


def _if(stream: TokenStream) -> Node:
    start = stream.take().start
    condition = stream.expression()
    stream.expect("then", "write `if … then … else …`")
    then = stream.expression()
    stream.expect("else", "write `if … then … else …`; every `if` has an `else`")
    otherwise = stream.expression()
    return If(condition, then, otherwise, stream.span_from(start))


def _for(stream: TokenStream) -> Node:
    start = stream.take().start
    iterations = _iterations(stream, "return")
    with stream.knowing(*(iteration.name for iteration in iterations), "partial"):
        body = stream.expression()
    return For(iterations, body, stream.span_from(start))


def _quantified(stream: TokenStream) -> Node:
    token = stream.take()
    iterations = _iterations(stream, "satisfies")
    with stream.knowing(*(iteration.name for iteration in iterations)):
        condition = stream.expression()
    return Quantified(token.text == "every", iterations, condition, stream.span_from(token.start))


def _iterations(stream: TokenStream, end: str) -> tuple[Iteration, ...]:
    """Parses `name in source` once or more, and the word that ends them."""
    found: list[Iteration] = []
    while not found or stream.skip(","):
        start = stream.token.start
        name = stream.new_name("in")
        stream.take()
        with stream.knowing(*(iteration.name for iteration in found)):
            source = stream.expression()
            last = stream.expression() if stream.skip("..") else None
        found.append(Iteration(name, source, last, stream.span_from(start)))
    stream.expect(end, f"write `{end}` after what is gone through")
    return tuple(found)


def _function(stream: TokenStream) -> Node:
    start = stream.take().start
    if not stream.is_symbol("("):
        raise stream.unexpected("write the parameters in brackets after `function`")
    parameters = _parameters(stream)
    external = stream.skip("external")
    with stream.knowing(*(name for name, _ in parameters)):
        body = stream.expression()
    return FunctionLiteral(parameters, body, external, stream.span_from(start))


def _parameters(stream: TokenStream) -> tuple[tuple[str, TypeName | None], ...]:
    found: list[tuple[str, TypeName | None]] = []
    with stream.bracketed():
        while not stream.is_symbol(")"):
            name = stream.new_name(")", ",", ":")
            found.append((name, parse_type(stream) if stream.skip(":") else None))
            if not stream.separator(")", "write a parameter after `,`"):
                break
        stream.expect(")")
    return tuple(found)


_FORMS: Mapping[str, Callable[[TokenStream], Node]] = {
    "if": _if,
    "for": _for,
    "some": _quantified,
    "every": _quantified,
    "function": _function,
}
