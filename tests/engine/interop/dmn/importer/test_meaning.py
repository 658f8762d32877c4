"""Each kind of logic as the FEEL that means the same: how it is written, and that it decides the same."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from greenlane.engine.interop.dmn import DmnRuntime
from greenlane.engine.rules.files import read
from tests.engine.interop.dmn.importer.deciding import Rules, imported, shown
from tests.engine.interop.dmn.models import decision, feel, given, item, library, literal, model, requires

NUMBERS = given("Loan amount", "number") + given("Rate", "number")
BOTH = requires("Loan amount", "Rate")
TYPES = item(
    "tApplicant",
    '<itemComponent name="Full Name"><typeRef>string</typeRef></itemComponent>'
    '<itemComponent name="Age"><typeRef>number</typeRef></itemComponent>'
    '<itemComponent name="Home"><itemComponent name="City"><typeRef>string</typeRef></itemComponent></itemComponent>',
) + item("tNumbers", "<typeRef>number</typeRef>", ' isCollection="true"')
APPLICANT = TYPES + given("Applicant", "tApplicant")
PERSON = '{Applicant: {Full Name: "Li", Age: 30, Home: {City: "沪"}}}'


def listing(hit: str = "COLLECT", more: str = "") -> str:
    """A table that lists what is above 3, for a rate."""
    return (
        f'<decisionTable hitPolicy="{hit}"{more}><input><inputExpression typeRef="number"><text>Rate</text>'
        '</inputExpression></input><output typeRef="string"/><rule><inputEntry><text>&gt; 3</text></inputEntry>'
        '<outputEntry><text>"high"</text></outputEntry></rule></decisionTable>'
    )


def entry(name: str, logic: str) -> str:
    """An entry of a context; without a name its result."""
    variable = f'<variable name="{name}"/>' if name else ""
    return f"<contextEntry>{variable}{logic}</contextEntry>"


def boxed(name: str, **parts: str) -> str:
    """A boxed conditional, filter or iterator; names of parts as DMN has them."""
    inner = "".join(f"<{part.strip('_')}>{literal(text)}</{part.strip('_')}>" for part, text in parts.items())
    return f"<{name}>{inner}</{name.split(' ')[0]}>"


def function(name: str, parameters: str, body: str, needs: str = "", type_ref: str = "") -> str:
    """A business knowledge model; parameters as `a: number, b`."""
    made = ""
    for one in parameters.split(", "):
        parameter, _, kind = one.partition(": ")
        made += f'<formalParameter name="{parameter}"' + (f' typeRef="{kind}"/>' if kind else "/>")
    kind = f' typeRef="{type_ref}"' if type_ref else ""
    logic = f"<encapsulatedLogic>{made}{body}</encapsulatedLogic>"
    head = f'<businessKnowledgeModel id="{name}" name="{name}"><variable name="{name}"{kind}/>'
    return f"{head}{logic}{needs}</businessKnowledgeModel>"


class Meaning(NamedTuple):
    """A model with a decision `d`, inputs, its value, and lines that must be in the rule files."""

    title: str
    body: str
    inputs: str
    value: str
    written: tuple[str, ...]


MEANINGS = [
    Meaning(
        "an expression", NUMBERS + decision("d", literal("Loan amount * Rate / 100"), BOTH),
        "{Loan amount: 200, Rate: 3.5}", "7", ("value: loan_amount * rate / 100",),
    ),
    Meaning(
        "no expression", decision("d", ""), "{}", "null", ('value: null',),
    ),
    Meaning(
        "a context", NUMBERS + decision(
            "d", '<context><contextEntry><variable name="per year"/>'
            f'{literal("Loan amount * Rate / 100")}</contextEntry>'
            f'<contextEntry><variable name="month"/>{literal("per year / 12")}</contextEntry></context>', BOTH),
        "{Loan amount: 1200, Rate: 1}", "{per year: 12, month: 1}",
        ('value: "{per year: loan_amount * rate / 100, month: per year / 12}"',),
    ),
    Meaning(
        "a context with a result", NUMBERS + decision(
            "d", f'<context><contextEntry><variable name="result"/>{literal("Rate")}</contextEntry>'
            f'<contextEntry>{literal("result * Loan amount")}</contextEntry></context>', BOTH),
        "{Loan amount: 2, Rate: 3}", "6", ('value: "{result: rate, result_: result * loan_amount}.result_"',),
    ),
    Meaning(
        "a context whose result is an entry", decision(
            "d", f'<context><contextEntry><variable name="a"/>{literal("1")}</contextEntry>'
            f'<contextEntry><variable name="b"/>{literal("a + 1")}</contextEntry>'
            f'<contextEntry>{literal("b")}</contextEntry></context>'),
        "{}", "2", ('value: "{a: 1, b: a + 1}.b"',),
    ),
    Meaning(
        "a list", NUMBERS + decision("d", f"<list>{literal('Rate')}{literal('1')}</list>", BOTH),
        "{Rate: 2}", "[2, 1]", ('value: "[rate, 1]"',),
    ),
    Meaning(
        "a relation", NUMBERS + decision(
            "d", '<relation><column name="x"/><column name="y z"/>'
            f"<row>{literal('Rate')}{literal('1')}</row><row>{literal('2')}{literal('Rate')}</row></relation>", BOTH),
        "{Rate: 3}", "[{x: 3, y z: 1}, {x: 2, y z: 3}]", ('value: "[{x: rate, y z: 1}, {x: 2, y z: rate}]"',),
    ),
    Meaning(
        "a conditional", NUMBERS + decision("d", boxed("conditional", if_="Rate > 3", then="1", else_="2"), BOTH),
        "{Rate: 3}", "2", ("value: if rate > 3 then 1 else 2",),
    ),
    Meaning(
        "a filter", NUMBERS + decision("d", boxed("filter", in_="[1, 2, 3, 4]", match="item > Rate"), BOTH),
        "{Rate: 2}", "[3, 4]", ('value: "[1, 2, 3, 4][item > rate]"',),
    ),
    Meaning(
        "for", NUMBERS + decision(
            "d", boxed('for iteratorVariable="n"', in_="1..3", return_="n * Rate").replace("1..3", "[1, 2, 3]"), BOTH),
        "{Rate: 2}", "[2, 4, 6]", ("value: for n in [1, 2, 3] return n * rate",),
    ),
    Meaning(
        "some", NUMBERS + decision("d", boxed('some iteratorVariable="n"', in_="[1, 2]", satisfies="n > Rate"), BOTH),
        "{Rate: 1}", "true", ("value: some n in [1, 2] satisfies n > rate",),
    ),
    Meaning(
        "every", NUMBERS + decision("d", boxed('every iteratorVariable="n"', in_="[1, 2]", satisfies="n > Rate"), BOTH),
        "{Rate: 1}", "false", ("value: every n in [1, 2] satisfies n > rate",),
    ),
    Meaning(
        "a function", NUMBERS + function("Yearly interest", "Amount: number, Rate: number", literal("Amount * Rate"))
        + decision("d", literal("Yearly interest(Loan amount, Rate)"), BOTH + requires("Yearly interest()")),
        "{Loan amount: 2, Rate: 3}", "6",
        ("value: yearly_interest(loan_amount, rate)", "  amount: {type: number}", "value: amount * rate"),
    ),
    Meaning(
        "an invocation without one of the arguments", NUMBERS
        + function("f", "First: number, Second: number", literal("if Second = null then First else 0"))
        + decision("d", f"<invocation>{literal('f')}<binding><parameter name='First'/>{literal('Rate')}</binding>"
                   "</invocation>", BOTH + requires("f()")),
        "{Rate: 3}", "3", ('value: "f(first: rate, second: null)"',),
    ),
    Meaning(
        "a function of a list", TYPES + function("Total", "Values: tNumbers", literal("sum(Values)"))
        + decision("d", literal("Total([1, 2])"), requires("Total()")),
        "{}", "3", ('value: "function(Values: list<number>) sum(Values)"', "value: total([1, 2])"),
    ),
    Meaning(
        "components of an input", APPLICANT + decision(
            "d", literal('Applicant.Full Name + Applicant.Home.City + string(Applicant.Age)'), requires("Applicant")),
        PERSON, '"Li沪30"',
        ("value: full_name + home_city + string(age)", "  age: {in: applicant, type: number, zh: Age, en: Age}"),
    ),
    Meaning(
        "a structured input as a whole", APPLICANT + decision("d", literal("Applicant"), requires("Applicant")),
        PERSON, '{Full Name: "Li", Age: 30, Home: {City: "沪"}}',
        ('value: "{Full Name: full_name, Age: age, Home: {City: home_city}}"', "decision: applicant"),
    ),
    Meaning(
        "a component where its new name means something else", APPLICANT + decision(
            "d", literal("for age in [1, 2] return age + Applicant.Age"), requires("Applicant")),
        PERSON, "[31, 32]", ("value: for age in [1, 2] return age + applicant.Age",),
    ),
    Meaning(
        "a component inside of a filter over items that have it", APPLICANT + decision(
            "d", literal("[{age: 20}, {age: 40}][age > Applicant.Age]"), requires("Applicant")),
        PERSON, "[{age: 40}]", ('value: "[{age: 20}, {age: 40}][age > applicant.Age]"',),
    ),
    Meaning(
        "a new name that a variable has already", given("Loan Rate", "number") + decision(
            "d", literal("for loan_rate in [1, 2] return loan_rate * Loan Rate"), requires("Loan Rate")),
        "{Loan Rate: 3}", "[3, 6]", ("value: for loan_rate in [1, 2] return loan_rate * loan_rate_2",),
    ),
    Meaning(
        "one item where the type asks for one", decision("d", literal("[1, 2, 3][item > 2]"), "", "number"),
        "{}", "3", ('value: "{found: [1, 2, 3][item > 2], only: if count(found) = 1 then found[1] else null}.only"',),
    ),
    Meaning(
        "a list of one where the type asks for a list", TYPES + decision("d", literal("1"), "", "tNumbers"),
        "{}", "[1]", ('value: "[1]"',),
    ),
    Meaning(
        "names with signs", given("a-b", "number") + given("x/y", "number") + decision(
            "d", literal("a-b - x/y"), requires("a-b", "x/y")),
        "{a-b: 5, x/y: 3}", "2", ("value: a_b - x_y",),
    ),
    Meaning(
        "names that rule files use", given("date", "date") + given("from", "number") + given("if", "number")
        + decision("e", literal('date("2026-01-01")')) + decision("d", literal("from + 1"), requires("from")),
        "{from: 1}", "2",
        ("value: from_value + 1", "  date_value: {type: date, zh: date, en: date}", 'value: date("2026-01-01")'),
    ),
    Meaning(
        "a list without items that is asked for null", NUMBERS + decision("Findings", listing(), requires("Rate"))
        + decision("d", literal('if Findings = null then "none" else "some"'), requires("Findings")),
        "{Rate: 1}", '"none"', ('value: if findings = [] then "none" else "some"',),
    ),
    Meaning(
        "a count of nothing that is asked for null", NUMBERS
        + decision("Findings", listing(more=' aggregation="COUNT"'), requires("Rate"))
        + decision("d", literal("null != Findings"), requires("Findings")),
        "{Rate: 1}", "false", ("value: 0 != findings",),
    ),
    Meaning(
        "a list in a context that is asked for null", NUMBERS + decision(
            "d", f"<context>{entry('rows', listing())}{entry('same', literal('rows'))}"
            f"{entry('', literal('if same = null then 0 else count(rows)'))}</context>", BOTH),
        "{Rate: 1}", "0", ("{rows: d_table, same: rows, result: if same = [] then 0 else count(rows)}.result",),
    ),
    Meaning(
        "a function that lists, asked for null", NUMBERS + function("Rows", "Rate: number", listing("RULE ORDER"))
        + decision("d", literal("Rows(Rate) = null and Rows(4) != null"), requires("Rate", "Rows()")),
        "{Rate: 1}", "true", ("value: rows(rate) = [] and rows(4) != []",),
    ),
    Meaning(
        "a table of conditions", NUMBERS + decision(
            "d", "<decisionTable hitPolicy='FIRST'><input><inputExpression><text>true</text></inputExpression></input>"
            "<output typeRef='number'/><rule><inputEntry><text>Rate > 3 and Loan amount > 5</text></inputEntry>"
            "<outputEntry><text>1</text></outputEntry></rule><rule><inputEntry><text>-</text></inputEntry>"
            "<outputEntry><text>2</text></outputEntry></rule></decisionTable>", BOTH),
        "{Rate: 4, Loan amount: 6}", "1", ("  D-01 | rate > 3 and loan_amount > 5 | 1\n  D-02 | -  ",),
    ),
    Meaning(
        "a type of the model", APPLICANT + decision(
            "d", literal("Applicant instance of tApplicant"), requires("Applicant")),
        PERSON, "true",
        ("applicant instance of context<Full Name: string, Age: number, Home: context<City: string>>",),
    ),
]  # fmt: skip


@pytest.mark.parametrize("meaning", MEANINGS, ids=[meaning.title for meaning in MEANINGS])
def test_logic_means_the_same(meaning: Meaning) -> None:
    """The value of the model, the value of the rule files, and the line that says it."""
    read_model = library(model(meaning.body))
    inputs = feel(meaning.inputs)
    made = imported(read_model)
    rules = Rules(made)
    assert shown(DmnRuntime(read_model).decide("d", inputs).value) == meaning.value
    assert shown(rules.decide("d", inputs)) == meaning.value
    text = "".join(made.files.values())
    assert [line for line in meaning.written if line not in text] == [], text


def test_a_decision_that_is_a_function_is_not_in_the_answer() -> None:
    """An answer holds values; the function can still be called."""
    body = decision("f", literal("function(x) x + 1")) + decision("d", literal("f(2)"), requires("f"))
    made = imported(library(model(body)))
    assert Rules(made).outcome({}) == {"d": 3}


def test_status_tells_whether_all_could_be_decided() -> None:
    """A null that the model passes over is undetermined in rule files: the status says so, the value is null."""
    body = NUMBERS + decision("d", literal('if Rate > 1 then "high" else "low"'), BOTH)
    made = imported(library(model(body)))
    reading = read({path: text.encode() for path, text in made.files.items()})
    assert reading.ruleset is not None
    assert DmnRuntime(library(model(body))).decide("d", {}).value == "low"
    assert Rules(made).decide("d", {}) is None
    assert Rules(made).status({"Rate": feel("2")}) == "DECIDED"
    assert Rules(made).status({}) == "REFERRED"


def test_imported_models_are_merged_under_their_prefix() -> None:
    """Names of imports come first in names, and paths through imports are resolved."""
    other = model(
        given("Base", "number") + decision("Base rate", literal("Base * 2"), requires("Base")), namespace="urn:other"
    )
    body = (
        '<import name="market data" namespace="urn:other" '
        'importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>'
        + given("Base", "number")
        + decision("d", literal("market data.Base rate + Base"), requires("Base", "urn:other#Base rate"))
    )
    read_model = library(model(body), other=other)
    made = imported(read_model)
    assert "value: market_data_base_rate + base" in made.files["values.yaml"]
    assert made.facts == {"base": ("Base",), "market_data_base": ("Base",)}
    inputs = {"Base": feel("5")}
    assert Rules(made).decide("d", inputs) == DmnRuntime(read_model).decide("d", inputs).value == 15
