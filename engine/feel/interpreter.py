"""The reference meaning of FEEL: a tree-walking interpreter, one function for each type of node. Pure.

Written to be read, nothing is prepared; `codegen` is the fast way to the same values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from greenlane.engine.feel import iteration, operations, unary_tests
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
    RangeLiteral,
    String,
    UnaryTests,
)
from greenlane.engine.feel.constant_folding import folded
from greenlane.engine.feel.cost import call_cost, turn_cost
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.functions import BUILTINS
from greenlane.engine.feel.indexed_filter import indexed_filter, may_use_index
from greenlane.engine.feel.invocation import builtin_value, call_builtin, call_value, closure, external_function
from greenlane.engine.feel.printer import print_type
from greenlane.engine.feel.scope import Budget, LocalScope, Run, Scope, budget_of, local
from greenlane.engine.feel.semantics import STRICT, ErrorContext, Semantics, Undetermined
from greenlane.engine.feel.type_expressions import is_known
from greenlane.engine.feel.values.indexed import IndexedRows
from greenlane.engine.feel.values.types import parse_at
from greenlane.engine.feel.visitor import mentions

Value = Any
_NO_NAMES: Mapping[str, Any] = {}
# What may be constant and is more than a value written down.
_OPERATIONS = (Negation, Arithmetic, Comparison, And, Or, Between, If, RangeLiteral, Call)


def evaluate_node(
    node: Node, scope: Scope, semantics: Semantics = STRICT, shadows: frozenset[str] = frozenset()
) -> Value:
    """The value of an expression.

    `shadows` are the names in scope that a call takes before the built-in function of the same name.
    """
    return Interpreter(semantics, shadows).value(node, _on_budget(scope))


def evaluate_tests(
    node: UnaryTests, value: Value, scope: Scope, semantics: Semantics = STRICT, shadows: frozenset[str] = frozenset()
) -> Value:
    """What a cell says of the value: True, False, null under SPEC or undetermined under STRICT."""
    return Interpreter(semantics, shadows).cell(node, value, _on_budget(scope))


def evaluate_constant(node: Node, semantics: Semantics, shadows: frozenset[str], budget: Budget) -> Value:
    """The value of an expression that reads no name, on a budget."""
    return Interpreter(semantics, shadows, folds=False).value(node, LocalScope(_NO_NAMES, {}, budget))


def _on_budget(scope: Scope) -> Scope:
    """The scope, with a budget of its own where it has none."""
    return scope if hasattr(scope, "budget") else LocalScope(scope, {}, Budget())


class Interpreter:
    """Evaluates nodes under a semantics; `shadows` are the names that hide built-in functions.

    Where it `folds`, what is constant takes nothing from the budget, for it could have been worked out beforehand.
    """

    __slots__ = ("_folds", "semantics", "shadows")

    def __init__(self, semantics: Semantics, shadows: frozenset[str], folds: bool = True) -> None:
        self.semantics = semantics
        self.shadows = shadows
        self._folds = folds

    def value(self, node: Node, scope: Scope) -> Value:
        """The value of any node."""
        if self._folds and isinstance(node, _OPERATIONS):
            fixed, value = folded(node, self.shadows, self._constant)
            if fixed:
                return value
        return MEANINGS[type(node)](self, node, scope)

    def _constant(self, node: Node, budget: Budget) -> Value:
        return evaluate_constant(node, self.semantics, self.shadows, budget)

    def cell(self, node: UnaryTests, value: Value, scope: Scope) -> Value:
        """What the tests of a cell say of a value."""
        if not node.tests:
            return True
        answer = self._any_test(node, InputValue(node.span), node.tests, value, scope)
        return operations.inverted(answer) if node.negated else answer

    def _errors(self, node: Node, *operands: Node) -> ErrorContext:
        return ErrorContext(node, self.semantics, *operands)

    def _run(self, node: Node) -> Run:
        return lambda scope: self.value(node, scope)

    def _hiding(self, *names: str) -> Interpreter:
        """The interpreter of what is inside of these names."""
        hidden = self.shadows | {name for name in names if name in BUILTINS}
        return Interpreter(self.semantics, hidden, self._folds)

    def _literal(self, node: Number | String | Boolean, scope: Scope) -> Value:
        return node.value

    def _null(self, node: Null, scope: Scope) -> Value:
        return None

    def _at_literal(self, node: AtLiteral, scope: Scope) -> Value:
        try:
            return parse_at(node.text)
        except FeelError as error:
            return self._errors(node).caught(error)

    def _name(self, node: Name, scope: Scope) -> Value:
        return self._read(node, node.name, scope)

    def _input(self, node: InputValue, scope: Scope) -> Value:
        return self._read(node, unary_tests.INPUT, scope)

    def _read(self, node: Node, name: str, scope: Scope) -> Value:
        try:
            return scope[name]
        except KeyError:
            return builtin_value(name) if name in BUILTINS else self._errors(node).unknown(name)

    def _list(self, node: ListLiteral, scope: Scope) -> Value:
        return [self.value(item, scope) for item in node.items]

    def _context(self, node: ContextLiteral, scope: Scope) -> Value:
        made: dict[str, Value] = {}
        inner = local(scope, made)
        interpreter = self
        for key, value in node.entries:
            if key in made:
                return operations.given_twice(self._errors(node), key)
            inner[key] = made[key] = interpreter.value(value, inner)
            interpreter = interpreter._hiding(key)
        return made

    def _range(self, node: RangeLiteral, scope: Scope) -> Value:
        low = None if node.low is None else self.value(node.low, scope)
        if node.operator:
            return operations.equal_range(low, node.operator)
        if node.low is not None and node.high is not None:
            errors, high = self._errors(node, node.low, node.high), self.value(node.high, scope)
            return operations.made_range(errors, low, high, node.low_included, node.high_included)
        end = node.low if node.low is not None else node.high
        if end is None:
            return self._errors(node).missing()
        value = low if node.low is not None else self.value(end, scope)
        included = node.low_included or node.high_included
        return operations.one_sided(self._errors(node, end, end), value, node.low is None, included)

    def _function(self, node: FunctionLiteral, scope: Scope) -> Value:
        errors = self._errors(node)
        if node.external:
            return external_function(errors, node.parameters)
        inner = self._hiding(*(name for name, _ in node.parameters))
        return closure(errors, node.parameters, inner._run(node.body), call_cost(node.body), scope)

    def _path(self, node: Path, scope: Scope) -> Value:
        errors = self._errors(node, node.source)
        return operations.path(errors, self.value(node.source, scope), node.name, budget_of(scope))

    def _negation(self, node: Negation, scope: Scope) -> Value:
        return operations.negated(self._errors(node, node.operand), self.value(node.operand, scope))

    def _arithmetic(self, node: Arithmetic, scope: Scope) -> Value:
        errors, operation = self._errors(node, node.left, node.right), operations.ARITHMETIC[node.operator]
        left, right = self.value(node.left, scope), self.value(node.right, scope)
        return operations.arithmetic(errors, operation, left, right, budget_of(scope))

    def _comparison(self, node: Comparison, scope: Scope) -> Value:
        errors = self._errors(node, node.left, node.right)
        left, right = self.value(node.left, scope), self.value(node.right, scope)
        if node.operator in operations.ORDER:
            return operations.ordered(errors, operations.ORDER[node.operator], left, right)
        null_written = isinstance(node.left, Null) or isinstance(node.right, Null)
        answer = operations.equality(errors, left, right, null_written, budget_of(scope))
        return answer if node.operator == "=" else operations.inverted(answer)

    def _logical(self, node: And | Or, scope: Scope) -> Value:
        values = (self.value(operand, scope) for operand in node.operands)
        return operations.kleene(self._errors(node, *node.operands), values, isinstance(node, Or))

    def _between(self, node: Between, scope: Scope) -> Value:
        parts = node.value, node.low, node.high
        return operations.between(self._errors(node, *parts), *(self.value(part, scope) for part in parts))

    def _in(self, node: In, scope: Scope) -> Value:
        return self._any_test(node, node.value, node.tests, self.value(node.value, scope), scope)

    def _unary_tests(self, node: UnaryTests, scope: Scope) -> Value:
        return self.cell(node, scope[unary_tests.INPUT], scope)

    def _any_test(self, node: Node, subject: Node, tests: tuple[Node, ...], value: Value, scope: Scope) -> Value:
        inner = local(scope, {unary_tests.INPUT: value})

        def answer(test: Node) -> Value:
            errors, traits = self._errors(node, subject, test), unary_tests.traits_of(test, tests)
            return unary_tests.answer(errors, traits, value, self.value(test, inner), inner.budget)

        return operations.kleene(self._errors(node, *tests), map(answer, tests), True)

    def _instance(self, node: InstanceOf, scope: Scope) -> Value:
        value = self.value(node.value, scope)
        if type(value) is Undetermined:
            return value
        if not is_known(node.type):
            return self._errors(node).unknown(print_type(node.type))
        return operations.instance(self._errors(node, node.value), value, node.type, budget_of(scope))

    def _if(self, node: If, scope: Scope) -> Value:
        chosen = operations.chosen(self._errors(node, node.condition), self.value(node.condition, scope))
        return self.value(node.then if chosen else node.otherwise, scope) if type(chosen) is bool else chosen

    def _for(self, node: For, scope: Scope) -> Value:
        domains, inner = self._domains(node.iterations, node.body, 1)
        return iteration.results(
            self._errors(node), domains, inner._run(node.body), scope, mentions(node.body, "partial")
        )

    def _quantified(self, node: Quantified, scope: Scope) -> Value:
        domains, inner = self._domains(node.iterations, node.condition, 0)
        errors = self._errors(node, node.condition)
        return iteration.quantified(errors, domains, inner._run(node.condition), scope, node.every)

    def _domains(
        self, iterations: tuple[Iteration, ...], body: Node, makes: int
    ) -> tuple[tuple[iteration.Domain, ...], Interpreter]:
        """What the names go through, and the interpreter of what is inside of the names."""
        found, interpreter = [], self
        for one, cost in zip(iterations, iteration.turn_costs(iterations, body, makes), strict=True):
            ends = () if one.end is None else (one.end,)
            end = None if one.end is None else interpreter._run(one.end)
            errors = self._errors(one.source, one.source, *ends)
            found.append(iteration.Domain(one.name, interpreter._run(one.source), end, errors, cost))
            interpreter = interpreter._hiding(one.name)
        return tuple(found), interpreter

    def _filter(self, node: Filter, scope: Scope) -> Value:
        errors, position = self._errors(node, node.source, node.condition), iteration.written_position(node.condition)
        source = self.value(node.source, scope)
        if position is not None:
            return operations.positioned(errors, source, position)
        if type(source) is IndexedRows and may_use_index(node.condition):
            return indexed_filter(errors, node.condition, self._run)(source, scope)
        positions, cost = not iteration.always_condition(node.condition), turn_cost(0, node.condition)
        return iteration.filtered(errors, source, self._run(node.condition), scope, cost, positions=positions)

    def _call(self, node: Call, scope: Scope) -> Value:
        errors = self._errors(node, *node.arguments)
        arguments = [self.value(argument, scope) for argument in node.arguments]
        if isinstance(node.function, Name):
            name = node.function.name
            if name in BUILTINS and name not in self.shadows:
                return call_builtin(errors, BUILTINS[name], arguments, node.names, scope, budget_of(scope))
        return call_value(errors, self.value(node.function, scope), arguments, node.names, scope)


MEANINGS: Mapping[type[Node], Callable[[Interpreter, Any, Scope], Value]] = MappingProxyType(
    {
        Number: Interpreter._literal,
        String: Interpreter._literal,
        Boolean: Interpreter._literal,
        Null: Interpreter._null,
        AtLiteral: Interpreter._at_literal,
        Name: Interpreter._name,
        InputValue: Interpreter._input,
        ListLiteral: Interpreter._list,
        ContextLiteral: Interpreter._context,
        RangeLiteral: Interpreter._range,
        FunctionLiteral: Interpreter._function,
        Path: Interpreter._path,
        Negation: Interpreter._negation,
        Arithmetic: Interpreter._arithmetic,
        Comparison: Interpreter._comparison,
        And: Interpreter._logical,
        Or: Interpreter._logical,
        Between: Interpreter._between,
        In: Interpreter._in,
        UnaryTests: Interpreter._unary_tests,
        InstanceOf: Interpreter._instance,
        If: Interpreter._if,
        For: Interpreter._for,
        Quantified: Interpreter._quantified,
        Filter: Interpreter._filter,
        Call: Interpreter._call,
    }
)
"""The function of each type of node."""
