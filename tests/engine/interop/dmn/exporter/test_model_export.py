"""What stands in an exported model."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest

from greenlane.engine.interop.dmn.exporter import ExportedModel, export_model
from tests.engine.decide.building import TODAY, VOCABULARY, ruleset
from tests.engine.interop.dmn.exporter.both import both, program_of

DMN = "{https://www.omg.org/spec/DMN/20230324/MODEL/}"
RATES = {
    "reference/reference.yaml": """\
tables:
  rates:
    file: rates.csv
    title: {zh: 利率, en: Rates}
    source: made up
    dated by: published
    columns:
      published: {type: date, optional: true}
      rate: {type: number}
      note: {type: string, optional: true}
""",
    "reference/rates.csv": 'published,rate,note\n,1.10,\n2026-01-01,2.30,"<a & ""b"">"\n2026-03-03,3,\n',
}
SUBJECT = """\
decision: subject
title: {zh: 甲 <&>, en: "A \\"quoted\\""}
basis: 授信政策 §4
hit: collect
undetermined: refer
referral: {finding: refer}
outputs:
  finding: {type: string, allowed: [decline, refer]}
  code: {}
rows: |
  id  | amount | rating   | finding | code | zh     | en    | from       | until
  X-1 | > 2.50 | AAA, A   | decline | R1   | 甲 < 乙 | A < B | 2026-03-02 | 2026-06-30
  X-2 | -      | not(AAA) | refer   | R2   | 丙     | C     |            |
"""


def exported(decisions: str, **given: Any) -> ExportedModel:
    """The model of a small ruleset."""
    return export_model(ruleset(decisions, **given))


def named(model: ExportedModel, name: str) -> Element:
    """The element of a name."""
    return next(e for e in fromstring(model.data) if e.get("name") == name)


def texts(element: Element) -> list[str]:
    """The texts inside of an element."""
    return [text.text or "" for text in element.iter(f"{DMN}text")]


def test_a_table() -> None:
    """Columns, the referral after the row it is of, annotations; texts as the analyst wrote them, days as a column."""
    found = named(exported(SUBJECT), "subject")
    assert found.get("label") == '甲 <&> / A "quoted"'
    assert found.findtext(f"{DMN}description") == "授信政策 §4\nrules.yaml:1"
    table = next(found.iter(f"{DMN}decisionTable"))
    assert table.get("hitPolicy") == "RULE ORDER"
    assert [texts(column)[0] for column in table.iter(f"{DMN}input")] == ["as_of", "amount", "rating", "true"]
    days = '[date("2026-03-02")..date("2026-06-30")]'
    unsure = "amount = null or rating = null"
    assert [texts(rule)[:8] for rule in table.iter(f"{DMN}rule")] == [
        [days, "> 2.50", '"AAA", "A"', "-", '"decline"', '"R1"', "X-1", "R1"],
        [days, "null, > 2.50", 'null, "AAA", "A"', unsure, '"refer"', "null", "X-1 undetermined", "R1"],
        ["-", "-", 'not("AAA", null)', "-", '"refer"', '"R2"', "X-2", "R2"],
        ["-", "-", "null", "-", '"refer"', "null", "X-2 undetermined", "R2"],
    ]
    assert texts(next(table.iter(f"{DMN}rule")))[8:] == ["甲 < 乙", "A < B", "", "rules.yaml:12"]


def test_facts() -> None:
    """Input data with what they may be; a value for absence is a decision that others read."""
    model = exported('decision: subject\ntitle: {zh: 甲, en: A}\nvalue: listed and rating = "A"\n')
    kinds = {e.get("name"): e.tag.removeprefix(DMN) for e in fromstring(model.data) if e.get("name")}
    assert (kinds["listed"], kinds["listed_known"], kinds["as_of"]) == ("inputData", "decision", "inputData")
    assert texts(named(model, "t_rating")) == ['"AAA", "AA", "A", "B"']
    assert texts(named(model, "listed_known")) == ["if listed = null then false else listed"]
    assert texts(named(model, "subject")) == ['listed_known and (if rating = null then null else rating = "A")']


def test_bounds_of_a_number() -> None:
    """Least and greatest values are the allowed ones."""
    vocabulary = VOCABULARY.replace(
        "amount: {in: applicant, type: number,", "amount: {in: applicant, type: number, min: 0, max: 9.5,"
    )
    model = exported("decision: subject\ntitle: {zh: 甲, en: A}\nvalue: amount\n", vocabulary=vocabulary)
    assert texts(named(model, "t_amount")) == ["[0..9.5]"]


@pytest.mark.parametrize(("as_of", "last"), [(date(2025, 1, 1), "1.10"), (TODAY, "2.30"), (date(2026, 3, 3), "3")])
def test_a_dated_reference_table(as_of: date, last: str) -> None:
    """Rows are there from their day on, those without one always; digits and texts survive."""
    text = "decision: subject\ntitle: {zh: 甲, en: A}\nvalue: rates[-1]\n"
    two = both(ruleset(text, references=RATES))
    assert not two.differing({}, as_of)
    assert two.values({}, as_of)[1]["subject"]["rate"] == Decimal(last)
    relation = texts(named(two.exported, "rates_all"))
    assert "1.10" in relation
    assert '"<a & \\"b\\">"' in relation


def test_a_function_of_its_arguments_alone_is_a_knowledge_model() -> None:
    """One that reads facts is a decision whose value is a function; callers need both."""
    text = """\
    decision: twice
    title: {zh: 甲, en: A}
    parameters: {n: {type: number}}
    value: n * 2
    ---
    decision: more
    title: {zh: 乙, en: B}
    parameters: {n: {type: number}}
    value: twice(n) + amount
    ---
    decision: subject
    title: {zh: 丙, en: C}
    value: more(1) + twice(2)
    """
    model = exported(text)
    assert named(model, "twice").tag == f"{DMN}businessKnowledgeModel"
    assert named(model, "more").tag == f"{DMN}decision"
    needs = [inner.get("href") for inner in named(model, "subject").iter() if inner.get("href")]
    assert needs == ["#_more", "#_twice"]
    assert program_of(model).decide("subject", {"amount": Decimal(5)}).value == Decimal(11)


@pytest.mark.parametrize("days", [0, 1, 7, 250])
@pytest.mark.parametrize("start", ["2026-03-02", "2026-12-20", "2025-12-31", "2024-02-29"])
def test_working_days(start: str, days: int) -> None:
    """FEEL's own words count them as the engine does, and answer null for a year without a calendar."""
    exceptions = [("2026-01-01", "false"), ("2026-03-07", "true"), ("2024-03-01", "false")]
    calendar = "[" + ", ".join(f'{{date: @"{day}", working: {working}}}' for day, working in exceptions) + "]"
    text = f"decision: subject\ntitle: {{zh: 甲, en: A}}\nvalue: |\n  working day after(day, {days}, {calendar})\n"
    assert not both(ruleset(text)).differing({"day": date.fromisoformat(start)}, TODAY)


