"""Syntax trees to closures: what `evaluate` means, prepared once so that it runs fast."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, assert_never

from engine.feel import access, compile_steps, loops, operate, testing
from engine.feel.ast import (
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
from engine.feel.compile_calls import builtin_call
from engine.feel.compile_filter import direct_filter
from engine.feel.compile_lookup import indexed_filter
from engine.feel.compile_order import comparison, name_comparison, null_comparison
from engine.feel.compile_tests import Prepared, Test, any_test
from engine.feel.folding import constant, constant_items
from engine.feel.functions import BUILTINS
from engine.feel.instance import is_instance, is_known
from engine.feel.invoke import call_value, external, written
from engine.feel.printer import print_type
from engine.feel.scope import Scope, local
from engine.feel.semantics import STRICT, Semantics, Undetermined
from engine.feel.site import Site
from engine.feel.walk import mentions, writes_function

Run = Callable[[Any], Any]


def compile_expression(
    node: Node, semantics: Semantics = STRICT, shadows: frozenset[str] = frozenset()
) -> Callable[[Scope], Any]:
    """A function from scope to value, the same value that `evaluate_node` gives.

    `shadows` are the names in scope that a call takes before the built-in function of the same name. Lists and contexts
    that the function returns may be parts of the scope: they must not be changed.
    """
    return Compiler(semantics, shadows).run(node)


def compile_test(
    node: UnaryTests, semantics: Semantics = STRICT, shadows: frozenset[str] = frozenset()
) -> Callable[[Any, Scope], Any]:
    """A function from value and scope to True, False, null (SPEC) or an undetermined value (STRICT).

    Causes name the value `?`.
    """
    return Compiler(semantics, shadows).cell(node)


class Compiler:
    """Compiles nodes under a semantics."""

    def __init__(self, semantics: Semantics, shadows: frozenset[str]) -> None:
        self.semantics = semantics
        self.shadows = shadows

    def run(self, node: Node) -> Run:
        """The node as a function of the scope."""
        fixed, value = constant(node, self.semantics, self.shadows)
        if fixed:
            return lambda scope: value
        match node:
            case Name(name):
                return compile_steps.name(self._site(node), name, name in BUILTINS)
            case InputValue():
                return compile_steps.name(self._site(node), testing.INPUT, False)
            case ListLiteral() | ContextLiteral() | Range() | FunctionLiteral():
                return self._made(node)
            case Negation() | Arithmetic() | Comparison() | And() | Or() | Between() | In() | InstanceOf():
                return self._operation(node)
            case If() | For() | Quantified() | Filter():
                return self._controlled(node)
            case Path(source, name):
                return compile_steps.path(self._site(node, source), self.run(source), name)
            case Call():
                return self._call(node)
            case UnaryTests():
                test = self.cell(node)
                return lambda scope: test(scope[testing.INPUT], scope)
            case Number() | String() | Boolean() | Null() | AtLiteral():
                raise AssertionError("a literal is constant")
            case _:
                assert_never(node)

    def cell(self, node: UnaryTests) -> Test:
        """The tests of a cell as a function of the value and the scope."""
        if not node.tests:
            return lambda value, scope: True
        test = self._any_test(node, InputValue(node.span), node.tests)
        return (lambda value, scope: operate.inverted(test(value, scope))) if node.negated else test

    def _site(self, node: Node, *operands: Node) -> Site:
        return Site(node, self.semantics, *operands)

    def _knowing(self, *names: str) -> Compiler:
        return Compiler(self.semantics, self.shadows | {name for name in names if name in BUILTINS})

    def _made(self, node: ListLiteral | ContextLiteral | Range | FunctionLiteral) -> Run:
        match node:
            case ListLiteral(items):
                runs = [self.run(item) for item in items]
                return lambda scope: [run(scope) for run in runs]
            case ContextLiteral(entries):
                return self._context(node, entries)
            case Range():
                return self._range(node)
            case FunctionLiteral(parameters, body, is_external):
                site = self._site(node)
                if is_external:
                    value = external(site, parameters)
                    return lambda scope: value
                inner = self._knowing(*(name for name, _ in parameters)).run(body)
                return lambda scope: written(site, parameters, inner, scope)
            case _:
                assert_never(node)

    def _context(self, node: Node, entries: tuple[tuple[str, Node], ...]) -> Run:
        compiler, runs = self, []
        for index, (key, value) in enumerate(entries):
            if any(key == earlier for earlier, _ in entries[:index]):
                refused = operate.given_twice(self._site(node), key)
                return lambda scope: refused
            runs.append((key, compiler.run(value)))
            compiler = compiler._knowing(key)

        def run(scope: Any) -> Any:
            made: dict[str, Any] = {}
            inner = local(scope, made)
            for key, entry in runs:
                inner[key] = made[key] = entry(inner)
            return made

        return run

    def _range(self, node: Range) -> Run:
        if node.low is not None and node.high is not None and not node.operator:
            site = self._site(node, node.low, node.high)
            low, high = self.run(node.low), self.run(node.high)
            from_low, to_high = node.low_included, node.high_included
            return lambda scope: operate.made_range(site, low(scope), high(scope), from_low, to_high)
        end = node.low if node.low is not None else node.high
        if end is None:
            missing = self._site(node).missing()
            return lambda scope: missing
        run, operator = self.run(end), node.operator
        if operator:
            return lambda scope: operate.equal_range(run(scope), operator)
        site, below, included = self._site(node, end, end), node.low is None, node.low_included or node.high_included
        return lambda scope: operate.one_sided(site, run(scope), below, included)

    def _operation(self, node: Negation | Arithmetic | Comparison | And | Or | Between | In | InstanceOf) -> Run:
        match node:
            case Negation(operand):
                site, run = self._site(node, operand), self.run(operand)
                return lambda scope: operate.negated(site, run(scope))
            case Arithmetic(operator, left, right):
                return compile_steps.arithmetic(
                    self._site(node, left, right), operator, self.run(left), self.run(right)
                )
            case Comparison():
                return self._comparison(node)
            case And(operands) | Or(operands):
                runs = [self.run(operand) for operand in operands]
                return compile_steps.logical(self._site(node, *operands), runs, isinstance(node, Or))
            case Between(value, low, high):
                return compile_steps.between(
                    self._site(node, value, low, high), self.run(value), self.run(low), self.run(high)
                )
            case In(value, tests):
                run, test = self.run(value), self._any_test(node, value, tests)
                return lambda scope: test(run(scope), scope)
            case InstanceOf():
                return self._instance(node)
            case _:
                assert_never(node)

    def _comparison(self, node: Comparison) -> Run:
        left, right = node.left, node.right
        general = comparison(self._site(node, left, right), node, self.run(left), self.run(right))
        if not isinstance(left, Name) or (left.name in BUILTINS):
            return general
        fixed, value = constant(right, self.semantics, self.shadows)
        if not fixed:
            return general
        if isinstance(right, Null) and node.operator in ("=", "!="):
            return null_comparison(node.operator, left.name, general)
        return name_comparison(node.operator, left.name, value, general) or general

    def _instance(self, node: InstanceOf) -> Run:
        run, kind = self.run(node.value), node.type
        if not is_known(kind):
            unknown = self._site(node).unknown(print_type(kind))
            return lambda scope: value if type(value := run(scope)) is Undetermined else unknown
        return lambda scope: value if type(value := run(scope)) is Undetermined else is_instance(value, kind)

    def _any_test(self, node: Node, subject: Node, tests: tuple[Node, ...]) -> Test:
        prepared = [
            Prepared(
                test,
                self.run(test),
                constant(test, self.semantics, self.shadows),
                constant_items(test, self.semantics, self.shadows),
            )
            for test in tests
        ]
        return any_test(node, self._site(node), subject, prepared)

    def _controlled(self, node: If | For | Quantified | Filter) -> Run:
        match node:
            case If(condition, then, otherwise):
                site = self._site(node, condition)
                return compile_steps.choice(site, self.run(condition), self.run(then), self.run(otherwise))
            case For(iterations, body):
                domains, inner = self._domains(iterations)
                site, run, partial = self._site(node), inner.run(body), mentions(body, "partial")
                reuse = not writes_function(node)
                return lambda scope: loops.results(site, domains, run, scope, partial, reuse)
            case Quantified(every, iterations, condition):
                domains, inner = self._domains(iterations)
                site, run, reuse = self._site(node, condition), inner.run(condition), not writes_function(node)
                return lambda scope: loops.quantified(site, domains, run, scope, every, reuse)
            case Filter():
                return self._filter(node)
            case _:
                assert_never(node)

    def _filter(self, node: Filter) -> Run:
        site, source = self._site(node, node.source, node.condition), self.run(node.source)
        fixed, position = constant(node.condition, self.semantics, self.shadows)
        if fixed and type(position) is Decimal:
            return compile_steps.item_at(site, source, position)
        reuse = not writes_function(node.condition)

        def filtered(items: Any, condition: Run, scope: Any) -> Any:
            return access.filtered(site, items, condition, scope, reuse)

        direct = direct_filter(node.condition, lambda part: constant(part, self.semantics, self.shadows))
        return indexed_filter(source, node.condition, self.run, filtered, direct)

    def _domains(self, iterations: tuple[Iteration, ...]) -> tuple[tuple[loops.Domain, ...], Compiler]:
        """What the names go through, and the compiler that knows the names."""
        found, compiler = [], self
        for one in iterations:
            ends = () if one.end is None else (one.end,)
            end = None if one.end is None else compiler.run(one.end)
            site = self._site(one.source, one.source, *ends)
            found.append(loops.Domain(one.name, compiler.run(one.source), end, site))
            compiler = compiler._knowing(one.name)
        return tuple(found), compiler

    def _call(self, node: Call) -> Run:
        site = self._site(node, *node.arguments)
        arguments = [self.run(argument) for argument in node.arguments]
        if isinstance(node.function, Name):
            name = node.function.name
            if name in BUILTINS and name not in self.shadows:
                return builtin_call(site, node, BUILTINS[name], arguments)
        function, names = self.run(node.function), node.names
        return lambda scope: call_value(
            site, function(scope), [argument(scope) for argument in arguments], names, scope
        )
