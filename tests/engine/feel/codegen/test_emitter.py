"""Compiled expressions mean what the interpreter says and count their work as it does; what their code may hold."""

from __future__ import annotations

import threading
from decimal import Context, Decimal, localcontext
from types import CodeType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenlane.engine.feel import (
    SPEC,
    STRICT,
    FeelSyntaxError,
    Semantics,
    Undetermined,
    compile_expression,
    compile_test,
    evaluate_node,
    evaluate_tests,
    parse_expression,
)
from greenlane.engine.feel.ast import ContextLiteral, If, Name, Node, Path, Span, String, UnaryTests
from greenlane.engine.feel.scope import Budget, LocalScope
from greenlane.engine.feel.values import FeelFunction, IndexedRows
from tests.engine.feel.codegen.lists import FORMS, names
from tests.engine.feel.expressions import cells, expressions, scopes, values
from tests.examples import examples

HERE = Span(0, 1)
KNOWN = frozenset({"xs", "ys", "c", "f", "item", "a"})
SEMANTICS = st.sampled_from([SPEC, STRICT])
texts = st.text(min_size=1, max_size=12) | st.sampled_from(
    ["import os", '"); exit(', "k0", "scope", "__class__", "\n x"]
)


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
@settings(max_examples=examples(135), deadline=None)
@given(node=expressions, scope=scopes)
def test_compiled_equals_reference(semantics: Semantics, node: Node, scope: dict[str, Any]) -> None:
    """Every expression has the same value, and the same causes, both ways."""
    expected = comparable(evaluate_node(node, scope, semantics))
    assert comparable(compile_expression(node, semantics)(scope)) == expected


@pytest.mark.parametrize("semantics", [SPEC, STRICT], ids=lambda semantics: semantics.name)
@settings(max_examples=examples(135), deadline=None)
@given(node=cells, value=values, scope=scopes)
def test_compiled_cell_equals_reference(
    semantics: Semantics, node: UnaryTests, value: Any, scope: dict[str, Any]
) -> None:
    """Every cell says the same of every value both ways, and nothing but true, false or that it cannot say."""
    expected = evaluate_tests(node, value, scope, semantics)
    assert expected in (True, False) or expected is None or isinstance(expected, Undetermined)
    assert compile_test(node, semantics)(value, scope) == expected


@pytest.mark.parametrize("text", FORMS)
@settings(max_examples=examples(15), deadline=None)
@given(scope=names, semantics=SEMANTICS, shadowing=st.booleans())
def test_going_through_anything_means_what_the_reference_says(
    text: str, scope: dict[str, Any], semantics: Semantics, shadowing: bool
) -> None:
    """Numbers with booleans, nulls, contexts or lists among them, ranges, no lists at all; built-ins hidden or not."""
    shadows = frozenset(scope) if shadowing else frozenset[str]()
    node = parse_expression(text, KNOWN)
    expected = comparable(evaluate_node(node, scope, semantics, shadows))
    assert comparable(compile_expression(node, semantics, shadows)(scope)) == expected


Spent = tuple[Any, int, int, bool]


def outcome(run: Any, scope: dict[str, Any], steps: int, calls: int) -> Spent:
    """The value on a budget, and what is left of the budget."""
    budget = Budget(steps)
    budget.calls = calls
    value = comparable(run(LocalScope(scope, {}, budget)))
    return value, budget.steps, budget.calls, budget.ended is None


def both_ways(node: Node, scope: dict[str, Any], semantics: Semantics, *budget: int) -> tuple[Spent, Spent]:
    """What comes of the expression, and of the budget, by the interpreter and by compiled code."""
    reference = outcome(lambda inner: evaluate_node(node, inner, semantics), scope, *budget)
    return reference, outcome(compile_expression(node, semantics), scope, *budget)


