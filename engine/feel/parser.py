"""FEEL text to syntax trees: an operator precedence (Pratt) parser. Pure. The grammar is `grammar.md` beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from greenlane.engine.feel.ast import (
    AND,
    ARITHMETIC,
    COMPARISON,
    INSTANCE,
    MINUS,
    OR,
    POSTFIX,
    SUM,
    And,
    Arithmetic,
    Between,
    Call,
    Comparison,
    Filter,
    In,
    InstanceOf,
    Negation,
    Node,
    Or,
    Path,
    RangeLiteral,
    Span,
    UnaryTests,
)
from greenlane.engine.feel.errors import FeelSyntaxError, SyntaxCode, SyntaxDiagnostic
from greenlane.engine.feel.functions import BUILTINS
from greenlane.engine.feel.lexer import COMPARISONS, KEYWORDS, TokenKind
from greenlane.engine.feel.operands import operand, parenthesised, unary_test
from greenlane.engine.feel.token_stream import ParseError, TokenStream
from greenlane.engine.feel.type_expressions import parse_type
from greenlane.engine.feel.visitor import height

MAX_HEIGHT = 200
_WORDS = {"or": OR, "and": AND, "between": COMPARISON, "in": COMPARISON, "instance": INSTANCE}
_POSTFIX = frozenset(".[(")
_Parsed = TypeVar("_Parsed", Node, UnaryTests)


def parse_expression(text: str, names: Iterable[str] = frozenset(), members: Iterable[str] = frozenset()) -> Node:
    """The tree of an expression.

    `names` are the names in scope and `members` the names of context entries; only those that hold spaces or operators
    need be given, since any other name is read as it stands. Raises FeelSyntaxError.
    """
    return _parsed(text, names, members, _expression)


def parse_unary_tests(
    text: str, names: Iterable[str] = frozenset(), members: Iterable[str] = frozenset()
) -> UnaryTests:
    """The tree of a cell; blank or `-` is any value. Arguments and errors are those of `parse_expression`."""
    return _parsed(text, names, members, _unary_tests)


def _parsed(
    text: str, names: Iterable[str], members: Iterable[str], parse: Callable[[TokenStream], _Parsed]
) -> _Parsed:
    stream = TokenStream(text, names, members, BUILTINS, _expression)
    try:
        node = parse(stream)
        if stream.token.kind is not TokenKind.END:
            raise _trailing(stream)
    except ParseError as error:
        raise FeelSyntaxError(stream.diagnostics_after(error)) from None
    if height(node) > MAX_HEIGHT:
        message = f"the expression has more than {MAX_HEIGHT} operations in one another"
        advice = "split it into several decisions"
        raise FeelSyntaxError([SyntaxDiagnostic(SyntaxCode.TOO_MUCH, message, node.span, advice)])
    return node


def _trailing(stream: TokenStream) -> ParseError:
    value = stream.token.kind in (TokenKind.WORD, TokenKind.NUMBER, TokenKind.STRING)
    if value and stream.token.text not in KEYWORDS:
        return stream.unexpected("write an operator between the two values")
    return stream.unexpected()


def _unary_tests(stream: TokenStream) -> UnaryTests:
    """Parses a whole cell."""
    whole = Span(0, len(stream.text))
    if stream.token.kind is TokenKind.END:
        return UnaryTests((), False, whole)
    if stream.is_symbol("-") and stream.following().kind is TokenKind.END:
        stream.take()
        return UnaryTests((), False, whole)
    if negated := _negated(stream):
        return UnaryTests(negated, True, whole)
    tests = [unary_test(stream)]
    while stream.skip(","):
        tests.append(unary_test(stream))
    if stream.is_word("and", "or", "between", "in") and isinstance(tests[-1], RangeLiteral | Comparison):
        raise stream.unexpected("write `?` for the value in each condition: `? > 1 and ? < 9`")
    return UnaryTests(tuple(tests), False, whole)


def _negated(stream: TokenStream) -> tuple[Node, ...] | None:
    """The tests inside of a `not(…)` that is the whole cell."""
    if not (stream.is_word("not") and stream.following().text == "("):
        return None
    mark = stream.mark()
    stream.take()
    tests = parenthesised(stream, tests=True)
    if stream.token.kind is TokenKind.END:
        return tests
    stream.rewind(mark)
    return None


def _expression(stream: TokenStream, lowest: int = 0) -> Node:
    """Parses an expression whose operators all bind at least as tightly as `lowest`."""
    with stream.nested():
        start = stream.token.start
        left = _prefix(stream)
        return _continued(stream, left, lowest, start)


def _continued(stream: TokenStream, left: Node, lowest: int, start: int) -> Node:
    """Parses on from what may be the left operand of more."""
    while (power := _power(stream)) and power >= lowest:
        left = _infix(stream, left, power, start)
    return left


def _prefix(stream: TokenStream) -> Node:
    if stream.is_symbol("-"):
        start = stream.take().start
        negated = _expression(stream, MINUS)
        return Negation(negated, stream.span_from(start))
    return operand(stream)


def _power(stream: TokenStream) -> int:
    """How tightly the operator that comes next binds; 0 where none does."""
    token = stream.token
    if token.kind is TokenKind.WORD:
        return _WORDS.get(token.text, 0)
    if token.kind is not TokenKind.SYMBOL:
        return 0
    if token.text in _POSTFIX:
        return 0 if token.text == "[" and stream.closes_range() else POSTFIX
    return COMPARISON if token.text in COMPARISONS else ARITHMETIC.get(token.text, 0)


def _infix(stream: TokenStream, left: Node, power: int, start: int) -> Node:
    if power == POSTFIX:
        return _postfix(stream, left, start)
    operator = stream.take().text
    if power in (OR, AND):
        return _logical(stream, left, operator, power, start)
    if operator == "between":
        low = _expression(stream, SUM)
        stream.expect("and", "write `between … and …`")
        high = _expression(stream, SUM)
        return Between(left, low, high, stream.span_from(start))
    if operator == "in":
        tests = _membership(stream)
        return In(left, tests, stream.span_from(start))
    if operator == "instance":
        stream.expect("of", "write `instance of`")
        kind = parse_type(stream)
        return InstanceOf(left, kind, stream.span_from(start))
    right = _expression(stream, power + 1)
    if power == COMPARISON:
        return Comparison(operator, left, right, stream.span_from(start))
    return Arithmetic(operator, left, right, stream.span_from(start))


def _logical(stream: TokenStream, left: Node, operator: str, power: int, start: int) -> Node:
    operands = [left, _expression(stream, power + 1)]
    while stream.is_word(operator):
        stream.take()
        operands.append(_expression(stream, power + 1))
    joined = And if power == AND else Or
    return joined(tuple(operands), stream.span_from(start))


def _membership(stream: TokenStream) -> tuple[Node, ...]:
    """Parses the right side of `in`."""
    if not stream.is_symbol("("):
        return (unary_test(stream, SUM),)
    start = stream.token.start
    tests = parenthesised(stream, tests=True)
    if len(tests) == 1 and _power(stream) >= SUM:
        # `x in (a + b) * c`: the bracket was only the beginning of an expression.
        return (_continued(stream, tests[0], SUM, start),)
    return tests


def _postfix(stream: TokenStream, left: Node, start: int) -> Node:
    """Parses `.name`, `[condition]` or `(arguments)` after a value."""
    if stream.skip("."):
        name = stream.member_name()
        if name is None:
            raise stream.unexpected("write the name of an entry after `.`")
        return Path(left, name, stream.span_from(start))
    if stream.is_symbol("["):
        with stream.bracketed():
            stream.in_filter += 1
            with stream.knowing("item"):
                condition = _expression(stream)
            stream.in_filter -= 1
            stream.expect("]")
        return Filter(left, condition, stream.span_from(start))
    arguments, names = _arguments(stream)
    return Call(left, arguments, names, stream.span_from(start))


def _arguments(stream: TokenStream) -> tuple[tuple[Node, ...], tuple[str, ...]]:
    arguments: list[Node] = []
    names: list[str] = []
    with stream.bracketed():
        while not stream.is_symbol(")"):
            named = stream.name_before(":")
            if arguments and named != bool(names):
                span = Span(stream.token.start, stream.token.end)
                message = "arguments by position and by name are mixed"
                raise ParseError(SyntaxDiagnostic(SyntaxCode.ARGUMENTS, message, span, "name all arguments or none"))
            if named:
                names.append(stream.new_name(":"))
                stream.take()
            arguments.append(_expression(stream))
            if not stream.separator(")", "write an argument after `,`"):
                break
        stream.expect(")")
    return tuple(arguments), tuple(names)
