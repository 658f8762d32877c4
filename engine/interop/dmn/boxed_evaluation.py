"""Evaluates boxed expressions by FEEL's own operations (DMN 8.2, 10.2.2); an error is null. Pure.

The hit policies of decision tables are those of rule files (`engine.decide.hit_policy`), with null for what goes wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, assert_never

from greenlane.engine.decide.hit_policy import OnError, Priority, combined
from greenlane.engine.feel.invocation import BuiltinCall, call_value
from greenlane.engine.feel.iteration import Domain, filtered, quantified, results
from greenlane.engine.feel.operations import chosen
from greenlane.engine.feel.values import FeelFunction
from greenlane.engine.interop.dmn.boxed import (
    BoxedExpression,
    ChildExpression,
    Conditional,
    ContextExpression,
    DecisionRule,
    DecisionTable,
    FilterExpression,
    FunctionDefinition,
    Invocation,
    IteratorExpression,
    ListExpression,
    LiteralExpression,
    OutputClause,
    Relation,
)
from greenlane.engine.interop.dmn.diagnostic_codes import HITS, MISMATCH
from greenlane.engine.interop.dmn.environment import ERRORS, Environment
from greenlane.engine.interop.dmn.xml_tree import SourceText
from greenlane.engine.rules.table import LISTING, Hit

_ORDERED = (Hit.PRIORITY, Hit.OUTPUT_ORDER)


def evaluate(boxed: BoxedExpression | None, env: Environment) -> Any:
    """The value, coerced to the type that the expression declares; null where there is no expression."""
    match boxed:
        case None:
            return None
        case FunctionDefinition():
            return function_value(boxed, env)
        case LiteralExpression():
            value = literal(boxed, env)
        case DecisionTable():
            value = _table(boxed, env)
        case ContextExpression():
            value = _context(boxed, env)
        case Invocation():
            value = _invocation(boxed, env)
        case ListExpression(items):
            value = [evaluate(item, env) for item in items]
        case Relation():
            value = _relation(boxed, env)
        case Conditional():
            value = _conditional(boxed, env)
        case FilterExpression():
            value = _filter(boxed, env)
        case IteratorExpression():
            value = _iterator(boxed, env)
        case _:
            assert_never(boxed)
    return env.coerced(value, boxed.type_ref, "the result", boxed.place)


def literal(boxed: LiteralExpression, env: Environment) -> Any:
    """The value of the text before coercion; null where it is blank, no FEEL or of another language."""
    if not boxed.text.value.strip() or not boxed.is_feel:
        return None
    run = env.execution.compiler.expression(boxed.text, env.model, env.names)
    return run(env.scope)


def function_value(boxed: FunctionDefinition, env: Environment, type_ref: str = "") -> FeelFunction:
    """A closure over the environment. `type_ref` is of the function or its results, empty for the definition's own."""
    if boxed.kind != "FEEL":
        return env.execution.foreign_function([p.name for p in boxed.parameters], boxed.kind, boxed.place)
    model, result = env.execution.result_type(env.model, type_ref or boxed.type_ref)

    def run(arguments: Mapping[str, Any]) -> Any:
        inner = env.extended(arguments)
        found = evaluate(boxed.body, inner)
        owner = Environment(env.execution, model, inner.scope, inner.names)
        return owner.coerced(found, result, "the result", boxed.place)

    parameters = [(env.model, parameter) for parameter in boxed.parameters]
    return env.execution.function(parameters, run, env.execution.compiler.cost(boxed.body).call())


def _child(child: ChildExpression, env: Environment) -> Any:
    value = evaluate(child.value, env)
    if child.value is None or not child.type_ref:
        return value
    return env.coerced(value, child.type_ref, "the value", child.value.place)


def _context(boxed: ContextExpression, env: Environment) -> Any:
    made: dict[str, Any] = {}
    # One scope that grows, so that a function in an entry can call itself.
    inner = env.extended({})
    for entry in boxed.entries:
        name = entry.name or "the result"
        value = inner.coerced(evaluate(entry.value, inner), entry.type_ref, name, entry.place)
        if not entry.name:
            return value
        made[entry.name] = inner.scope[entry.name] = value
        inner = inner.within(inner.scope, entry.name)
    return made


def _invocation(boxed: Invocation, env: Environment) -> Any:
    called = evaluate(boxed.function, env)
    arguments = {name: evaluate(value, env) for name, value in boxed.bindings}
    if type(called) is FeelFunction and type(called.call) is not BuiltinCall:
        # A parameter without a binding is null.
        arguments = {**dict.fromkeys(called.parameters), **arguments}
    return call_value(ERRORS, called, list(arguments.values()), list(arguments), env.scope)


def _relation(boxed: Relation, env: Environment) -> Any:
    return [
        {
            column.name: env.coerced(evaluate(cell, env), column.type_ref, column.name, column.place)
            for column, cell in zip(boxed.columns, row, strict=True)
        }
        for row in boxed.rows
    ]


def _conditional(boxed: Conditional, env: Environment) -> Any:
    found = chosen(ERRORS, _child(boxed.condition, env))
    if type(found) is not bool:
        return found
    return _child(boxed.then if found else boxed.otherwise, env)


