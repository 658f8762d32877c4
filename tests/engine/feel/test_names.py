"""Which names an expression reads."""

from __future__ import annotations

import pytest

from greenlane.engine.feel import compile_expression, names_read, parse_expression, parse_unary_tests


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("b + a * b", ("b", "a")),
        ("for x in xs, y in x return x + y + z + partial[1]", ("xs", "z")),
        ("some x in x satisfies x > y", ("x", "y")),
        ("function(a) a + b", ("b",)),
        ("{a: 1, b: a + c}.b", ("c",)),
        ("rows[tenor = t and item.x > 1]", ("rows", "tenor", "t")),
        ("count(xs) > product", ("xs", "product")),
        ("lending limit(product)", ("lending limit", "product")),
        ("a in (b, > c)", ("a", "b", "c")),
        ('@"2026-03-02" > applied', ("applied",)),
    ],
)
def test_names_read(text: str, names: tuple[str, ...]) -> None:
    """Free names in the order of first appearance, without local ones and functions that FEEL provides."""
    assert names_read(parse_expression(text, {"lending limit"})) == names


def test_built_in_functions_are_read_when_in_scope() -> None:
    """A name in scope counts even where it is that of a built-in function; one that is not in scope does not."""
    node = parse_expression("sort(xs, max) and sum(ys)")
    assert names_read(node, {"xs", "ys", "sum"}) == ("xs", "sum", "ys")


def test_names_of_a_cell() -> None:
    """The input value is no name."""
    assert names_read(parse_unary_tests("> limit, ? = other")) == ("limit", "other")


def test_scope_is_only_subscribed() -> None:
    """Nothing but `scope[name]` is asked of a scope, and each name no more than the expression reads it."""

    class Recording:
        def __init__(self) -> None:
            self.asked: list[str] = []

        def __getitem__(self, name: str) -> str:
            self.asked.append(name)
            return "x"

    scope = Recording()
    compile_expression(parse_expression('if a = "x" and not(b = "y") then c else d'))(scope)
    assert scope.asked == ["a", "b", "c"]
