"""The reference meaning: a function for each type of node, and no null for an error in the strict meaning."""

from __future__ import annotations

from dataclasses import is_dataclass
from decimal import Decimal
from typing import Any, get_args

from hypothesis import given, settings

from greenlane.engine.feel import SPEC, STRICT, ast, evaluate_node
from greenlane.engine.feel.ast import Iteration, Node, Span, TypeName
from greenlane.engine.feel.codegen.emitter import EMITTERS
from greenlane.engine.feel.interpreter import MEANINGS
from tests.engine.feel.codegen.test_emitter import comparable
from tests.engine.feel.expressions import expressions, scopes
from tests.examples import examples

# What stands in nodes and is none itself.
_PARTS = {Span, Iteration, TypeName}


def test_every_type_of_node_has_one_meaning_and_one_way_to_be_compiled() -> None:
    """The tables of the interpreter and of the compiler hold all classes of syntax trees, and nothing else."""
    nodes = {found for found in vars(ast).values() if isinstance(found, type) and is_dataclass(found)} - _PARTS
    assert set(get_args(Node)) == nodes
    assert MEANINGS.keys() == nodes
    assert EMITTERS.keys() == nodes


@settings(max_examples=examples(135), deadline=None)
@given(node=expressions, scope=scopes)
def test_strict_never_gives_null_for_an_error(node: Node, scope: dict[str, Any]) -> None:
    """Where the strict meaning gives a plain value, the specification gives the same."""
    strict = evaluate_node(node, scope, STRICT)
    if type(strict) in (bool, Decimal, str):
        assert comparable(evaluate_node(node, scope, SPEC)) == comparable(strict)
