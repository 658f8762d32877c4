"""Compiled expressions mean what the reference interpreter says."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings

from greenlane.engine.feel import (
    SPEC,
    STRICT,
    Semantics,
    Undetermined,
    compile_expression,
    compile_test,
    evaluate_node,
    evaluate_tests,
)
from greenlane.engine.feel.ast import Node, UnaryTests
from greenlane.engine.feel.values import FeelFunction
from tests.engine.feel.expressions import cells, expressions, scopes, values


def comparable(value: Any) -> Any:
    """The value with functions, each made anew, reduced to their parameters, and types kept apart."""
    if isinstance(value, FeelFunction):
        return ("function", value.parameters)
    if isinstance(value, (list, tuple)):
        return [comparable(item) for item in value]
    if isinstance(value, dict):
        return {name: comparable(entry) for name, entry in value.items()}
    return type(value), value


@pytest.mark.parametrize("semantics", [SPEC, STRICT], ids=lambda semantics: semantics.name)
@settings(max_examples=400, deadline=None)
@given(node=expressions, scope=scopes)
def test_compiled_equals_reference(semantics: Semantics, node: Node, scope: dict[str, Any]) -> None:
    """Every expression has the same value, and the same causes, both ways."""
    expected = comparable(evaluate_node(node, scope, semantics))
    assert comparable(compile_expression(node, semantics)(scope)) == expected


@pytest.mark.parametrize("semantics", [SPEC, STRICT], ids=lambda semantics: semantics.name)
@settings(max_examples=400, deadline=None)
@given(node=cells, value=values, scope=scopes)
def test_compiled_cell_equals_reference(
    semantics: Semantics, node: UnaryTests, value: Any, scope: dict[str, Any]
) -> None:
    """Every cell says the same of every value both ways, and nothing but true, false or that it cannot say."""
    expected = evaluate_tests(node, value, scope, semantics)
    assert expected in (True, False) or expected is None or isinstance(expected, Undetermined)
    assert compile_test(node, semantics)(value, scope) == expected


@settings(max_examples=400, deadline=None)
@given(node=expressions, scope=scopes)
def test_strict_never_gives_null_for_an_error(node: Node, scope: dict[str, Any]) -> None:
    """Where the strict meaning gives a plain value, the specification gives the same."""
    strict = evaluate_node(node, scope, STRICT)
    if type(strict) in (bool, Decimal, str):
        assert comparable(evaluate_node(node, scope, SPEC)) == comparable(strict)
