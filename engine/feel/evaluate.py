"""The reference meaning of FEEL: one step for each kind of node, nothing prepared. `compile` is the fast way there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, assert_never

from greenlane.engine.feel import access, loops, operate, testing
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
    UnaryTests,
)
from greenlane.engine.feel.constancy import is_constant
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.functions import BUILTINS
from greenlane.engine.feel.invoke import builtin_value, call_builtin, call_value, external, written
from greenlane.engine.feel.printer import print_type
from greenlane.engine.feel.scope import Budget, Scope, budget_of, local
from greenlane.engine.feel.semantics import STRICT, Semantics, Undetermined
from greenlane.engine.feel.site import Site
from greenlane.engine.feel.type_expressions import is_known
from greenlane.engine.feel.values.types import parse_at
from greenlane.engine.feel.visitor import mentions

Value = Any


def evaluate_node(
    node: Node, scope: Scope, semantics: Semantics = STRICT, shadows: frozenset[str] = frozenset()
) -> Value:
    """The value of an expression.

    `shadows` are the names in scope that a call takes before the built-in function of the same name.
    """
    return Evaluation(semantics, shadows).value(node, scope)


def evaluate_tests(
    node: UnaryTests, value: Value, scope: Scope, semantics: Semantics = STRICT, shadows: frozenset[str] = frozenset()
) -> Value:
    """What a cell says of the value: True, False, null under SPEC or undetermined under STRICT."""
    return Evaluation(semantics, shadows).tests(node, value, scope)


class Evaluation:
    """Evaluates nodes under a semantics."""

    def __init__(self, semantics: Semantics, shadows: frozenset[str]) -> None:
        self.semantics = semantics
        self.shadows = shadows

    def value(self, node: Node, scope: Scope) -> Value:
        """The value of any node."""
        match node:
            case Number() | String() | Boolean() | Null() | AtLiteral() | Name() | InputValue():
                return self._atom(node, scope)
            case ListLiteral() | ContextLiteral() | Range() | FunctionLiteral():
                return self._made(node, scope)
            case Negation() | Arithmetic() | Comparison() | And() | Or() | Between() | In() | InstanceOf():
                return self._operation(node, scope)
            case If() | For() | Quantified() | Filter():
                return self._controlled(node, scope)
            case Path(source, name):
                return access.path(
                    Site(node, self.semantics, source), self.value(source, scope), name, budget_of(scope)
                )
            case Call():
                return self._call(node, scope)
            case UnaryTests():
                return self.tests(node, scope[testing.INPUT], scope)
            case _:
                assert_never(node)

    def tests(self, node: UnaryTests, value: Value, scope: Scope) -> Value:
        """What the tests of a cell say of a value."""
        if not node.tests:
            return True
        subject = InputValue(node.span)
        found = self._any_test(node, subject, node.tests, value, scope)
        return operate.inverted(found) if node.negated else found

    def _budget(self, node: Node, scope: Scope) -> Budget:
        """What pays for long values: what names have no part in is worked out beforehand, and costs nothing."""
        return Budget() if is_constant(node, self.shadows) else budget_of(scope)

    def _run(self, node: Node) -> Callable[[Scope], Value]:
        return lambda scope: self.value(node, scope)

    def _atom(self, node: Number | String | Boolean | Null | AtLiteral | Name | InputValue, scope: Scope) -> Value:
        match node:
            case Number(value) | String(value) | Boolean(value):
                return value
            case Null():
                return None
            case AtLiteral(text):
                try:
                    return parse_at(text)
                except FeelError as error:
                    return Site(node, self.semantics).error(error)
            case Name(name):
                return self._read(node, name, scope)
            case InputValue():
                return self._read(node, testing.INPUT, scope)
            case _:
                assert_never(node)

    def _read(self, node: Node, name: str, scope: Scope) -> Value:
        try:
            return scope[name]
        except KeyError:
            return builtin_value(name) if name in BUILTINS else Site(node, self.semantics).unknown(name)

    def _made(self, node: ListLiteral | ContextLiteral | Range | FunctionLiteral, scope: Scope) -> Value:
        match node:
            case ListLiteral(items):
                return [self.value(item, scope) for item in items]
            case ContextLiteral(entries):
                return self._context(node, entries, scope)
            case Range():
                return self._range(node, scope)
            case FunctionLiteral(parameters, body, is_external):
                site = Site(node, self.semantics)
                if is_external:
                    return external(site, parameters)
                inner = self._knowing(*(name for name, _ in parameters))
                return written(site, parameters, inner._run(body), scope)
            case _:
                assert_never(node)

    def _knowing(self, *names: str) -> Evaluation:
        shadowing = self.shadows | {name for name in names if name in BUILTINS}
        return Evaluation(self.semantics, shadowing)

    def _context(self, node: Node, entries: tuple[tuple[str, Node], ...], scope: Scope) -> Value:
        made: dict[str, Value] = {}
        inner = local(scope, made)
        evaluation = self
        for key, value in entries:
            if key in made:
                return operate.given_twice(Site(node, self.semantics), key)
            inner[key] = made[key] = evaluation.value(value, inner)
            evaluation = evaluation._knowing(key)
        return made

    def _range(self, node: Range, scope: Scope) -> Value:
        low = None if node.low is None else self.value(node.low, scope)
        if node.operator:
            return operate.equal_range(low, node.operator)
        if node.low is not None and node.high is not None:
            site = Site(node, self.semantics, node.low, node.high)
            return operate.made_range(site, low, self.value(node.high, scope), node.low_included, node.high_included)
        end = node.low if node.low is not None else node.high
        if end is None:
            return Site(node, self.semantics).missing()
        value = low if node.low is not None else self.value(end, scope)
        site = Site(node, self.semantics, end, end)
        return operate.one_sided(site, value, node.low is None, node.low_included or node.high_included)

    def _operation(
        self, node: Negation | Arithmetic | Comparison | And | Or | Between | In | InstanceOf, scope: Scope
    ) -> Value:
        match node:
            case Negation(operand):
                return operate.negated(Site(node, self.semantics, operand), self.value(operand, scope))
            case Arithmetic(operator, left, right):
                site = Site(node, self.semantics, left, right)
                return operate.arithmetic(
                    site,
                    operate.ARITHMETIC[operator],
                    self.value(left, scope),
                    self.value(right, scope),
                    self._budget(node, scope),
                )
            case Comparison():
                return self._comparison(node, scope)
            case And(operands):
                site = Site(node, self.semantics, *operands)
                return operate.kleene(site, (self.value(operand, scope) for operand in operands), False)
            case Or(operands):
                site = Site(node, self.semantics, *operands)
                return operate.kleene(site, (self.value(operand, scope) for operand in operands), True)
            case Between(value, low, high):
                site = Site(node, self.semantics, value, low, high)
                return operate.between(site, self.value(value, scope), self.value(low, scope), self.value(high, scope))
            case In(value, tests):
                return self._any_test(node, value, tests, self.value(value, scope), scope)
            case InstanceOf():
                return self._instance(node, scope)
            case _:
                assert_never(node)

    def _comparison(self, node: Comparison, scope: Scope) -> Value:
        site = Site(node, self.semantics, node.left, node.right)
        left, right = self.value(node.left, scope), self.value(node.right, scope)
        if node.operator in operate.ORDER:
            return operate.ordered(site, operate.ORDER[node.operator], left, right)
        null_written = isinstance(node.left, Null) or isinstance(node.right, Null)
        answer = operate.equality(site, left, right, null_written, self._budget(node, scope))
        return answer if node.operator == "=" else operate.inverted(answer)

    def _instance(self, node: InstanceOf, scope: Scope) -> Value:
        value = self.value(node.value, scope)
        if type(value) is Undetermined:
            return value
        if not is_known(node.type):
            return Site(node, self.semantics).unknown(print_type(node.type))
        return operate.instance(Site(node, self.semantics, node.value), value, node.type, self._budget(node, scope))

    def _any_test(self, node: Node, subject: Node, tests: tuple[Node, ...], value: Value, scope: Scope) -> Value:
        inner = local(scope, {testing.INPUT: value})

        def answer(test: Node) -> Value:
            site = Site(node, self.semantics, subject, test)
            return testing.answer(site, testing.shape_of(test, tests), value, self.value(test, inner), inner.budget)

        return operate.kleene(Site(node, self.semantics, *tests), map(answer, tests), True)

    def _controlled(self, node: If | For | Quantified | Filter, scope: Scope) -> Value:
        match node:
            case If(condition, then, otherwise):
                chosen = operate.chosen(Site(node, self.semantics, condition), self.value(condition, scope))
                return self.value(then if chosen else otherwise, scope) if type(chosen) is bool else chosen
            case For(iterations, body):
                domains, inner = self._domains(iterations)
                site, partial = Site(node, self.semantics), mentions(body, "partial")
                return loops.results(site, domains, inner._run(body), scope, partial)
            case Quantified(every, iterations, condition):
                domains, inner = self._domains(iterations)
                site = Site(node, self.semantics, condition)
                return loops.quantified(site, domains, inner._run(condition), scope, every)
            case Filter(source, condition):
                site, position = Site(node, self.semantics, source, condition), access.written_position(condition)
                if position is not None:
                    return access.positioned(site, self.value(source, scope), position)
                positions = not access.always_condition(condition)
                return access.filtered(site, self.value(source, scope), self._run(condition), scope, False, positions)
            case _:
                assert_never(node)

    def _domains(self, iterations: tuple[Iteration, ...]) -> tuple[tuple[loops.Domain, ...], Evaluation]:
        """What the names go through, and the evaluation that knows the names."""
        found, evaluation = [], self
        for one in iterations:
            ends = () if one.end is None else (one.end,)
            end = None if one.end is None else evaluation._run(one.end)
            site = Site(one.source, self.semantics, one.source, *ends)
            found.append(loops.Domain(one.name, evaluation._run(one.source), end, site))
            evaluation = evaluation._knowing(one.name)
        return tuple(found), evaluation

    def _call(self, node: Call, scope: Scope) -> Value:
        site = Site(node, self.semantics, *node.arguments)
        arguments = [self.value(argument, scope) for argument in node.arguments]
        if isinstance(node.function, Name):
            name = node.function.name
            if name in BUILTINS and name not in self.shadows:
                return call_builtin(site, BUILTINS[name], arguments, node.names, scope, self._budget(node, scope))
        return call_value(site, self.value(node.function, scope), arguments, node.names, scope)