@pytest.mark.parametrize("text", [form for form in FORMS if "for" in form or "[" in form or "satisfies" in form])
@settings(max_examples=examples(12), deadline=None)
@given(scope=names, semantics=SEMANTICS, steps=st.integers(0, 60), calls=st.integers(0, 3))
def test_work_is_counted_as_the_reference_counts_it(
    text: str, scope: dict[str, Any], semantics: Semantics, steps: int, calls: int
) -> None:
    """A budget runs out at the same place, and as much of it is left."""
    expected, found = both_ways(parse_expression(text, KNOWN), scope, semantics, steps, calls)
    assert found == expected


@pytest.mark.parametrize("text", FORMS)
@settings(max_examples=examples(6), deadline=None)
@given(
    scope=names,
    copies=st.integers(12, 20),
    semantics=SEMANTICS,
    steps=st.integers(0, 2000),
)
def test_long_lists_and_strings_are_counted_as_the_reference_counts_them(
    text: str, scope: dict[str, Any], copies: int, semantics: Semantics, steps: int
) -> None:
    """As much is left, wherever there is too little."""
    scope = {name: _repeated(value, copies) for name, value in scope.items()}
    expected, found = both_ways(parse_expression(text, KNOWN), scope, semantics, steps, 3)
    assert found == expected


def _repeated(value: Any, copies: int) -> Any:
    if isinstance(value, str):
        return value * copies * 5
    if isinstance(value, IndexedRows):
        return IndexedRows(list(value) * copies)
    return list(value) * copies if isinstance(value, list) else value


@settings(max_examples=examples(100), deadline=None)
@given(
    node=expressions,
    scope=scopes,
    semantics=SEMANTICS,
    steps=st.integers(0, 80),
    calls=st.integers(0, 2),
)
def test_any_expression_counts_its_work_as_the_reference_does(
    node: Node, scope: dict[str, Any], semantics: Semantics, steps: int, calls: int
) -> None:
    """Also where loops, filters, tests and functions stand in one another."""
    expected, found = both_ways(node, scope, semantics, steps, calls)
    assert found == expected


BUILT_INS = [
    'matches(s, "(a|b)+c")',
    'replace(s, "a", "bb")',
    'split(s, "b")',
    'for x in split(s, "b") return matches(x, s)',
    "sort(xs, function(a, b) a > b)",
    "sort(xs, before)",
    "list replace(xs, function(a, b) a = b, 1)",
    "distinct values([xs, [xs], ys, ys])",
    "union(xs, ys, [xs])",
    "get entries({a: 1, b: xs})",
    'context put({a: 1}, "b", xs)',
    "context merge([{a: 1}, {b: 2}])",
    "mode(concatenate(xs, ys))",
    "exp(c) + log(c) + c ** 2",
    "for x in xs return x ** 2",
    "flatten([xs, ys])",
    "reverse(xs)[1]",
    'string join([s, s, s], ",")',
    "upper case(s) + s + s",
    "exp(3) + (2 ** 0.5)",
    'matches("aaaa", "a+b") or c = 1',
    "string(xs)",
    'working day after(@"2026-03-02", 250, [{date: @"2026-01-01", working: false}])',
]


@pytest.mark.parametrize("text", BUILT_INS)
@settings(max_examples=examples(10), deadline=None)
@given(
    xs=st.lists(st.integers(0, 9).map(Decimal), max_size=80),
    s=st.text("abc", max_size=100),
    semantics=SEMANTICS,
    steps=st.integers(0, 1500),
)
def test_functions_count_their_work_as_the_reference_does(
    text: str, xs: list[Any], s: str, semantics: Semantics, steps: int
) -> None:
    """Those that take long pay for it, those that make lists, contexts and texts pay for these."""
    scope = {"xs": xs, "ys": xs[:3], "s": s, "c": Decimal(3)}
    expected, found = both_ways(parse_expression(text, KNOWN | {"s"}), scope, semantics, steps, 5)
    assert found == expected


