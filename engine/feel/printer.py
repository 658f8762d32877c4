"""Syntax trees to canonical text. Read back with the same names known, the text gives the same tree."""

from __future__ import annotations

import re
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
    TypeName,
    UnaryTests,
)
from greenlane.engine.feel.precedence import AND, COMPARISON, INSTANCE, MINUS, OR, POSTFIX, POWER, PRIMARY, PRODUCT, SUM
from greenlane.engine.feel.values.number import number_text

_FORM = 0
_ARITHMETIC = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "**": POWER}
_KEY = re.compile(r"[^\W\d]\w*(?: [^\W\d]\w*)*")
_ESCAPED = re.compile(r'[\\"\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]')
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def print_node(node: Node) -> str:
    """The canonical text: one space around operators, brackets only where needed."""
    return _text(node, _FORM)


def _text(node: Node, lowest: int) -> str:
    text, power = _printed(node)
    return text if power >= lowest else f"({text})"


def _joined(nodes: Iterable[Node], separator: str, lowest: int) -> str:
    return separator.join(_text(node, lowest) for node in nodes)


def _printed(node: Node) -> tuple[str, int]:
    """The text and how tightly its outermost operator binds."""
    match node:
        case If() | For() | Quantified() | FunctionLiteral():
            return _form(node), _FORM
        case Negation() | Arithmetic() | Comparison() | And() | Or() | Between() | In() | InstanceOf():
            return _operation(node)
        case Filter(source, condition):
            return f"{_text(source, POSTFIX)}[{_text(condition, _FORM)}]", POSTFIX
        case Path(source, name):
            # A number before a full stop would read as the beginning of another number.
            return f"{_text(source, PRIMARY if isinstance(source, Number) else POSTFIX)}.{name}", POSTFIX
        case Call(function, arguments, names):
            return f"{_text(function, POSTFIX)}({_arguments(arguments, names)})", POSTFIX
        case UnaryTests(tests, negated):
            inner = ", ".join(_test(test) for test in tests) or "-"
            return (f"not({inner})" if negated else f"({inner})" if _is_negation(tests) else inner), _FORM
    return _primary(node)


def _is_negation(tests: tuple[Node, ...]) -> bool:
    """Whether the tests are one call of `not`, which bare would read as the negation of the cell."""
    return (
        len(tests) == 1
        and isinstance(tests[0], Call)
        and isinstance(tests[0].function, Name)
        and tests[0].function.name == "not"
    )


def _primary(
    node: Number | String | Boolean | Null | AtLiteral | Name | InputValue | ListLiteral | ContextLiteral | Range,
) -> tuple[str, int]:
    match node:
        case Number(value):
            # One less than what stands alone, so that a path puts brackets around it.
            return number_text(value), POSTFIX
        case String(value):
            return string_text(value), PRIMARY
        case Boolean(value):
            return ("true" if value else "false"), PRIMARY
        case Null():
            return "null", PRIMARY
        case AtLiteral(text):
            return f"@{string_text(text)}", PRIMARY
        case Name(name):
            return name, PRIMARY
        case InputValue():
            return "?", PRIMARY
        case ListLiteral(items):
            return f"[{_joined(items, ', ', _FORM)}]", PRIMARY
        case ContextLiteral(entries):
            return "{" + ", ".join(f"{_key(key)}: {_text(value, _FORM)}" for key, value in entries) + "}", PRIMARY
        case Range():
            return _range(node), PRIMARY
        case _:
            assert_never(node)


def _form(node: If | For | Quantified | FunctionLiteral) -> str:
    match node:
        case If(condition, then, otherwise):
            return f"if {_text(condition, _FORM)} then {_text(then, _FORM)} else {_text(otherwise, _FORM)}"
        case For(iterations, body):
            return f"for {_iterations(iterations)} return {_text(body, _FORM)}"
        case Quantified(every, iterations, condition):
            word = "every" if every else "some"
            return f"{word} {_iterations(iterations)} satisfies {_text(condition, _FORM)}"
        case FunctionLiteral(parameters, body, external):
            listed = ", ".join(name if kind is None else f"{name}: {print_type(kind)}" for name, kind in parameters)
            return f"function({listed}) {'external ' if external else ''}{_text(body, _FORM)}"
        case _:
            assert_never(node)


