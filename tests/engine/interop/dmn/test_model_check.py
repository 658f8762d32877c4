"""Faults of models, with the line they are on."""

from __future__ import annotations

import pytest

from tests.engine.interop.dmn.models import decision, faults, given, item, literal, requires

TABLE = (
    "<decisionTable {}><input><inputExpression><text>1</text></inputExpression></input><output{}/>"
    "<rule><inputEntry><text>-</text></inputEntry>{}</rule></decisionTable>"
)
RESULT = "<outputEntry><text>1</text></outputEntry>"
CASES = {
    "nothing": ("", ""),
    "FEEL": (decision("d", literal("1 +")), "GL001"),
    "cell": (decision("d", TABLE.format("", "", RESULT).replace(">-<", ">&lt;<")), "GL001"),
    "allowed values": (item("t", "<typeRef>string</typeRef><allowedValues><text>(</text></allowedValues>"), "GL003"),
    "hit policy": (decision("d", TABLE.format('hitPolicy="UNIQE"', "", RESULT)), "GL602"),
    "aggregation": (decision("d", TABLE.format('aggregation="SUM"', "", RESULT)), "GL602"),
    "priority without values": (decision("d", TABLE.format('hitPolicy="PRIORITY"', "", RESULT)), "GL602"),
    "rule too short": (decision("d", TABLE.format("", "", "")), "GL602"),
    "outputs without names": (
        decision("d", TABLE.format("", ' name="a"/><output', RESULT + RESULT)),
        "GL602",
    ),
    "table without output": (decision("d", "<decisionTable/>"), "GL602"),
    "conditional without else": (
        decision("d", f"<conditional><if>{literal('true')}</if><then>{literal('1')}</then></conditional>"),
        "GL602",
    ),
    "loop without variable": (
        decision("d", f"<for><in>{literal('[1]')}</in><return>{literal('1')}</return></for>"),
        "GL602",
    ),
    "row too long": (decision("d", f"<relation><row>{literal('1')}</row></relation>"), "GL602"),
    "binding without name": (decision("d", f"<invocation>{literal('abs')}<binding/></invocation>"), "GL602"),
    "no name": (f"<decision id='d'>{literal('1')}</decision>", "GL602"),
    "variable of another name": ("<inputData id='a' name='a'><variable name='b'/></inputData>", "GL602"),
    "reference without id": (decision("d", literal("1"), requires("")), "GL602"),
    "unknown id": (given("rate") + decision("d", literal("1"), requires("rat")), "GL603"),
    "namespace not imported": (decision("d", literal("1"), requires("urn:x#a")), "GL603"),
    "unknown type": (given("a", "Number"), "GL603"),
    "unknown type of a part": (item("t", '<itemComponent name="a"><typeRef>u</typeRef></itemComponent>'), "GL603"),
    "import": ('<import name="a" namespace="urn:a"/>', "GL603"),
    "import of another kind": ('<import name="a" namespace="urn:a" importType="urn:pmml"/>', "GL606"),
    "type twice": (item("t", "<typeRef>string</typeRef>") * 2, "GL604"),
    "name twice": (given("a") + decision("a", ""), "GL604"),
    "types in a circle": (item("t", "<typeRef>t</typeRef>"), "GL605"),
    "other language": (decision("d", '<literalExpression expressionLanguage="js"/>'), "GL606"),
    "FEEL of a version": (
        decision("d", '<literalExpression expressionLanguage="https://www.omg.org/spec/DMN/20230324/FEEL/"/>'),
        "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_fault(name: str) -> None:
    """Each of these models has one, on its second line."""
    body, code = CASES[name]
    found = faults(f"\n{body}")
    assert {fault.code for fault in found} == ({code} if code else set())
    assert {fault.place.line for fault in found} <= {3}


def test_nearest_names_are_told() -> None:
    """Of an id and of a type, also one of FEEL."""
    body = given("rate", "strin") + decision("d", literal("1"), requires("rat"))
    assert [fault.help for fault in faults(body)] == ["did you mean `string`?", "did you mean `#rate`?"]


def test_circles_of_decisions_and_recursive_functions() -> None:
    """A decision must not need itself; a knowledge model may call itself."""
    circle = decision("a", literal("1"), requires("b")) + decision("b", literal("1"), requires("a"))
    assert {fault.code for fault in faults(circle)} == {"GL605"}
    needs = requires("f()")
    own = f'<businessKnowledgeModel id="f" name="f"><encapsulatedLogic/>{needs}</businessKnowledgeModel>'
    assert faults(own) == ()


def test_names_in_scope_are_known_to_the_check() -> None:
    """A name with an operator is no fault of FEEL."""
    assert faults(given("for x") + decision("d", literal("for x"), requires("for x"))) == ()


def test_faults_have_an_end() -> None:
    """However much is wrong."""
    assert len(faults(decision("d", literal("（ &lt; " * 5000)))) == 1000
