"""What boxed expressions mean, in terms of FEEL's own operations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never

from greenlane.engine.feel.access import filtered
from greenlane.engine.feel.invoke import BuiltinCall, call_value
from greenlane.engine.feel.loops import Domain, quantified, results
from greenlane.engine.feel.operate import chosen
from greenlane.engine.feel.values import FeelFunction
from greenlane.engine.interop.dmn.boxed import (
    Boxed,
    Child,
    Conditional,
    ContextExpression,
    DecisionTable,
    FilterExpression,
    FunctionDefinition,
    Invocation,
    Iterator,
    ListExpression,
    LiteralExpression,
    Relation,
)
from greenlane.engine.interop.dmn.frame import SITE, Frame
from greenlane.engine.interop.dmn.functions import foreign, function, result_type, typed
from greenlane.engine.interop.dmn.read_boxed import is_feel
from greenlane.engine.interop.dmn.tables import table


def evaluate(boxed: Boxed | None, frame: Frame) -> Any:
    """The value, converted to the type that the expression declares. An error is null."""
    match boxed:
        case None:
            return None
        case FunctionDefinition():
            return function_value(boxed, frame)
        case LiteralExpression():
            value = literal(boxed, frame)
        case DecisionTable():
            value = table(boxed, frame, literal)
        case ContextExpression():
            value = _context(boxed, frame)
        case Invocation():
            value = _invocation(boxed, frame)
        case ListExpression(items):
            value = [evaluate(item, frame) for item in items]
        case Relation():
            value = _relation(boxed, frame)
        case Conditional():
            value = _conditional(boxed, frame)
        case FilterExpression():
            value = _filter(boxed, frame)
        case Iterator():
            value = _iterator(boxed, frame)
        case _:
            assert_never(boxed)
    return typed(frame, value, boxed.type_ref, "the result", boxed.place)


def literal(boxed: LiteralExpression, frame: Frame) -> Any:
    """The value of FEEL text; null where there is none or it is of another language."""
    if not boxed.text.value.strip() or not is_feel(boxed.language):
        return None
    run = frame.shared.formulas.expression(boxed.text, frame.model, frame.names)
    return run(frame.scope)


def function_value(boxed: FunctionDefinition, frame: Frame, type_ref: str = "") -> FeelFunction:
    """A function over the names around it. `type_ref` is of the function or of its results."""
    if boxed.kind != "FEEL":
        return foreign(frame.shared, [p.name for p in boxed.parameters], boxed.kind, boxed.place)
    model, result = result_type(frame.shared, frame.model, type_ref or boxed.type_ref)

    def run(arguments: Mapping[str, Any]) -> Any:
        inner = frame.knowing(arguments)
        found = evaluate(boxed.body, inner)
        return typed(Frame(frame.shared, model, inner.scope, inner.names), found, result, "the result", boxed.place)

    return function(frame.shared, [(frame.model, parameter) for parameter in boxed.parameters], run)


def _child(child: Child, frame: Frame) -> Any:
    value = evaluate(child.value, frame)
    if child.value is None or not child.type_ref:
        return value
    return typed(frame, value, child.type_ref, "the value", child.value.place)


def _context(boxed: ContextExpression, frame: Frame) -> Any:
    made: dict[str, Any] = {}
    # One scope that grows, so that a function in an entry can call itself.
    inner = frame.knowing({})
    for entry in boxed.entries:
        name = entry.name or "the result"
        value = typed(inner, evaluate(entry.value, inner), entry.type_ref, name, entry.place)
        if not entry.name:
            return value
        made[entry.name] = inner.scope[entry.name] = value
        inner = inner.over(inner.scope, entry.name)
    return made


def _invocation(boxed: Invocation, frame: Frame) -> Any:
    called = evaluate(boxed.function, frame)
    arguments = {name: evaluate(value, frame) for name, value in boxed.bindings}
    if type(called) is FeelFunction and type(called.call) is not BuiltinCall:
        # A parameter without a binding is null.
        arguments = {**dict.fromkeys(called.parameters), **arguments}
    return call_value(SITE, called, list(arguments.values()), list(arguments), frame.scope)


def _relation(boxed: Relation, frame: Frame) -> Any:
    return [
        {
            column.name: typed(frame, evaluate(cell, frame), column.type_ref, column.name, column.place)
            for column, cell in zip(boxed.columns, row, strict=True)
        }
        for row in boxed.rows
    ]


def _conditional(boxed: Conditional, frame: Frame) -> Any:
    found = chosen(SITE, _child(boxed.condition, frame))
    if type(found) is not bool:
        return found
    return _child(boxed.then if found else boxed.otherwise, frame)


def _filter(boxed: FilterExpression, frame: Frame) -> Any:
    source = _child(boxed.source, frame)

    def holds(scope: Any) -> Any:
        return _child(boxed.match, frame.over(scope, *scope))

    return filtered(SITE, source, holds, frame.scope, reuse=False)


def _iterator(boxed: Iterator, frame: Frame) -> Any:
    domain = Domain(boxed.variable, lambda scope: _child(boxed.source, frame), None, SITE)

    def body(scope: Any) -> Any:
        return _child(boxed.body, frame.over(scope, *scope))

    if boxed.kind == "for":
        return results(SITE, (domain,), body, frame.scope, partial=True)
    return quantified(SITE, (domain,), body, frame.scope, boxed.kind == "every")
