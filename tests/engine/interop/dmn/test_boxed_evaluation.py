"""Every boxed expression, by itself and inside of others."""

from __future__ import annotations

import pytest

from tests.engine.interop.dmn.models import answer, decision, feel, given, literal, requires, value

A, X, ABC = literal('"a"'), literal('"x"'), literal('"abc"')
CASES = {
    "literal": (literal("1 + 2"), "3"),
    "blank literal": ("<literalExpression><text> </text></literalExpression>", "null"),
    "no logic": ("", "null"),
    "text that is no FEEL": (literal("1 +"), "null"),
    "list": (f"<list>{literal('1')}{literal('n')}</list>", "[1, 5]"),
    "empty list": ("<list/>", "[]"),
    "relation": (
        '<relation><column name="a b"/><column name="c" typeRef="number"/>'
        f"<row>{literal('1')}{literal('2')}</row><row>{literal('n')}{X}</row></relation>",
        "[{a b: 1, c: 2}, {a b: 5, c: null}]",
    ),
    "conditional": (
        f"<conditional><if>{literal('n > 3')}</if><then>{literal('1')}</then><else>{literal('2')}</else></conditional>",
        "1",
    ),
    "conditional on null": (
        f"<conditional><if>{literal('null')}</if><then>{literal('1')}</then><else>{literal('2')}</else></conditional>",
        "2",
    ),
    "conditional on text": (
        f"<conditional><if>{A}</if><then>{literal('1')}</then><else>{literal('2')}</else></conditional>",
        "null",
    ),
    "filter": (f"<filter><in>{literal('[1, 5, 9]')}</in><match>{literal('item >= n')}</match></filter>", "[5, 9]"),
    "filter by entry": (
        f"<filter><in>{literal('[{x-y: 1}, {x-y: 7}]')}</in><match>{literal('x-y > n')}</match></filter>",
        "[{x-y: 7}]",
    ),
    "filter by position": (f"<filter><in>{literal('[4, 5]')}</in><match>{literal('-1')}</match></filter>", "5"),
    "filter of one value": (f"<filter><in>{literal('n')}</in><match>{literal('item = 5')}</match></filter>", "[5]"),
    "for": (
        f'<for iteratorVariable="x"><in>{literal("[1..3]")}</in><return>{literal("x * n")}</return></for>',
        "[5, 10, 15]",
    ),
    "for with partial": (
        f'<for iteratorVariable="x"><in>{literal("[1, 2]")}</in><return>{literal("count(partial) + x")}</return></for>',
        "[1, 3]",
    ),
    "for over null": (
        f'<for iteratorVariable="x"><in>{literal("null")}</in><return>{literal("x")}</return></for>',
        "null",
    ),
    "some": (
        f'<some iteratorVariable="x"><in>{literal("[1, 9]")}</in><satisfies>{literal("x > n")}</satisfies></some>',
        "true",
    ),
    "every": (
        f'<every iteratorVariable="x"><in>{literal("[1, 9]")}</in><satisfies>{literal("x > n")}</satisfies></every>',
        "false",
    ),
    "some of no boolean": (
        f'<some iteratorVariable="x"><in>{literal("[1]")}</in><satisfies>{literal("x")}</satisfies></some>',
        "null",
    ),
    "typed part": (
        f'<for iteratorVariable="x"><in typeRef="Any">{literal("[1]")}</in>'
        f'<return typeRef="string">{literal("x")}</return></for>',
        "[null]",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_boxed_expression(name: str) -> None:
    """Its value in a decision that reads n = 5."""
    logic, expected = CASES[name]
    assert value(given("n") + decision("d", logic, requires("n")), inputs="{n: 5}") == feel(expected)


def entry(name: str, logic: str, type_ref: str = "") -> str:
    """An entry of a context; no name for the result."""
    variable = f'<variable name="{name}" typeRef="{type_ref}"/>' if name else ""
    return f"<contextEntry>{variable}{logic}</contextEntry>"


def test_context_entries_read_those_before_them() -> None:
    """Also under names with operators; a value of the wrong type is null."""
    entries = entry("a-b", literal("2")) + entry("c", literal("a-b + 1")) + entry("e", literal("c"), "string")
    assert value(decision("d", f"<context>{entries}</context>")) == feel('{"a-b": 2, c: 3, e: null}')


def test_context_with_a_result() -> None:
    """The last entry without a variable is the value."""
    assert value(decision("d", f"<context>{entry('a', literal('2'))}{entry('', literal('a * 3'))}</context>")) == 6


def function(body: str, parameters: str = '<formalParameter name="x" typeRef="number"/>', kind: str = "") -> str:
    """A function definition."""
    return f"<functionDefinition{kind}>{parameters}{body}</functionDefinition>"


def test_function_definition_is_called_from_feel_and_by_invocation() -> None:
    """It sees the names around it; an argument of another type makes the call null."""
    call = f'<invocation>{literal("f")}<binding><parameter name="x"/>{literal("4")}</binding></invocation>'
    entries = entry("n", literal("10")) + entry("f", function(literal("x + n")))
    entries += entry("by text", literal("f(1)")) + entry("boxed", call) + entry("wrong", literal('f("a")'))
    entries += entry("", literal("[by text, boxed, wrong]"))
    assert value(decision("d", f"<context>{entries}</context>")) == feel("[11, 14, null]")


def test_function_in_a_context_calls_itself() -> None:
    """Up to the bound of calls in one another, and null beyond it."""
    body = literal("if x <= 1 then 1 else x * f(x - 1)")
    for n, expected in ((5, "120"), (5000, "null")):
        entries = entry("f", function(body)) + entry("", literal(f"f({n})"))
        assert value(decision("d", f"<context>{entries}</context>")) == feel(expected)


@pytest.mark.parametrize(("binding", "expected"), [("x", "[1, null]"), ("y", "[null, 1]"), ("z", "null")])
def test_invocation_with_bindings_left_out(binding: str, expected: str) -> None:
    """A parameter without a binding is null, a binding without a parameter an error."""
    parameters = '<formalParameter name="x"/><formalParameter name="y"/>'
    call = f'<invocation>{literal("f")}<binding><parameter name="{binding}"/>{literal("1")}</binding></invocation>'
    entries = entry("f", function(literal("[x, y]"), parameters)) + entry("", call)
    assert value(decision("d", f"<context>{entries}</context>")) == feel(expected)


def test_invocation_of_a_built_in_function() -> None:
    """By the names of its parameters."""
    binding = f'<binding><parameter name="string"/>{ABC}</binding>'
    call = f"<invocation>{literal('string length')}{binding}</invocation>"
    assert value(decision("d", call)) == 3


@pytest.mark.parametrize("kind", ["Java", "PMML"])
def test_functions_of_other_languages_are_not_run(kind: str) -> None:
    """Calling one is null, and the answer says why."""
    entries = entry("f", function(literal('"x"'), kind=f' kind="{kind}"')) + entry("", literal("f(1)"))
    found = answer(decision("d", f"<context>{entries}</context>"))
    assert found.value is None
    assert [note.code for note in found.diagnostics] == ["GL606"]
    assert kind.upper() in found.diagnostics[0].message


def test_text_of_another_language_is_not_run() -> None:
    """It is null."""
    assert (
        value(decision("d", '<literalExpression expressionLanguage="urn:js"><text>1</text></literalExpression>'))
        is None
    )
