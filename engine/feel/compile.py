"""Syntax trees to closures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.feel.ast import Node, UnaryTests
from engine.feel.evaluate import evaluate_node, evaluate_tests
from engine.feel.scope import Scope
from engine.feel.semantics import STRICT, Semantics


def compile_expression(
    node: Node, semantics: Semantics = STRICT, shadows: frozenset[str] = frozenset()
) -> Callable[[Scope], Any]:
    """A function from scope to value."""
    return lambda scope: evaluate_node(node, scope, semantics, shadows)


def compile_test(
    node: UnaryTests, semantics: Semantics = STRICT, shadows: frozenset[str] = frozenset()
) -> Callable[[Any, Scope], Any]:
    """A function from value and scope to answer."""
    return lambda value, scope: evaluate_tests(node, value, scope, semantics, shadows)
