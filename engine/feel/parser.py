"""FEEL text to syntax trees: a Pratt parser. The grammar is on the page `grammar.md` beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from greenlane.engine.feel import faults
from greenlane.engine.feel.ast import (
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
    Span,
    UnaryTests,
)
from greenlane.engine.feel.cells import cell, test
from greenlane.engine.feel.faults import Fault, FeelSyntaxError
from greenlane.engine.feel.functions import BUILTINS
from greenlane.engine.feel.precedence import AND, COMPARISON, INSTANCE, MINUS, OR, POSTFIX, POWER, PRODUCT, SUM
from greenlane.engine.feel.primaries import parenthesised, primary
from greenlane.engine.feel.reader import Grammar, Reader, Stop
from greenlane.engine.feel.tokens import COMPARISONS, KEYWORDS, Kind
from greenlane.engine.feel.type_names import type_name
from greenlane.engine.feel.walk import height

MAX_HEIGHT = 200
_ARITHMETIC = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "**": POWER}
_WORDS = {"or": OR, "and": AND, "between": COMPARISON, "in": COMPARISON, "instance": INSTANCE}
_POSTFIX = frozenset(".[(")
_Parsed = TypeVar("_Parsed", Node, UnaryTests)


def parse_expression(text: str, names: Iterable[str] = frozenset(), members: Iterable[str] = frozenset()) -> Node:
    """The tree of an expression.

    `names` are the names in scope and `members` the names of context entries; only those that hold spaces or operators
    need be given, since any other name is read as it stands. Raises FeelSyntaxError.
    """
    return _parsed(text, names, members, lambda reader: expression(reader, 0))


def parse_unary_tests(
    text: str, names: Iterable[str] = frozenset(), members: Iterable[str] = frozenset()
) -> UnaryTests:
    """The tree of a cell; blank or `-` is any value. Arguments and errors are those of `parse_expression`."""
    return _parsed(text, names, members, cell)


def _parsed(text: str, names: Iterable[str], members: Iterable[str], parse: Callable[[Reader], _Parsed]) -> _Parsed:
    reader = Reader(text, names, members, BUILTINS, Grammar(expression, parenthesised))
    try:
        node = parse(reader)
        if reader.token.kind is not Kind.END:
            raise Stop(_trailing(reader))
    except Stop as stop:
        raise FeelSyntaxError(reader.faults_after(stop)) from None
    if height(node) > MAX_HEIGHT:
        message = f"the expression has more than {MAX_HEIGHT} operations in one another"
        raise FeelSyntaxError([Fault(faults.TOO_MUCH, message, node.span, "split it into several decisions")])
    return node


def _trailing(reader: Reader) -> Fault:
    if reader.token.kind in (Kind.WORD, Kind.NUMBER, Kind.STRING) and reader.token.text not in KEYWORDS:
        return reader.unexpected("write an operator between the two values")
    return reader.unexpected()


def expression(reader: Reader, lowest: int) -> Node:
    """Reads an expression whose operators all bind at least as tightly as `lowest`."""
    with reader.nested():
        start = reader.token.start
        left = _prefix(reader)
        return _continued(reader, left, lowest, start)


def _continued(reader: Reader, left: Node, lowest: int, start: int) -> Node:
    """Reads on from what may be the left operand of more."""
    while (power := _power(reader)) and power >= lowest:
        left = _infix(reader, left, power, start)
    return left


def _prefix(reader: Reader) -> Node:
    if reader.is_symbol("-"):
        start = reader.take().start
        operand = expression(reader, MINUS)
        return Negation(operand, reader.span_from(start))
    return primary(reader)


def _power(reader: Reader) -> int:
    token = reader.token
    if token.kind is Kind.WORD:
        return _WORDS.get(token.text, 0)
    if token.kind is not Kind.SYMBOL:
        return 0
    if token.text in _POSTFIX:
        return 0 if token.text == "[" and reader.closes_range() else POSTFIX
    return COMPARISON if token.text in COMPARISONS else _ARITHMETIC.get(token.text, 0)


def _infix(reader: Reader, left: Node, power: int, start: int) -> Node:
    if power == POSTFIX:
        return _postfix(reader, left, start)
    operator = reader.take().text
    if power in (OR, AND):
        return _logical(reader, left, operator, power, start)
    if operator == "between":
        low = expression(reader, SUM)
        reader.expect("and", "write `between … and …`")
        high = expression(reader, SUM)
        return Between(left, low, high, reader.span_from(start))
    if operator == "in":
        tests = _membership(reader)
        return In(left, tests, reader.span_from(start))
    if operator == "instance":
        reader.expect("of", "write `instance of`")
        kind = type_name(reader)
        return InstanceOf(left, kind, reader.span_from(start))
    right = expression(reader, power + 1)
    if power == COMPARISON:
        return Comparison(operator, left, right, reader.span_from(start))
    return Arithmetic(operator, left, right, reader.span_from(start))


def _logical(reader: Reader, left: Node, operator: str, power: int, start: int) -> Node:
    operands = [left, expression(reader, power + 1)]
    while reader.is_word(operator):
        reader.take()
        operands.append(expression(reader, power + 1))
    joined = And if power == AND else Or
    return joined(tuple(operands), reader.span_from(start))


def _membership(reader: Reader) -> tuple[Node, ...]:
    if not reader.is_symbol("("):
        return (test(reader, SUM),)
    start = reader.token.start
    tests = parenthesised(reader, tests=True)
    if len(tests) == 1 and _power(reader) >= SUM:
        # `x in (a + b) * c`: the bracket was only the beginning of an expression.
        return (_continued(reader, tests[0], SUM, start),)
    return tests


def _postfix(reader: Reader, left: Node, start: int) -> Node:
    if reader.is_symbol("."):
        reader.take()
        name = reader.member_name()
        if name is None:
            raise Stop(reader.unexpected("write the name of an entry after `.`"))
        return Path(left, name, reader.span_from(start))
    if reader.is_symbol("["):
        with reader.bracketed():
            reader.in_filter += 1
            with reader.knowing("item"):
                condition = expression(reader, 0)
            reader.in_filter -= 1
            reader.expect("]")
        return Filter(left, condition, reader.span_from(start))
    arguments, names = _arguments(reader)
    return Call(left, arguments, names, reader.span_from(start))


def _arguments(reader: Reader) -> tuple[tuple[Node, ...], tuple[str, ...]]:
    arguments: list[Node] = []
    names: list[str] = []
    with reader.bracketed():
        while not reader.is_symbol(")"):
            named = reader.name_before(":")
            if arguments and named != bool(names):
                span = Span(reader.token.start, reader.token.end)
                message = "arguments by position and by name are mixed"
                raise Stop(Fault(faults.ARGUMENTS, message, span, "name all arguments or none"))
            if named:
                names.append(reader.new_name(":"))
                reader.take()
            arguments.append(expression(reader, 0))
            if not reader.skip(","):
                break
            if reader.is_symbol(")"):
                raise Stop(reader.unexpected("write an argument after `,`"))
        reader.expect(")")
    return tuple(arguments), tuple(names)
