"""Syntax trees to Python functions: what `evaluate` means, prepared once so that it runs fast."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from greenlane.engine.feel.ast import Node, UnaryTests
from greenlane.engine.feel.generate import emitter
from greenlane.engine.feel.scope import Scope
from greenlane.engine.feel.semantics import STRICT, Semantics


def compile_expression(
    node: Node, semantics: Semantics = STRICT, shadows: frozenset[str] = frozenset()
) -> Callable[[Scope], Any]:
    """A function from scope to value, the same value that `evaluate_node` gives.

    But an unknown name that is written several times may be told of at another of its places.

    `shadows` are the names in scope that a call takes before the built-in function of the same name. Lists and contexts
    that the function returns may be parts of the scope: they must not be changed.
    """
    return emitter.expression(node, semantics, shadows)


def compile_test(
    node: UnaryTests, semantics: Semantics = STRICT, shadows: frozenset[str] = frozenset()
) -> Callable[[Any, Scope], Any]:
    """A function from value and scope to True, False, null (SPEC) or an undetermined value (STRICT).

    Causes name the value `?`.
    """
    return emitter.cell(node, semantics, shadows)
