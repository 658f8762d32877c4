"""Code of operators and unary tests: Python's own operators inline where they mean FEEL's, calls for the rest. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from greenlane.engine.feel import operations
from greenlane.engine.feel.ast import (
    And,
    Arithmetic,
    Between,
    Comparison,
    If,
    In,
    InputValue,
    InstanceOf,
    Negation,
    Node,
    Null,
    Or,
    RangeLiteral,
    UnaryTests,
)
from greenlane.engine.feel.codegen.code_writer import EQUAL, ORDERED, TYPES
from greenlane.engine.feel.codegen.emission import Bindings, EmissionContext, LocalBindings, Operand
from greenlane.engine.feel.printer import print_type
from greenlane.engine.feel.scope import FREE_SIZE
from greenlane.engine.feel.semantics import ErrorContext
from greenlane.engine.feel.type_expressions import is_known
from greenlane.engine.feel.unary_tests import INPUT, FixedTests, is_written_out, traits_of
from greenlane.engine.feel.values.types import Range

# `**` has cases of its own.
_ON_NUMBERS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}
SIGNS = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
# Types of which a set finds what FEEL's equality finds.
_HASHED = (Decimal, str)
_Fixed = Sequence[tuple[bool, Any]]
"""For each test whether it is constant, and its value."""


def negation(emission: EmissionContext, node: Negation, bindings: Bindings) -> Operand:
    """`-operand`."""
    operand = emission.emit(node.operand, bindings)
    slow = f"negated({emission.errors(node, node.operand)}, {operand})"
    return emission.result(f"minus({operand}) if type({operand}) is Decimal else {slow}")


def arithmetic(emission: EmissionContext, node: Arithmetic, bindings: Bindings) -> Operand:
    """`left + right` and the like."""
    left, right = emission.emit(node.left, bindings), emission.emit(node.right, bindings)
    operation = emission.writer.constant(operations.ARITHMETIC[node.operator])
    errors, payer = emission.errors(node, node.left, node.right), emission.payer(bindings)
    slow = f"arithmetic({errors}, {operation}, {left}, {right}, {payer})"
    if node.operator not in _ON_NUMBERS:
        return emission.result(slow)
    writer, result = emission.writer, emission.writer.variable()
    with writer.block(f"if {_are('Decimal', left, right)}"):
        with writer.block("try"):
            writer.line(f"{result} = {_ON_NUMBERS[node.operator]}({left}, {right})")
        with writer.block("except DecimalException"):
            writer.line(f"{result} = {slow}")
    with writer.block("else"):
        writer.line(f"{result} = {slow}")
    return Operand(result)


def comparison(emission: EmissionContext, node: Comparison, bindings: Bindings) -> Operand:
    """`left < right` and the like."""
    left, right = emission.emit(node.left, bindings), emission.emit(node.right, bindings)
    errors = emission.errors(node, node.left, node.right)
    null_written = isinstance(node.left, Null) or isinstance(node.right, Null)
    if node.operator in operations.ORDER:
        slow = f"ordered({errors}, {emission.writer.constant(operations.ORDER[node.operator])}, {left}, {right})"
    else:
        slow = f"equality({errors}, {left}, {right}, {null_written}, {emission.payer(bindings)})"
        slow = f"inverted({slow})" if node.operator == "!=" else slow
    if node.operator not in operations.ORDER and null_written:
        return _null_comparison(emission, left if isinstance(node.right, Null) else right, node.operator == "=", slow)
    direct = ORDERED if node.operator in operations.ORDER else EQUAL
    sign = f"{left} {SIGNS[node.operator]} {right}"
    known = left.kind or right.kind
    if known is None:
        kind = emission.result(f"type({left})")
        among = "ORDERED" if direct is ORDERED else "EQUAL"
        return emission.result(f"{sign} if {kind} is type({right}) and {kind} in {among} else {slow}")
    if known not in direct:
        return emission.result(slow)
    return emission.result(f"{sign} if {_are(TYPES[known], left, right)} else {slow}")


def _null_comparison(emission: EmissionContext, value: Operand, wanted: bool, slow: str) -> Operand:
    return emission.result(f"{wanted} if {value} is None else {not wanted} if type({value}) in EQUAL else {slow}")


def _are(kind: str, *operands: Operand) -> str:
    """Whether the operands are of a type, asked only of those that may be of another."""
    open_ones = [f"type({one}) is {kind}" for one in operands if one.kind is None or TYPES.get(one.kind) != kind]
    return " and ".join(open_ones) or "True"


def logical(emission: EmissionContext, node: And | Or, bindings: Bindings) -> Operand:
    """A conjunction or disjunction: what comes after the value that decides is not evaluated."""
    writer, result = emission.writer, emission.writer.variable()
    decisive = isinstance(node, Or)
    with writer.block("while True"):
        values = []
        for operand in node.operands:
            value = emission.emit(operand, bindings)
            values.append(str(value))
            with writer.block(f"if {value} is {decisive}"):
                writer.line(f"{result} = {decisive}")
                writer.line("break")
        clear = " and ".join(f"{value} is {not decisive}" for value in values)
        unclear = f"kleene({emission.errors(node, *node.operands)}, ({', '.join(values)},), {decisive})"
        writer.line(f"{result} = {not decisive} if {clear} else {unclear}")
        writer.line("break")
    return Operand(result)


def choice(emission: EmissionContext, node: If, bindings: Bindings) -> Operand:
    """`if condition then … else …`."""
    writer, result = emission.writer, emission.writer.variable()
    said = emission.emit(node.condition, bindings)
    chosen = f"chosen({emission.errors(node, node.condition)}, {said})"
    found = emission.result(f"{said} if {said} is True or {said} is False else {chosen}")
    with writer.block(f"if {found} is True"):
        writer.line(f"{result} = {emission.emit(node.then, bindings)}")
    with writer.block(f"elif {found} is False"):
        writer.line(f"{result} = {emission.emit(node.otherwise, bindings)}")
    with writer.block("else"):
        writer.line(f"{result} = {found}")
    return Operand(result)


def between(emission: EmissionContext, node: Between, bindings: Bindings) -> Operand:
    """`value between low and high`."""
    value, low, high = (emission.emit(part, bindings) for part in (node.value, node.low, node.high))
    slow = f"between({emission.errors(node, node.value, node.low, node.high)}, {value}, {low}, {high})"
    return emission.result(f"{low} <= {value} <= {high} if {_are('Decimal', value, low, high)} else {slow}")


def instance(emission: EmissionContext, node: InstanceOf, bindings: Bindings) -> Operand:
    """`value instance of type`."""
    value = emission.emit(node.value, bindings)
    if is_known(node.type):
        kind = emission.writer.constant(node.type)
        slow = f"instance({emission.errors(node, node.value)}, {value}, {kind}, {emission.payer(bindings)})"
        return emission.result(f"is_instance({value}, {kind}) if type({value}) in EQUAL else {slow}")
    unknown = emission.writer.constant(ErrorContext(node, emission.semantics).unknown(print_type(node.type)))
    return emission.result(f"{value} if type({value}) is Undetermined else {unknown}")


def membership(emission: EmissionContext, node: In, bindings: Bindings) -> Operand:
    """`value in tests`."""
    return _any_test(emission, node, node.value, node.tests, emission.emit(node.value, bindings), bindings)


def cell(emission: EmissionContext, node: UnaryTests, value: Operand, bindings: Bindings) -> Operand:
    """What the tests of a cell say of the value."""
    if not node.tests:
        return Operand("True", bool)
    answer = _any_test(emission, node, InputValue(node.span), node.tests, value, bindings)
    return emission.result(f"inverted({answer})") if node.negated else answer


def _any_test(
    emission: EmissionContext, node: Node, subject: Node, tests: tuple[Node, ...], value: Operand, bindings: Bindings
) -> Operand:
    """Whether the value passes one of the tests."""
    writer, fixed = emission.writer, [emission.fixed(test, bindings) for test in tests]
    quick = _quick(emission, tests, fixed, str(value), bindings)
    if all(known for known, _ in fixed):
        general = FixedTests(node, emission.semantics, subject, tests, tuple(tested for _, tested in fixed))
        slow = f"{writer.constant(general)}({value}, {emission.payer(bindings)})"
        return emission.result(slow if quick is None else f"{quick[1]} if {quick[0]} else {slow}")
    if quick is None:
        return _in_turn(emission, node, subject, tests, value, bindings)
    result = writer.variable()
    with writer.block(f"if {quick[0]}"):
        writer.line(f"{result} = {quick[1]}")
    with writer.block("else"):
        writer.line(f"{result} = {_in_turn(emission, node, subject, tests, value, bindings)}")
    return Operand(result)


def _in_turn(
    emission: EmissionContext, node: Node, subject: Node, tests: tuple[Node, ...], value: Operand, bindings: Bindings
) -> Operand:
    """One test after the other, up to the first that the value passes."""
    writer, result = emission.writer, emission.writer.variable()
    inner = bindings.over(LocalBindings({INPUT: str(value)}), emission.budget(bindings))
    with writer.block("while True"):
        answers = []
        for test in tests:
            tested, errors = emission.emit(test, inner), emission.errors(node, subject, test)
            traits = writer.constant(traits_of(test, tests))
            answer = emission.result(f"answer({errors}, {traits}, {value}, {tested}, {emission.payer(inner)})")
            answers.append(str(answer))
            with writer.block(f"if {answer} is True"):
                writer.line(f"{result} = True")
                writer.line("break")
        clear = " and ".join(f"{answer} is False" for answer in answers)
        unclear = f"kleene({emission.errors(node, *tests)}, ({', '.join(answers)},), True)"
        writer.line(f"{result} = False if {clear} else {unclear}")
        writer.line("break")
    return Operand(result)


def _quick(
    emission: EmissionContext, tests: tuple[Node, ...], fixed: _Fixed, value: str, bindings: Bindings
) -> tuple[str, str] | None:
    """When Python's own comparison answers, and how."""
    wanted = _alternatives(emission, tests, fixed, bindings)
    if wanted is not None:
        return f"type({value}) is {TYPES[type(next(iter(wanted)))]}", f"{value} in {emission.writer.constant(wanted)}"
    if len(tests) > 1 or not fixed[0][0]:
        return None
    tested = fixed[0][1]
    if type(tested) is Range:
        return _in_range(emission, tested, value) if isinstance(tests[0], RangeLiteral) else None
    if type(tested) not in EQUAL:
        return None
    return f"type({value}) is {TYPES[type(tested)]}", f"{value} == {emission.writer.constant(tested)}"


def _alternatives(
    emission: EmissionContext, tests: tuple[Node, ...], fixed: _Fixed, bindings: Bindings
) -> frozenset[Any] | None:
    """The values asked for, when the tests are nothing but numbers or nothing but strings."""
    items = emission.fixed_items(tests[0], bindings) if len(tests) == 1 else None
    if items is None and not all(known for known, _ in fixed):
        return None
    values = [value for _, value in fixed] if items is None else list(items)
    if len(values) > FREE_SIZE and not all(map(is_written_out, tests)):
        return None
    kinds = {type(value) for value in values}
    return frozenset(values) if len(values) > 1 and len(kinds) == 1 and kinds <= {*_HASHED} else None


def _in_range(emission: EmissionContext, among: Range, value: str) -> tuple[str, str] | None:
    kind = type(among.low if among.low is not None else among.high)
    if kind not in ORDERED or among.operator:
        return None
    parts = []
    if among.low is not None:
        parts.append(f"{emission.writer.constant(among.low)} {'<=' if among.low_included else '<'}")
    parts.append(value)
    if among.high is not None:
        parts.append(f"{'<=' if among.high_included else '<'} {emission.writer.constant(among.high)}")
    return f"type({value}) is {TYPES[kind]}", " ".join(parts)
