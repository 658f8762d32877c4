"""Syntax trees to canonical text. Pure; read back with the same names known, the text gives the same tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from greenlane.engine.feel.ast import (
    AND,
    ARITHMETIC,
    COMPARISON,
    INSTANCE,
    MINUS,
    OR,
    POSTFIX,
    PRIMARY,
    SUM,
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
    TypeName,
    UnaryTests,
)
from greenlane.engine.feel.values.number import number_text

_FORM = 0
_KEY = re.compile(r"[^\W\d]\w*(?: [^\W\d]\w*)*")
_ESCAPED = re.compile(r'[\\"\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]')
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def print_node(node: Node) -> str:
    """The canonical text: one space around operators, brackets only where needed."""
    return _text(node)


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


def _text(node: Node, lowest: int = _FORM) -> str:
    """The text, in brackets where its outermost operator binds less tightly than `lowest`."""
    text = _PRINTERS[type(node)][0](node)
    return text if lowest == _FORM or _power(node) >= lowest else f"({text})"


def _power(node: Node) -> int:
    """How tightly the outermost operator of the node binds."""
    return ARITHMETIC[node.operator] if isinstance(node, Arithmetic) else _PRINTERS[type(node)][1]


def _joined(nodes: Iterable[Node], separator: str, lowest: int = _FORM) -> str:
    return separator.join(_text(node, lowest) for node in nodes)


def _context(node: ContextLiteral) -> str:
    return "{" + ", ".join(f"{_key(key)}: {_text(value)}" for key, value in node.entries) + "}"


def _key(name: str) -> str:
    return name if _KEY.fullmatch(name) else string_text(name)


def _range(node: RangeLiteral) -> str:
    if node.low is not None and node.operator:
        return f"({node.operator} {_text(node.low, SUM)})"
    if node.low is None or node.high is None:
        return f"({_one_sided(node)})"
    low, high = _text(node.low, SUM), _text(node.high, SUM)
    return f"{'[' if node.low_included else '('}{low}..{high}{']' if node.high_included else ')'}"


def _one_sided(node: RangeLiteral) -> str:
    if node.low is not None:
        return f"{'>=' if node.low_included else '>'} {_text(node.low, SUM)}"
    return f"{'<=' if node.high_included else '<'} {_text(node.high, SUM) if node.high is not None else 'null'}"


def _arithmetic(node: Arithmetic) -> str:
    power = ARITHMETIC[node.operator]
    return f"{_text(node.left, power)} {node.operator} {_text(node.right, power + 1)}"


def _comparison(node: Comparison) -> str:
    return f"{_text(node.left, COMPARISON)} {node.operator} {_text(node.right, SUM)}"


def _between(node: Between) -> str:
    return f"{_text(node.value, COMPARISON)} between {_text(node.low, SUM)} and {_text(node.high, SUM)}"


def _in(node: In) -> str:
    return f"{_text(node.value, COMPARISON)} in {_tests(node.tests)}"


def _tests(tests: tuple[Node, ...]) -> str:
    # `x in (= y)` would read as a test, not as the range that is a value.
    if len(tests) == 1 and _power(tests[0]) >= SUM and getattr(tests[0], "operator", "") not in ("=", "!="):
        alone = _test(tests[0])
        # A bracket that begins an operation, as in `x in (< 1) / y`, could be taken for that of the tests.
        if isinstance(tests[0], RangeLiteral) or not alone.startswith("("):
            return alone
    return f"({', '.join(_test(test) for test in tests)})"


def _test(test: Node) -> str:
    """As it stands in a cell, where a one-sided range needs no brackets and `?` may be left out as it was written."""
    if isinstance(test, RangeLiteral) and not test.operator and (test.low is None or test.high is None):
        return _one_sided(test)
    if isinstance(test, Comparison) and test.operator in ("=", "!=") and _implied(test.left):
        return f"{test.operator} {_text(test.right, SUM)}"
    return _text(test)


def _implied(node: Node) -> bool:
    return isinstance(node, InputValue) and node.span.start == node.span.end


def _unary_tests(node: UnaryTests) -> str:
    inner = ", ".join(_test(test) for test in node.tests) or "-"
    return f"not({inner})" if node.negated else f"({inner})" if _is_negation(node.tests) else inner


def _is_negation(tests: tuple[Node, ...]) -> bool:
    """Whether the tests are one call of `not`, which bare would read as the negation of the cell."""
    return (
        len(tests) == 1
        and isinstance(tests[0], Call)
        and isinstance(tests[0].function, Name)
        and tests[0].function.name == "not"
    )


def _if(node: If) -> str:
    return f"if {_text(node.condition)} then {_text(node.then)} else {_text(node.otherwise)}"


def _for(node: For) -> str:
    return f"for {_iterations(node.iterations)} return {_text(node.body)}"


def _quantified(node: Quantified) -> str:
    word = "every" if node.every else "some"
    return f"{word} {_iterations(node.iterations)} satisfies {_text(node.condition)}"


def _iterations(iterations: tuple[Iteration, ...]) -> str:
    return ", ".join(
        f"{one.name} in {_text(one.source)}" + ("" if one.end is None else f"..{_text(one.end)}") for one in iterations
    )


def _function(node: FunctionLiteral) -> str:
    listed = ", ".join(name if kind is None else f"{name}: {print_type(kind)}" for name, kind in node.parameters)
    return f"function({listed}) {'external ' if node.external else ''}{_text(node.body)}"


def _path(node: Path) -> str:
    # A number before a full stop would read as the beginning of another number.
    return f"{_text(node.source, PRIMARY if isinstance(node.source, Number) else POSTFIX)}.{node.name}"


def _call(node: Call) -> str:
    if node.names:
        pairs = zip(node.names, node.arguments, strict=True)
        arguments = ", ".join(f"{name}: {_text(argument)}" for name, argument in pairs)
    else:
        arguments = _joined(node.arguments, ", ")
    return f"{_text(node.function, POSTFIX)}({arguments})"


# The text of a node of the type, and how tightly its outermost operator binds; that of arithmetic depends on the sign.
_PRINTERS: Mapping[type[Node], tuple[Callable[[Any], str], int]] = {
    # One less than what stands alone, so that a path puts brackets around it.
    Number: (lambda node: number_text(node.value), POSTFIX),
    String: (lambda node: string_text(node.value), PRIMARY),
    Boolean: (lambda node: "true" if node.value else "false", PRIMARY),
    Null: (lambda _: "null", PRIMARY),
    AtLiteral: (lambda node: f"@{string_text(node.text)}", PRIMARY),
    Name: (lambda node: node.name, PRIMARY),
    InputValue: (lambda _: "?", PRIMARY),
    ListLiteral: (lambda node: f"[{_joined(node.items, ', ')}]", PRIMARY),
    ContextLiteral: (_context, PRIMARY),
    RangeLiteral: (_range, PRIMARY),
    Negation: (lambda node: f"-{_text(node.operand, MINUS)}", MINUS),
    Arithmetic: (_arithmetic, 0),
    Comparison: (_comparison, COMPARISON),
    And: (lambda node: _joined(node.operands, " and ", AND + 1), AND),
    Or: (lambda node: _joined(node.operands, " or ", OR + 1), OR),
    Between: (_between, COMPARISON),
    In: (_in, COMPARISON),
    If: (_if, _FORM),
    For: (_for, _FORM),
    Quantified: (_quantified, _FORM),
    Filter: (lambda node: f"{_text(node.source, POSTFIX)}[{_text(node.condition)}]", POSTFIX),
    Path: (_path, POSTFIX),
    Call: (_call, POSTFIX),
    FunctionLiteral: (_function, _FORM),
    InstanceOf: (lambda node: f"{_text(node.value, INSTANCE)} instance of {print_type(node.type)}", INSTANCE),
    UnaryTests: (_unary_tests, _FORM),
}
