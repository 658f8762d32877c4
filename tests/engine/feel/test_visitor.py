"""What is inside of a node, and which names an expression reads."""

from __future__ import annotations

import pytest

from greenlane.engine.feel import compile_expression, names_read, parse_expression, parse_unary_tests, print_node
from greenlane.engine.feel.ast import NODE_TYPES, Name, Node, Null, Span
from greenlane.engine.feel.visitor import children, height, rebuilt, walk

INSIDE = """
1                                    |
@"2026-03-02"                        |
[a, b, c]                            | a ; b ; c
{x: a, "y z": b}                     | a ; b
[a..b)                               | a ; b
(>= a)                               | a
(= a)                                | a
-a                                   | a
a + b                                | a ; b
a < b                                | a ; b
a and b and c                        | a ; b ; c
a or b                               | a ; b
a between b and c                    | a ; b ; c
a in (b, (> c))                      | a ; b ; (> c)
if a then b else c                   | a ; b ; c
for x in a, y in b..c return d       | a ; b ; c ; d
every x in a satisfies b             | a ; b
a[b]                                 | a ; b
a.b                                  | a
a(b, c)                              | a ; b ; c
a(x: b)                              | a ; b
function(x: number) a                | a
a instance of list<number>           | a
"""


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


@pytest.mark.parametrize("line", INSIDE.strip().splitlines(), ids=lambda line: line.split("|")[0].strip())
def test_children(line: str) -> None:
    """The nodes in the fields of a node, in the order of the text; the one end of `(= a)` once."""
    text, _, inside = line.partition("|")
    node = parse_expression(text)
    assert [print_node(child) for child in children(node)] == [
        part.strip() for part in inside.split(";") if part.strip()
    ]
    assert next(iter(walk(node))) is node


def test_children_of_a_cell() -> None:
    """Those are its tests."""
    assert [print_node(child) for child in children(parse_unary_tests("not(1, > 2)"))] == ["1", "(> 2)"]


def test_every_type_of_node_has_its_children_and_its_text() -> None:
    """The lines above hold a node of every type, and every type that a line holds can be printed."""
    found: set[type[Node]] = {type(parse_unary_tests("-"))}
    for line in [*INSIDE.strip().splitlines(), '"a"', "true", "null", "?"]:
        found |= {type(node) for node in walk(parse_expression(line.partition("|")[0]))}
    assert found == set(NODE_TYPES)


def test_height() -> None:
    """Nodes in one another are counted, not nodes beside one another."""
    assert height(parse_expression("a + b * (c - d)")) == 4
    assert height(parse_expression("[a, b, c, d]")) == 2


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("a + b", "null + null"),
        ("[a, b]", "[null, null]"),
        ("(> a)", "(> null)"),
        ("{x: a}", "{x: a}"),
        ("for x in a return b", "for x in a return null"),
        ("f(a, x)", "null(null, null)"),
        ("a", "a"),
    ],
)
def test_rebuilt(text: str, changed: str) -> None:
    """Nodes in fields of their own are changed; those in entries and iterations stay."""
    assert print_node(rebuilt(parse_expression(text), lambda _: Null(Span(0, 0)))) == changed


def test_rebuilt_without_children_is_the_same_node() -> None:
    """Nothing is made anew where nothing changes."""
    node = Name("a", Span(0, 1))
    assert rebuilt(node, lambda _: Null(Span(0, 0))) is node