def _filter(boxed: FilterExpression, env: Environment) -> Any:
    source = _child(boxed.source, env)

    def holds(scope: Any) -> Any:
        return _child(boxed.match, env.within(scope, *scope))

    return filtered(ERRORS, source, holds, env.scope, env.execution.compiler.cost(boxed.match).turn(0))


def _iterator(boxed: IteratorExpression, env: Environment) -> Any:
    cost, makes = env.execution.compiler.cost(boxed.body), int(boxed.kind == "for")
    domain = Domain(boxed.variable, lambda scope: _child(boxed.source, env), None, ERRORS, cost.turn(makes))

    def body(scope: Any) -> Any:
        return _child(boxed.body, env.within(scope, *scope))

    if boxed.kind == "for":
        return results(ERRORS, (domain,), body, env.scope, cost.partial)
    return quantified(ERRORS, (domain,), body, env.scope, boxed.kind == "every")


def _table(table: DecisionTable, env: Environment) -> Any:
    """The result of a table; null where an input is not one of its values or the hit policy is violated."""
    inputs = _inputs(table, env)
    if inputs is None:
        return None
    held = [rule for rule in table.rules if _holds(rule, inputs, env)]
    if not held:
        return _default(table, env)
    hit, on_error = table.hit, _null_on_error(table, env)
    if hit is Hit.UNIQUE and len(held) > 1:
        # Not even evaluated: what else is wrong with their results does not matter.
        return on_error.violated(hit, held)
    if hit is Hit.FIRST:
        held = held[:1]
    found = [_result(table, rule.results, env) for rule in held]
    return combined(hit, held, found, _priorities(table, env) if hit in _ORDERED else (), on_error)


def _null_on_error(table: DecisionTable, env: Environment) -> OnError:
    """Null; a hit policy that is violated is reported."""

    def violated(hit: Hit, held: Sequence[DecisionRule]) -> None:
        lines = ", ".join(str(rule.place.line) for rule in held)
        unique = hit is Hit.UNIQUE
        what = f"several rules hold under UNIQUE (lines {lines})" if unique else "rules that hold differ under ANY"
        env.execution.sink.warning(HITS, f"{what}; null instead", table.place)

    return OnError(violated, lambda hit, error: None)


def _inputs(table: DecisionTable, env: Environment) -> list[Any] | None:
    """The value of each input; None where one is none of its `inputValues`."""
    found = []
    for clause in table.inputs:
        value = None
        if clause.expression is not None:
            expression = clause.expression
            read = literal(expression, env)
            value = env.coerced(read, expression.type_ref, expression.text.value.strip(), expression.place)
        if value is not None and clause.values is not None and not _passes(clause.values, value, env):
            env.execution.sink.warning(MISMATCH, "an input is none of its values; the table gives null", clause.place)
            return None
        found.append(value)
    return found


def _holds(rule: DecisionRule, inputs: Sequence[Any], env: Environment) -> bool:
    return all(_passes(test, value, env) for test, value in zip(rule.tests, inputs, strict=True))


def _passes(test: SourceText, value: Any, env: Environment) -> bool:
    return env.execution.compiler.test(test, env.model, env.names)(value, env.scope) is True


def _result(table: DecisionTable, cells: Sequence[LiteralExpression], env: Environment) -> Any:
    values = [
        env.coerced(literal(cell, env), output.type_ref, output.name or "the output", cell.place)
        for cell, output in zip(cells, table.outputs, strict=True)
    ]
    return _joined(table, values)


def _joined(table: DecisionTable, values: Sequence[Any]) -> Any:
    """The value of a single output; a context of several."""
    if len(table.outputs) == 1:
        return values[0]
    return {output.name: value for output, value in zip(table.outputs, values, strict=True)}


def _default(table: DecisionTable, env: Environment) -> Any:
    """The result where no rule holds: null unless an output has a default."""
    if all(output.default is None for output in table.outputs):
        return None
    values = []
    for output in table.outputs:
        value = None if output.default is None else literal(output.default, env)
        values.append(env.coerced(value, output.type_ref, output.name or "the output", output.place))
    result = _joined(table, values)
    return [result] if table.hit in LISTING else result


def _priorities(table: DecisionTable, env: Environment) -> list[Priority]:
    """For each output the rank of its values, with what is none of them at the end."""
    several = len(table.outputs) > 1
    return [(output.name if several else "", _rank(_ranking(output, env), env)) for output in table.outputs]


def _rank(tests: Sequence[Callable[[Any, Any], Any]], env: Environment) -> Callable[[Any], int]:
    return lambda value: next((at for at, test in enumerate(tests) if test(value, env.scope) is True), len(tests))


def _ranking(output: OutputClause, env: Environment) -> Sequence[Callable[[Any, Any], Any]]:
    """The tests of the output's values, or of those that its type allows."""
    compiler = env.execution.compiler
    if output.values is not None:
        return compiler.each_test(output.values, env.model, env.names)
    found = env.execution.models.item(env.model, output.type_ref)
    if found is None or found[1].allowed is None:
        return ()
    return compiler.each_test(found[1].allowed, found[0], frozenset())
