"""Printing gives text that reads back as the same tree."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from hypothesis import given, settings

from greenlane.engine.feel import parse_expression, parse_unary_tests, print_node
from greenlane.engine.feel.ast import InputValue, Node, Span, UnaryTests
from tests.engine.feel.expressions import NAMES, cells, expressions
from tests.examples import examples


def bare(value: Any) -> Any:
    """The tree without spans."""
    if isinstance(value, tuple):
        return tuple(bare(item) for item in value)
    if not is_dataclass(value):
        return value
    return (type(value), *(bare(getattr(value, field.name)) for field in fields(value) if field.name != "span"))


@settings(max_examples=examples(135), deadline=None)
@given(node=expressions)
def test_expression_reads_back(node: Node) -> None:
    """parse(print(x)) is x, spans apart."""
    assert bare(parse_expression(print_node(node), NAMES, NAMES)) == bare(node)


@settings(max_examples=examples(135), deadline=None)
@given(node=cells)
def test_cell_reads_back(node: UnaryTests) -> None:
    """parse(print(x)) is x for cells."""
    assert bare(parse_unary_tests(print_node(node), NAMES, NAMES)) == bare(node)


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("1+2 *3", "1 + 2 * 3"),
        ("(1+2)*3", "(1 + 2) * 3"),
        ("2**-3", "2 ** -3"),
        ("a<b   and(c or d)", "a < b and (c or d)"),
        ("]1..5[", "(1..5)"),
        ("x in (1,>=5, [2..3])", "x in (1, >= 5, [2..3])"),
        ("x in (>= 5)", "x in >= 5"),
        ('{"a": 1, "b c" : 2, "d:": 3}', '{a: 1, b c: 2, "d:": 3}'),
        ("if(a)then 1 else(2)", "if a then 1 else 2"),
        ("for i in 1 .. 3 ,j in k return i*j", "for i in 1..3, j in k return i * j"),
        ("function(a:list<number>,b)a", "function(a: list<number>, b) a"),
        (
            "x instance of context<a:number,b:function<string>->date and time>",
            "x instance of context<a: number, b: function<string> -> date and time>",
        ),
        ("1.50", "1.5"),
        ("1.2e3", "1200"),
        ('"a\\u0041\\n"', '"aA\\n"'),
    ],
)
def test_canonical_text(written: str, canonical: str) -> None:
    """One space around operators, brackets only where needed."""
    assert print_node(parse_expression(written)) == canonical


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("", "-"),
        (" - ", "-"),
        (">=5,<3", ">= 5, < 3"),
        ('not( "a" )', 'not("a")'),
        ("!= 3", "!= 3"),
        ("? != 3", "? != 3"),
        ("?>1 and ?<2", "? > 1 and ? < 2"),
    ],
)
def test_canonical_cell(written: str, canonical: str) -> None:
    """Cells keep the short form of their tests."""
    assert print_node(parse_unary_tests(written)) == canonical


def test_implied_input_is_told_from_a_written_one() -> None:
    """`!= 3` holds an input value without extent."""
    (test,) = parse_unary_tests("!= 3").tests
    assert getattr(test, "left", None) == InputValue(Span(0, 0))