def _operation(
    node: Negation | Arithmetic | Comparison | And | Or | Between | In | InstanceOf,
) -> tuple[str, int]:
    match node:
        case Negation(operand):
            return f"-{_text(operand, MINUS)}", MINUS
        case Arithmetic(operator, left, right):
            power = _ARITHMETIC[operator]
            return f"{_text(left, power)} {operator} {_text(right, power + 1)}", power
        case Comparison(operator, left, right):
            return f"{_text(left, COMPARISON)} {operator} {_text(right, SUM)}", COMPARISON
        case And(operands):
            return _joined(operands, " and ", AND + 1), AND
        case Or(operands):
            return _joined(operands, " or ", OR + 1), OR
        case Between(value, low, high):
            return f"{_text(value, COMPARISON)} between {_text(low, SUM)} and {_text(high, SUM)}", COMPARISON
        case In(value, tests):
            return f"{_text(value, COMPARISON)} in {_tests(tests)}", COMPARISON
        case InstanceOf(value, kind):
            return f"{_text(value, INSTANCE)} instance of {print_type(kind)}", INSTANCE
        case _:
            assert_never(node)


def _tests(tests: tuple[Node, ...]) -> str:
    # `x in (= y)` would read as a test, not as the range that is a value.
    if len(tests) == 1 and _printed(tests[0])[1] >= SUM and getattr(tests[0], "operator", "") not in ("=", "!="):
        alone = _test(tests[0])
        # A bracket that begins an operation, as in `x in (< 1) / y`, could be taken for that of the tests.
        if isinstance(tests[0], Range) or not alone.startswith("("):
            return alone
    return f"({', '.join(_test(test) for test in tests)})"


def _test(test: Node) -> str:
    """As it stands in a cell, where a one-sided range needs no brackets and `?` may be left out as it was written."""
    if isinstance(test, Range) and not test.operator and (test.low is None or test.high is None):
        return _one_sided(test)
    if isinstance(test, Comparison) and test.operator in ("=", "!=") and _implied(test.left):
        return f"{test.operator} {_text(test.right, SUM)}"
    return _text(test, _FORM)


def _implied(node: Node) -> bool:
    return isinstance(node, InputValue) and node.span.start == node.span.end


def _range(node: Range) -> str:
    if node.low is not None and node.operator:
        return f"({node.operator} {_text(node.low, SUM)})"
    if node.low is None or node.high is None:
        return f"({_one_sided(node)})"
    low, high = _text(node.low, SUM), _text(node.high, SUM)
    return f"{'[' if node.low_included else '('}{low}..{high}{']' if node.high_included else ')'}"


def _one_sided(node: Range) -> str:
    if node.low is not None:
        return f"{'>=' if node.low_included else '>'} {_text(node.low, SUM)}"
    return f"{'<=' if node.high_included else '<'} {_text(node.high, SUM) if node.high is not None else 'null'}"


def _iterations(iterations: tuple[Iteration, ...]) -> str:
    return ", ".join(
        f"{one.name} in {_text(one.source, _FORM)}" + ("" if one.end is None else f"..{_text(one.end, _FORM)}")
        for one in iterations
    )


def _arguments(arguments: tuple[Node, ...], names: tuple[str, ...]) -> str:
    if not names:
        return _joined(arguments, ", ", _FORM)
    return ", ".join(f"{name}: {_text(argument, _FORM)}" for name, argument in zip(names, arguments, strict=True))


def print_type(kind: TypeName) -> str:
    """The canonical text of a type."""
    if kind.names:
        inner = ", ".join(
            f"{name}: {print_type(argument)}" for name, argument in zip(kind.names, kind.arguments, strict=True)
        )
    else:
        inner = ", ".join(print_type(argument) for argument in kind.arguments)
    text = f"{kind.name}<{inner}>" if inner or kind.result else kind.name
    return text if kind.result is None else f"{text} -> {print_type(kind.result)}"


def string_text(value: str) -> str:
    """The string as a literal."""
    return '"' + _ESCAPED.sub(lambda found: _ESCAPES.get(found.group()) or f"\\u{ord(found.group()):04X}", value) + '"'


def _key(name: str) -> str:
    return name if _KEY.fullmatch(name) else string_text(name)
