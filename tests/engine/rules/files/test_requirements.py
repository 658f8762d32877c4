"""What an answer must have, as ruleset.yaml says it, and what is wrong with how it is said."""

from __future__ import annotations

import pytest

from greenlane.engine.check import check
from greenlane.engine.diagnostics import Diagnostic
from greenlane.engine.interop.xlsx.worksheet_reader import read_document_rows
from greenlane.engine.interop.xlsx.worksheet_writer import document_rows
from greenlane.engine.rules.files import read
from greenlane.engine.rules.layout.formatting import format_text
from greenlane.engine.rules.ruleset import AnswerDecisions, Ruleset
from greenlane.engine.rules.table import Table
from tests.engine.rules.files.surroundings import RULESET, with_file

HEAD = RULESET.partition("answer:")[0]
ANSWER = """\
answer:
  outcome: outcome
  status: status
  reasons: [reasons]
  referred: REFERRED
  requires:
    Q1:
      when: status = "APPROVED"
      then: outcome.status != null and amount_wan > 0
      zh: 甲
      en: A
    Q2:
      then: |
        rating != null
        or listed
      zh: 乙
      en: B
"""


def found(answer: str) -> list[Diagnostic]:
    """Everything said of the small ruleset with this answer."""
    reading = read(with_file("ruleset.yaml", HEAD + answer))
    whole = reading.ruleset or reading.partial
    checked = [d for d in check(whole) if d.code != "GL315"] if whole else []
    return [*reading.diagnostics, *checked]


def told(answer: str) -> list[tuple[str, int, int]]:
    """The codes and places of what is wrong."""
    return [(d.code, d.place.line - HEAD.count("\n"), d.place.column) for d in found(answer)]


def read_whole(answer: str) -> Ruleset:
    """The ruleset, in which nothing is wrong."""
    reading = read(with_file("ruleset.yaml", HEAD + answer))
    assert reading.diagnostics == ()
    assert reading.ruleset is not None
    return reading.ruleset


def test_requirements_are_the_rows_of_a_decision() -> None:
    """Each with its code as id, its condition as that of its section, and the opposite of what must hold."""
    ruleset = read_whole(ANSWER)
    table = ruleset.decisions["requires"].logic
    assert isinstance(table, Table)
    assert [(row.id, row.code, row.text.zh if row.text else "") for row in table.rows] == [
        ("Q1", "Q1", "甲"),
        ("Q2", "Q2", "乙"),
    ]
    guards = [table.sections[row.section].guard for row in table.rows]
    assert [guard.text if guard else None for guard in guards] == ['status = "APPROVED"', None]
    assert [row.when.text if row.when else "" for row in table.rows] == [
        "not(outcome.status != null and amount_wan > 0)",
        "not(\nrating != null\nor listed\n)",
    ]
    assert "requires" not in [decision.name for decision in ruleset.decided()]
    assert found(ANSWER) == []


def test_without_requirements_there_is_no_such_decision() -> None:
    """Nor does the answer name one."""
    ruleset = read_whole("answer: {outcome: outcome, status: status, reasons: reasons, referred: REFERRED}\n")
    assert "requires" not in ruleset.decisions
    assert ruleset.answer.requires is None


def test_an_outcome_is_enough() -> None:
    """Rules that only compute have neither status nor reasons."""
    answer = read_whole("answer: {outcome: outcome}\n").answer
    assert answer == AnswerDecisions("outcome", None, (), None, answer.place)


@pytest.mark.parametrize(
    ("before", "after", "wrong"),
    [
        ("      then: outcome.status != null and amount_wan > 0\n", "", [("GL116", 8, 7)]),
        ("      zh: 甲\n", "", [("GL116", 8, 7)]),
        ("      when: status", "      wen: status", [("GL115", 8, 7)]),
        ("amount_wan > 0", "amont_wan > 0", [("GL210", 9, 40)]),
        ("amount_wan > 0", "amount_wan >", [("GL001", 9, 51)]),
        ('status = "APPROVED"', "amount_wan", [("GL214", 8, 13)]),
        ("outcome.status != null and amount_wan > 0", "amount_wan", [("GL214", 9, 13)]),
        ("or listed", "or listd", [("GL210", 15, 12)]),
        ("outcome.status", "outcome.state", [("GL215", 9, 13)]),
        ("    Q2:", "    Q1:", [("GL110", 12, 5)]),
        ("  status: status\n", "", [("GL116", 2, 3)]),
        ("  referred: REFERRED\n", "", [("GL116", 2, 3)]),
        ("[reasons]", "[reasons, reason]", [("GL201", 4, 22), ("GL314", 2, 3)]),
        ("  reasons: [reasons]\n", "  reasons: {}\n", [("GL117", 4, 12)]),
    ],
)
def test_what_is_wrong_has_its_place(before: str, after: str, wrong: list[tuple[str, int, int]]) -> None:
    """Line and column of the very text, also in the second line of a block."""
    assert before in ANSWER
    assert told(ANSWER.replace(before, after)) == wrong