@pytest.mark.parametrize("number", ["0", "2.3", "-0.004", "-2.345", "1234567.895", "0.05", "99.999"])
@pytest.mark.parametrize("places", [0, 2, 4])
def test_fixed(number: str, places: int) -> None:
    """FEEL's own words keep the places."""
    text = f"decision: subject\ntitle: {{zh: 甲, en: A}}\nvalue: fixed(amount, {places})\n"
    assert not both(ruleset(text)).differing({"amount": Decimal(number)}, TODAY)


@pytest.mark.parametrize(
    ("logic", "message"),
    [
        ("value: day < today()", "`today()` is never known in rule files; another engine has a clock"),
        (
            "value: '[{listed: true}][listed]'",
            "`listed` may be an entry of what is filtered or another name of the model",
        ),
        (
            "kind: rule set\nundetermined: error\nasserts: {size: {type: number}}\n"
            "rows: |\n  id  | when       | then\n  X-1 | amount > 1 | size: 1\n",
            "a row that cannot be decided makes all of `subject` undetermined",
        ),
    ],
)
def test_what_is_left_out(logic: str, message: str) -> None:
    """The decision, with what reads it; everything else is there."""
    model = exported(f"decision: subject\ntitle: {{zh: 甲, en: A}}\n{logic}\n")
    assert [d.message for d in model.left_out] == [
        f"`subject` is not in the model: {message}",
        "`outcome` is not in the model: it reads `subject`, which is not exported",
    ]
    assert model.decisions == ("status", "reasons")
    program_of(model)


def test_a_diagram() -> None:
    """Every element has a shape, every requirement an edge."""
    root = fromstring(exported(SUBJECT).data)
    shown = {e.get("dmnElementRef") for e in root.iter() if e.get("dmnElementRef")}
    elements = [e for e in root if e.tag in {f"{DMN}inputData", f"{DMN}decision"}]
    assert {e.get("id") for e in elements} <= shown
    assert {r.get("id") for e in elements for r in e.iter(f"{DMN}informationRequirement")} <= shown
