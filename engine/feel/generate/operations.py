"""Code of the operators: on numbers, strings and the like by Python's own, on anything else by `operate`."""

from __future__ import annotations

from greenlane.engine.feel import operate
from greenlane.engine.feel.ast import And, Arithmetic, Between, Comparison, If, InstanceOf, Negation, Null, Or
from greenlane.engine.feel.generate.library import EQUAL, ORDERED, TYPES
from greenlane.engine.feel.generate.work import Names, Operand, Work
from greenlane.engine.feel.printer import print_type
from greenlane.engine.feel.site import Site
from greenlane.engine.feel.type_expressions import is_known

# `**` has cases of its own.
_ON_NUMBERS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}
SIGNS = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def negation(work: Work, node: Negation, names: Names) -> Operand:
    """`-operand`."""
    operand = work.emit(node.operand, names)
    slow = f"negated({work.site(node, node.operand)}, {operand})"
    return work.result(f"minus({operand}) if type({operand}) is Decimal else {slow}")


def arithmetic(work: Work, node: Arithmetic, names: Names) -> Operand:
    """`left + right` and the like."""
    left, right = work.emit(node.left, names), work.emit(node.right, names)
    operation = work.writer.constant(operate.ARITHMETIC[node.operator])
    slow = f"arithmetic({work.site(node, node.left, node.right)}, {operation}, {left}, {right}, {work.payer(names)})"
    if node.operator not in _ON_NUMBERS:
        return work.result(slow)
    writer, result = work.writer, work.writer.variable()
    with writer.block(f"if {_are('Decimal', left, right)}"):
        with writer.block("try"):
            writer.line(f"{result} = {_ON_NUMBERS[node.operator]}({left}, {right})")
        with writer.block("except DecimalException"):
            writer.line(f"{result} = {slow}")
    with writer.block("else"):
        writer.line(f"{result} = {slow}")
    return Operand(result)


def comparison(work: Work, node: Comparison, names: Names) -> Operand:
    """`left < right` and the like."""
    left, right = work.emit(node.left, names), work.emit(node.right, names)
    site = work.site(node, node.left, node.right)
    null_written = isinstance(node.left, Null) or isinstance(node.right, Null)
    if node.operator in operate.ORDER:
        slow = f"ordered({site}, {work.writer.constant(operate.ORDER[node.operator])}, {left}, {right})"
    else:
        slow = f"equality({site}, {left}, {right}, {null_written}, {work.payer(names)})"
        slow = f"inverted({slow})" if node.operator == "!=" else slow
    if node.operator not in operate.ORDER and null_written:
        return _null_comparison(work, left if isinstance(node.right, Null) else right, node.operator == "=", slow)
    direct = ORDERED if node.operator in operate.ORDER else EQUAL
    sign = f"{left} {SIGNS[node.operator]} {right}"
    known = left.kind or right.kind
    if known is None:
        kind = work.result(f"type({left})")
        among = "ORDERED" if direct is ORDERED else "EQUAL"
        return work.result(f"{sign} if {kind} is type({right}) and {kind} in {among} else {slow}")
    if known not in direct:
        return work.result(slow)
    return work.result(f"{sign} if {_are(TYPES[known], left, right)} else {slow}")


def _null_comparison(work: Work, value: Operand, wanted: bool, slow: str) -> Operand:
    return work.result(f"{wanted} if {value} is None else {not wanted} if type({value}) in EQUAL else {slow}")


def _are(kind: str, *operands: Operand) -> str:
    """Whether the operands are of a type, asked only of those that may be of another."""
    open_ones = [f"type({one}) is {kind}" for one in operands if one.kind is None or TYPES.get(one.kind) != kind]
    return " and ".join(open_ones) or "True"


def logical(work: Work, node: And | Or, names: Names) -> Operand:
    """A conjunction or disjunction: what comes after the value that decides is not evaluated."""
    writer, result = work.writer, work.writer.variable()
    decisive = isinstance(node, Or)
    with writer.block("while True"):
        values = []
        for operand in node.operands:
            value = work.emit(operand, names)
            values.append(str(value))
            with writer.block(f"if {value} is {decisive}"):
                writer.line(f"{result} = {decisive}")
                writer.line("break")
        clear = " and ".join(f"{value} is {not decisive}" for value in values)
        doubtful = f"kleene({work.site(node, *node.operands)}, ({', '.join(values)},), {decisive})"
        writer.line(f"{result} = {not decisive} if {clear} else {doubtful}")
        writer.line("break")
    return Operand(result)


def choice(work: Work, node: If, names: Names) -> Operand:
    """`if condition then … else …`."""
    writer, result = work.writer, work.writer.variable()
    said = work.emit(node.condition, names)
    chosen = f"chosen({work.site(node, node.condition)}, {said})"
    found = work.result(f"{said} if {said} is True or {said} is False else {chosen}")
    with writer.block(f"if {found} is True"):
        writer.line(f"{result} = {work.emit(node.then, names)}")
    with writer.block(f"elif {found} is False"):
        writer.line(f"{result} = {work.emit(node.otherwise, names)}")
    with writer.block("else"):
        writer.line(f"{result} = {found}")
    return Operand(result)


def between(work: Work, node: Between, names: Names) -> Operand:
    """`value between low and high`."""
    value, low, high = (work.emit(part, names) for part in (node.value, node.low, node.high))
    slow = f"between({work.site(node, node.value, node.low, node.high)}, {value}, {low}, {high})"
    return work.result(f"{low} <= {value} <= {high} if {_are('Decimal', value, low, high)} else {slow}")


def instance(work: Work, node: InstanceOf, names: Names) -> Operand:
    """`value instance of type`."""
    value = work.emit(node.value, names)
    if is_known(node.type):
        kind = work.writer.constant(node.type)
        slow = f"instance({work.site(node, node.value)}, {value}, {kind}, {work.payer(names)})"
        return work.result(f"is_instance({value}, {kind}) if type({value}) in EQUAL else {slow}")
    answer = work.writer.constant(_unknown_type(work, node))
    return work.result(f"{value} if type({value}) is Undetermined else {answer}")


def _unknown_type(work: Work, node: InstanceOf) -> object:
    return Site(node, work.semantics).unknown(print_type(node.type))
