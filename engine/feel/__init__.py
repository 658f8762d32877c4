"""FEEL, the expression language of rule files (DMN 1.5, conformance level 3). Pure: no clock, network or globals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from greenlane.engine.feel.ast import Node
from greenlane.engine.feel.codegen.emitter import compile_expression, compile_test
from greenlane.engine.feel.errors import FeelError, FeelSyntaxError, SyntaxDiagnostic
from greenlane.engine.feel.interpreter import evaluate_node, evaluate_tests
from greenlane.engine.feel.parser import parse_expression, parse_unary_tests
from greenlane.engine.feel.printer import print_node
from greenlane.engine.feel.scope import Budget, LocalScope
from greenlane.engine.feel.semantics import SPEC, STRICT, Cause, ErrorContext, Semantics, Undetermined
from greenlane.engine.feel.visitor import names_read

__all__ = [
    "SPEC",
    "STRICT",
    "Cause",
    "FeelSyntaxError",
    "Semantics",
    "SyntaxDiagnostic",
    "Undetermined",
    "compile_expression",
    "compile_test",
    "evaluate",
    "evaluate_node",
    "evaluate_tests",
    "names_read",
    "parse_expression",
    "parse_unary_tests",
    "print_node",
    "test",
]

_NOTHING: Mapping[str, Any] = {}


def evaluate(text: str, context: Mapping[str, Any] = _NOTHING, semantics: Semantics = STRICT) -> Any:
    """The value of an expression whose names are those of the context. Raises FeelSyntaxError.

    Integers in the context are taken as numbers; anything else must be a FEEL value. An expression that asks for more
    work than one decision may do has no value, whatever else is in it.
    """
    node = parse_expression(text, frozenset(context), _members(context))
    budget = Budget()
    value = compile_expression(node, semantics, frozenset(context))(LocalScope(_NOTHING, _numbers(context), budget))
    return value if budget.ended is None else _ended(node, semantics, budget.ended)


def test(text: str, value: Any, context: Mapping[str, Any] = _NOTHING, semantics: Semantics = STRICT) -> Any:
    """What a cell says of the value: True, False, null (SPEC) or undetermined (STRICT). Otherwise as `evaluate`."""
    node = parse_unary_tests(text, frozenset(context), _members(context))
    budget = Budget()
    scope = LocalScope(_NOTHING, _numbers(context), budget)
    answer = compile_test(node, semantics, frozenset(context))(_numbers(value), scope)
    return answer if budget.ended is None else _ended(node, semantics, budget.ended)


def _ended(node: Node, semantics: Semantics, error: FeelError) -> Any:
    """What comes of an evaluation whose budget ran out."""
    return ErrorContext(node, semantics).caught(error)


def _members(value: Any) -> frozenset[str]:
    return frozenset(_entry_names(value))


def _entry_names(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from value
        for entry in value.values():
            yield from _entry_names(entry)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _entry_names(item)


def _numbers(value: Any) -> Any:
    if type(value) is int:
        return Decimal(value)
    if isinstance(value, (list, tuple)):
        return [_numbers(item) for item in value]
    if isinstance(value, Mapping):
        return {name: _numbers(entry) for name, entry in value.items()}
    return value