@pytest.mark.parametrize(
    ("requires", "code"), [("{}", "GL116"), ("[Q1]", "GL117"), ("{Q1: listed}", "GL117"), ("listed", "GL117")]
)
def test_requirements_of_another_shape(requires: str, code: str) -> None:
    """A map of maps it is, with one requirement at least."""
    head = ANSWER.partition("  requires:")[0]
    assert [d.code for d in found(f"{head}  requires: {requires}\n")] == [code]


def test_a_decision_of_that_name_is_another() -> None:
    """The name is taken where there are requirements."""
    files = with_file("ruleset.yaml", HEAD + ANSWER)
    files["more.yaml"] = b"decision: requires\ntitle: {zh: \xe7\x94\xb2, en: A}\nvalue: 1\n"
    assert [d.code for d in read(files).diagnostics] == ["GL203"]


def test_a_code_of_a_requirement_is_no_row_s() -> None:
    """It says one thing."""
    rows = "decision: x\ntitle: {zh: A, en: A}\nhit: first\nundetermined: refer\noutputs: {n: {type: number}}\n"
    files = with_file("ruleset.yaml", HEAD + ANSWER)
    files["more.yaml"] = (rows + "rows: |\n  id | n | code | zh | en\n  R1 | 1 | Q1   | A  | A\n").encode()
    reading = read(files)
    assert reading.ruleset is not None
    assert "GL311" in [d.code for d in check(reading.ruleset)]


def test_the_layout_is_canonical() -> None:
    """Keys in order, whatever order they are written in."""
    mixed = ANSWER.replace("  referred: REFERRED\n", "").replace("answer:\n", "answer:\n  referred: REFERRED\n")
    mixed = mixed.replace("      zh: 甲\n      en: A\n", "").replace(
        "    Q1:\n", "    Q1:\n      en: A\n      zh: 甲\n"
    )
    assert format_text("ruleset.yaml", HEAD + mixed) == HEAD + ANSWER
    assert format_text("ruleset.yaml", HEAD + ANSWER) == HEAD + ANSWER


@pytest.mark.parametrize(
    ("decision", "value", "message"),
    [
        ("outcome", "1 + 1", "gives a number, not a context"),
        ("outcome", '"x"', "gives a string, not a context"),
        ("outcome", "[{a: 1}]", "gives a list, not a context"),
        ("status", "1", "gives a number, not a string"),
        ("status", "{a: 1}", "gives a context, not a string"),
        ("reasons", '"K1"', "gives a string, not a list"),
        ("reasons", "[1, 2]", "lists values of the type number, not codes"),
    ],
)
def test_an_answer_is_made_of_what_it_asks_for(decision: str, value: str, message: str) -> None:
    """A context, a text, lists of codes; what else there is would be lost when it is decided."""
    files = with_file("ruleset.yaml", RULESET)
    texts = {"outcome": "{a: 1}", "status": '"OK"', "reasons": "[]", decision: value}
    lines = [f"decision: {name}\ntitle: {{zh: 甲, en: A}}\nvalue: |\n  {text}\n" for name, text in texts.items()]
    files["answer.yaml"] = "---\n".join(lines).encode()
    reading = read(files)
    assert reading.ruleset is not None
    (fault,) = (d for d in check(reading.ruleset) if d.code == "GL314")
    assert message in fault.message


def test_a_workbook_shows_expressions_as_they_are() -> None:
    """Without the quotes that YAML needs; rows of a sheet become the same lines again."""
    text = HEAD + ANSWER.replace("rating != null\n", 'rating = "AAA"\n').replace(
        "      when: status", "      then: '\"AAA\" = rating'\n      zh: 丙\n      en: C\n    Q3:\n      when: status"
    )
    lines = text.removesuffix("\n").split("\n")
    rows = document_rows("ruleset.yaml", lines)
    assert ("› › › then", '"AAA" = rating') in [row.cells for row in rows]
    assert all(row.cells[:1] != ("|",) for row in rows)
    again = "\n".join(line.text for line in read_document_rows([row.cells for row in rows]).lines) + "\n"
    assert format_text("ruleset.yaml", again) == text
