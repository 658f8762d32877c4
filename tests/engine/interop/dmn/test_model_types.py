"""Types of a model: what fits, what is converted, what is null."""

from __future__ import annotations

import pytest

from greenlane.engine.feel.values import parse_date, parse_duration
from greenlane.engine.interop.dmn import DmnRuntime
from tests.engine.interop.dmn.models import (
    answer,
    decision,
    feel,
    given,
    item,
    library,
    literal,
    model,
    requires,
    value,
)

TYPES = (
    item("grade", '<typeRef>string</typeRef><allowedValues><text>"A", "B"</text></allowedValues>')
    + item("grades", "<typeRef>grade</typeRef>", ' isCollection="true"')
    + item(
        "pair", '<typeRef>number</typeRef><typeConstraint><text>count(?) = 2</text></typeConstraint>',
        ' isCollection="true"',
    )
    + item("numbers", "<typeRef>number</typeRef>", ' isCollection="true"')
    + item("few", "<typeRef>numbers</typeRef><typeConstraint><text>count(?) &lt; 3</text></typeConstraint>")
    + item(
        "person",
        '<itemComponent name="first name"><typeRef>string</typeRef></itemComponent>'
        '<itemComponent name="marks" isCollection="true"><typeRef>grade</typeRef></itemComponent>',
    )
    + item("tree", '<itemComponent name="of" isCollection="true"><typeRef>tree</typeRef></itemComponent>')
    + item("moment", "<typeRef>date and time</typeRef>")
    + item("f", '<functionItem outputTypeRef="number"><parameters name="x" typeRef="number"/></functionItem>')
    + item("share", "<typeRef>number</typeRef><allowedValues><text>[0..1]</text></allowedValues>")
    + item("number", "<typeRef>number</typeRef>")
)  # fmt: skip
CASES = """
few                             | [1, 2]                                 | [1, 2]
few                             | [1, 2, 3]                              | null
number                          | 1                                      | 1
number                          | "1"                                    | null
number                          | null                                   | null
number                          | [1]                                    | 1
number                          | [1, 2]                                 | null
feel:string                     | "a"                                    | "a"
list<number>                    | 1                                      | [1]
grade                           | "A"                                    | "A"
grade                           | "C"                                    | null
grade                           | ["B"]                                  | "B"
grades                          | ["A", "B"]                             | ["A", "B"]
grades                          | "A"                                    | ["A"]
grades                          | ["A", "C"]                             | null
grades                          | []                                     | []
pair                            | [1, 2]                                 | [1, 2]
pair                            | [1]                                    | null
person                          | {first name: "x", marks: ["A"]}        | {first name: "x", marks: ["A"]}
person                          | {first name: "x", marks: ["C"]}        | null
person                          | {first name: "x"}                      | null
person                          | {first name: null, marks: [], age: 3}  | {first name: null, marks: [], age: 3}
tree                            | {of: [{of: []}, {of: [{of: []}]}]}     | {of: [{of: []}, {of: [{of: []}]}]}
tree                            | {of: [{}]}                             | null
date and time                   | @"2026-03-02"                          | @"2026-03-02T00:00:00Z"
moment                          | @"2026-03-02"                          | @"2026-03-02T00:00:00Z"
dateTime                        | @"2026-03-02T10:00:00"                 | @"2026-03-02T10:00:00"
date                            | @"2026-03-02T10:00:00"                 | null
yearMonthDuration               | @"P1Y"                                 | @"P1Y"
dayTimeDuration                 | @"P1Y"                                 | null
share                           | 0.5                                    | 0.5
share                           | 2                                      | null
Any                             | [1]                                    | [1]
nowhere                         | [1]                                    | [1]
"""


@pytest.mark.parametrize("line", CASES.strip().splitlines())
def test_a_value_where_a_type_is_asked_for(line: str) -> None:
    """As the result of a decision, as input data and as the result of an expression alike."""
    kind, given_value, expected = (part.strip() for part in line.split("|"))
    kind = kind.replace("<", "&lt;")
    assert value(TYPES + decision("d", literal(given_value), "", kind)) == feel(expected)
    assert value(TYPES + decision("d", literal(given_value, kind))) == feel(expected)
    body = TYPES + given("n", kind) + decision("d", literal("n"), requires("n"))
    assert value(body, inputs=f"{{n: {given_value}}}") == feel(expected)


def test_a_mismatch_is_noted() -> None:
    """With the name of what is not of its type."""
    found = answer(TYPES + decision("d", literal('"C"'), "", "grade"))
    assert [(note.code, "`d`" in note.message) for note in found.diagnostics] == [("GL607", True)]


def test_function_types() -> None:
    """A function of as many parameters fits."""
    body = TYPES + decision("d", literal("function(x) x"), "", "f") + decision("e", literal("function() 1"), "", "f")
    assert value(body, "d").parameters == ("x",)
    assert value(body, "e") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{first name: "x", marks: ["A"]} instance of person', "true"),
        ('{first name: 1, marks: ["A"]} instance of person', "false"),
        ("[1] instance of pair", "true"),
        ("1 instance of grade", "false"),
        ('(function(a: grades) a)("A")', '["A"]'),
    ],
)
def test_types_of_the_model_in_feel(text: str, expected: str) -> None:
    """Are read by their structure."""
    assert value(TYPES + decision("d", literal(text))) == feel(expected)


def test_type_that_stands_on_itself_is_taken_for_any() -> None:
    """And does not hang."""
    body = item("a", "<typeRef>b</typeRef>") + item("b", "<typeRef>a</typeRef>") + decision("d", literal("1"), "", "a")
    assert value(body) == 1


def test_inputs_from_json() -> None:
    """Text becomes a date or duration only where the type asks for one."""
    types = item(
        "loan",
        '<itemComponent name="on" isCollection="true"><typeRef>date</typeRef></itemComponent>'
        '<itemComponent name="term"><typeRef>dayTimeDuration</typeRef></itemComponent>'
        '<itemComponent name="note"><typeRef>string</typeRef></itemComponent>',
    )
    body = types + given("loan", "loan") + decision("d", literal("loan"), requires("loan"))
    program = DmnRuntime(library(model(body)))
    read = program.inputs_from_json(
        {"loan": {"on": ["2026-03-02"], "term": "P3D", "note": "2026-03-02"}, "more": "P3D"}
    )
    assert read["loan"] == {"on": [parse_date("2026-03-02")], "term": parse_duration("P3D"), "note": "2026-03-02"}
    assert read["more"] == "P3D"
    assert program.decide("d", read).value == read["loan"]
    assert (
        program.decide("d", program.inputs_from_json({"loan": {"on": "soon", "term": None, "note": ""}})).value is None
    )
