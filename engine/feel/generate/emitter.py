"""Writes the code of any node."""

from __future__ import annotations

from typing import Any, assert_never

from greenlane.engine.feel import testing
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
    UnaryTests,
)
from greenlane.engine.feel.generate import calls, iteration, made, operations, unary
from greenlane.engine.feel.generate.work import SCOPE, Names, Operand, Run, Work
from greenlane.engine.feel.generate.writer import Writer
from greenlane.engine.feel.scope import Scope
from greenlane.engine.feel.semantics import Semantics

# Python takes twenty blocks inside of one another; a node writes up to four.
MAX_DEPTH = 12


class Emitter:
    """Writes one function."""

    def __init__(self, semantics: Semantics, parameters: str) -> None:
        self.writer = Writer(parameters)
        self.semantics = semantics
        self.work = Work(self.writer, semantics, self.emit, self.compiled)

    def compiled(self, node: Node, shadows: frozenset[str]) -> Run:
        """The node as a function of the scope."""
        return Later(node, self.semantics, shadows)

    def emit(self, node: Node, names: Names) -> Operand:
        """Adds what the node does; the operand is its value."""
        fixed, value = self.work.fixed(node, names)
        if fixed:
            return Operand(self.writer.constant(value), type(value))
        match node:
            case Name(name):
                return self.work.read(node, name, names)
            case InputValue():
                return self.work.read(node, testing.INPUT, names)
            case _ if self.writer.depth > MAX_DEPTH:
                run = self.writer.constant(self.compiled(node, names.shadows))
                return self.work.result(f"{run}({self.work.scope(names)})")
            case ListLiteral() | ContextLiteral() | Range() | FunctionLiteral() | Path():
                return self._made(node, names)
            case Negation() | Arithmetic() | Comparison() | And() | Or() | Between() | InstanceOf():
                return self._operation(node, names)
            case If() | For() | Quantified() | Filter() | Call():
                return self._controlled(node, names)
            case In(value, tests):
                return unary.any_test(self.work, node, value, tests, self.emit(value, names), names)
            case UnaryTests():
                subject = self.work.result(f"{names.scope}[{self.writer.constant(testing.INPUT)}]")
                return self.cell(node, subject, names)
            case Number() | String() | Boolean() | Null() | AtLiteral():
                raise AssertionError("a literal is constant")
            case _:
                assert_never(node)

    def cell(self, node: UnaryTests, value: Operand, names: Names) -> Operand:
        """Adds what the tests of a cell say of the value."""
        if not node.tests:
            return Operand("True", bool)
        answer = unary.any_test(self.work, node, InputValue(node.span), node.tests, value, names)
        return unary.negated(self.work, answer) if node.negated else answer

    def _made(self, node: ListLiteral | ContextLiteral | Range | FunctionLiteral | Path, names: Names) -> Operand:
        match node:
            case ListLiteral():
                return made.list_literal(self.work, node, names)
            case ContextLiteral():
                return made.context(self.work, node, names)
            case Range():
                return made.range_literal(self.work, node, names)
            case FunctionLiteral():
                return made.function(self.work, node, names)
            case Path():
                return made.path(self.work, node, names)
            case _:
                assert_never(node)

    def _operation(
        self, node: Negation | Arithmetic | Comparison | And | Or | Between | InstanceOf, names: Names
    ) -> Operand:
        match node:
            case Negation():
                return operations.negation(self.work, node, names)
            case Arithmetic():
                return operations.arithmetic(self.work, node, names)
            case Comparison():
                return operations.comparison(self.work, node, names)
            case And() | Or():
                return operations.logical(self.work, node, names)
            case Between():
                return operations.between(self.work, node, names)
            case InstanceOf():
                return operations.instance(self.work, node, names)
            case _:
                assert_never(node)

    def _controlled(self, node: If | For | Quantified | Filter | Call, names: Names) -> Operand:
        match node:
            case If():
                return operations.choice(self.work, node, names)
            case For() | Quantified():
                return iteration.loop(self.work, node, names)
            case Filter():
                return iteration.filtered(self.work, node, names)
            case Call():
                return calls.call(self.work, node, names)
            case _:
                assert_never(node)


class Later:
    """A function that is written when it is first called.

    An expression may have more parts in one another than Python's stack has room for while all of them are written.
    """

    __slots__ = ("_node", "_run", "_semantics", "_shadows")

    def __init__(self, node: Node, semantics: Semantics, shadows: frozenset[str]) -> None:
        self._node = node
        self._semantics = semantics
        self._shadows = shadows
        self._run: Run | None = None

    def __call__(self, scope: Scope) -> Any:
        """The value of the node in the scope."""
        run = self._run
        if run is None:
            run = self._run = expression(self._node, self._semantics, self._shadows)
        return run(scope)


def expression(node: Node, semantics: Semantics, shadows: frozenset[str]) -> Run:
    """A function from scope to value."""
    return _expression(node, semantics, shadows).function()


def cell(node: UnaryTests, semantics: Semantics, shadows: frozenset[str]) -> Run:
    """A function from value and scope to what the cell says of the value."""
    emitter = Emitter(semantics, f"value, {SCOPE}")
    emitter.writer.line(f"return {emitter.cell(node, Operand('value'), Names(SCOPE, shadows))}")
    return emitter.writer.function()


def source(node: Node, semantics: Semantics, shadows: frozenset[str] = frozenset()) -> str:
    """The code that is written for an expression, for those who want to look at it."""
    return _expression(node, semantics, shadows).source()


def _expression(node: Node, semantics: Semantics, shadows: frozenset[str]) -> Writer:
    emitter = Emitter(semantics, SCOPE)
    emitter.writer.line(f"return {emitter.emit(node, Names(SCOPE, shadows))}")
    return emitter.writer