@given(texts, texts)
def test_no_text_of_an_expression_is_in_its_code(name: str, text: str) -> None:
    """Names, keys and strings are arguments: the code of this shape is the same whatever they say."""

    def code(one: str, other: str) -> CodeType:
        entries = ((one, Path(Name(one, HERE), one, HERE)),)
        node = If(Name(one, HERE), String(f"{other} ", HERE), ContextLiteral(entries, HERE), HERE)
        return compile_expression(node, STRICT).__code__  # type: ignore[attr-defined, no-any-return]

    assert code(name, text) is code("plain", "words")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a < 10", "tenor < 60"),
        ('a = "x"', 'rating = "AA"'),
        ("xs[a > 1]", "xs[c > 2]"),
        ("for f in xs return f * 2", "for g in ys return g * 3"),
        ('a in ("x", "y")', 'c in ("1", "2", "3")'),
    ],
)
def test_expressions_of_one_shape_share_their_code(one: str, other: str) -> None:
    """So that a ruleset of many cells compiles few functions."""
    first, second = (compile_expression(parse_expression(text, KNOWN)) for text in (one, other))
    assert first.__code__ is second.__code__  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("before", "after"),
    [("if a = 1 then 1 else ", ""), ("(1 + ", ")"), ("for x in [a] return ", ""), ("[", "][1]"), ("{e: ", "}.e")],
)
@pytest.mark.parametrize("depth", [5, 15, 40])
def test_deep_expressions_compile(before: str, after: str, depth: int) -> None:
    """Python allows twenty blocks inside of one another; an expression may have more."""
    node = parse_expression(before * depth + "a" + after * depth, KNOWN)
    scope = {"a": Decimal(2)}
    assert compile_expression(node)(scope) == evaluate_node(node, scope)


FORMS_AT_THE_LIMIT = [
    ("if a = 1 then 1 else ", "a", ""),
    ("for x in [a] return ", "a", ""),
    ("some x in xs satisfies ", "a > 1", ""),
    ("", "a", " + a"),
    ("", "xs", "[item > 1]"),
    ("a > 1 and not(", "a > 3", ")"),
    ("abs(", "a", ")"),
    ("[", "a", "]"),
    ("{e: ", "a", "}"),
    ("function(x) ", "a", ""),
    ("for x in [a], y in [a] return ", "a", ""),
    ("a in (", "a", ")"),
    ("-", "a", ""),
]


@pytest.mark.parametrize(("before", "middle", "after"), FORMS_AT_THE_LIMIT)
def test_the_deepest_expression_that_can_be_read_compiles(before: str, middle: str, after: str) -> None:
    """Python's own stack is not the limit, also where half of it is used up."""

    def deepest() -> Node:
        for depth in range(198, 0, -1):
            try:
                return parse_expression(before * depth + middle + after * depth, KNOWN)
            except FeelSyntaxError:
                continue
        raise AssertionError("none can be read")

    def below(frames: int, node: Node) -> Any:
        return below(frames - 1, node) if frames else compile_expression(node)

    assert callable(below(250, deepest()))


@pytest.mark.parametrize("text", ["a / 3", "sum(xs)", "for f in xs return f / 7", "-a", "xs[1] * a + 0.1"])
def test_the_thread_has_no_say_in_arithmetic(text: str) -> None:
    """Neither its precision nor its rounding, in whatever thread it runs."""
    run = compile_expression(parse_expression(text, KNOWN))
    scope = {"a": Decimal("1.234567890123456789"), "xs": [Decimal("0.1") ** 20, Decimal(7), Decimal(1) / 3]}
    expected, found = run(scope), []

    def elsewhere() -> None:
        with localcontext(Context(prec=3, rounding="ROUND_UP", Emax=9, Emin=-9)):
            found.append(run(scope))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert found == [expected]


def test_one_function_serves_many_threads() -> None:
    """It keeps nothing between calls."""
    run = compile_expression(parse_expression("{a: xs[item > c], b: sum(a), d: some x in a satisfies x = b}.b", KNOWN))
    found: dict[int, set[Any]] = {}

    def work(number: int) -> None:
        scope = {"xs": [Decimal(i * number) for i in range(20)], "c": Decimal(number * 5)}
        found[number] = {run(scope) for _ in range(200)}

    threads = [threading.Thread(target=work, args=(number,)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: {Decimal(number * sum(range(6, 20)))} for number in range(1, 5)}
