"""One mistake each: what the check says of it, where, and how it helps."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from greenlane.engine.check import check
from greenlane.engine.decide import compile_ruleset
from greenlane.engine.diagnostics import Diagnostic, Severity
from greenlane.engine.rules.files import read
from greenlane.engine.rules.ruleset import Ruleset

RULESET = """\
ruleset: small
language: 1
version: 1.0.0
owner: policy
title: {zh: 小规则集, en: Small}
effective: {from: 2024-01-01}
answer: {outcome: outcome, status: status, reasons: reasons, referred: REFERRED}
"""
VOCABULARY = """\
groups:
  firm: {zh: 企业, en: Firm}
facts:
  application_id: {type: string, required: true, zh: 申请号, en: Application}
  revenue: {in: firm, type: number, unit: 万元, min: 0, zh: 营业收入, en: Revenue}
  ratio: {in: firm, type: number, unit: "%", zh: 比率, en: Ratio}
  grade: {in: firm, type: string, allowed: [A, B, C], zh: 等级, en: Grade}
  listed: {in: firm, type: boolean, zh: 上市, en: Listed}
  founded: {in: firm, type: date, zh: 成立日期, en: Founded}
"""
REFERENCE = """\
tables:
  rates:
    file: rates.csv
    title: {zh: 利率, en: Rates}
    source: test
    dated by: day
    columns: {day: {type: date}, rate: {type: number, unit: "%"}}
"""
BASE = """\
decision: outcome
title: {zh: 结果, en: Outcome}
value: "{revenue: revenue, ratio: ratio, grade: grade, listed: listed, founded: founded}"
---
decision: status
title: {zh: 状态, en: Status}
value: '"DONE"'
---
decision: reasons
title: {zh: 原因, en: Reasons}
value: "[]"
"""


def table(rows: str, frame: str = "hit: collect") -> str:
    """A decision with one table."""
    indented = "\n".join("  " + line.strip() for line in rows.strip().splitlines())
    head = "decision: tried\ntitle: {zh: 试, en: Tried}\n" + frame
    return f"{head}\nundetermined: ignore\noutputs:\n  points: {{type: number}}\nrows: |\n{indented}\n"


def value(expression: str) -> str:
    """A decision that is one expression."""
    return f"decision: tried\ntitle: {{zh: 试, en: Tried}}\nvalue: |\n  {expression}\n"


RATES = "day,rate\n2026-01-20,3.00\n2026-02-20,3.00\n"


def found(tried: str, rates: str = RATES, vocabulary: str = VOCABULARY) -> tuple[Diagnostic, ...]:
    """What the check says of the small ruleset with one more decision."""
    return check(ruleset_with(tried, rates, vocabulary), date(2026, 3, 1))


def ruleset_with(tried: str, rates: str = RATES, vocabulary: str = VOCABULARY, base: str = BASE) -> Ruleset:
    """The small ruleset with one more decision."""
    texts = {
        "ruleset.yaml": RULESET,
        "vocabulary.yaml": vocabulary,
        "reference/reference.yaml": REFERENCE,
        "reference/rates.csv": rates,
        "base.yaml": base,
        "tried.yaml": tried,
    }
    reading = read({name: text.encode() for name, text in texts.items()})
    assert reading.ruleset is not None, reading.diagnostics
    return reading.ruleset


def underlined(tried: str, diagnostic: Diagnostic) -> str:
    """The text that the place of the diagnostic covers."""
    place = diagnostic.place
    assert place.path == "tried.yaml"
    return tried.splitlines()[place.line - 1][place.column - 1 : place.end_column - 1]


MISTAKES = [
    (value("revenu * 2"), "GL210", "revenu", "unknown name `revenu`", "did you mean `revenue` (营业收入, 万元)?"),
    (table("id | when | points\nR1 | revenue > raito | 1"), "GL210", "raito", "unknown name `raito`", "`ratio`"),
    (table("id | revenue | points\nR1 | > \"5\" | 1"), "GL211", '"5"', "number cannot be compared", "without quotes"),
    (table("id | when | points\nR1 | listed = 1 | 1"), "GL211", "1", "boolean cannot be compared", "`true` or `false`"),
    (table("id | when | points\nR1 | founded > 3 | 1"), "GL211", "3", "a date cannot be compared with a number", ""),
    (value('grade + 1'), "GL211", "grade + 1", "`+` cannot take a string and a number", ""),
    (table("id | when | points\nR1 | revenue > ratio | 1"), "GL212", "ratio", "in 万元 meets a number in %", "convert"),
    (value("revenue + ratio"), "GL212", "ratio", "in 万元 meets a number in %", "never scaled"),
    (table('id | when | points\nR1 | grade = "D" | 1'), "GL213", '"D"', "`D` is not an allowed value", "allowed: A, B"),
    (table("id | when | points\nR1 | revenue | 1"), "GL214", "revenue", "a boolean is needed here", ""),
    (value("if revenue then 1 else 2"), "GL214", "revenue", "a boolean is needed here, this is a number", ""),
    (value("rates[-1].rat"), "GL215", "rates[-1].rat", "no entry `rat`", "did you mean `rate`?"),
    (value("cuont(rates)"), "GL216", "cuont", "unknown function `cuont`", "did you mean `count`?"),
    (table('id | revenue | points\nR1 | > 1 | "many"'), "GL218", '"many"', "holds a number, not a string", ""),
    (table("id | revenue | points\nR1 | [30..1] | 1"), "GL320", "[30..1]", "no value of `revenue` passes", "lower to"),
    (table("id | revenue | points\nR1 | < 0 | 1"), "GL320", "< 0", "row `R1` can never hold", "values run from 0"),
]  # fmt: skip


@pytest.mark.parametrize(("tried", "code", "text", "message", "help_"), MISTAKES, ids=lambda v: str(v)[:24])
def test_a_mistake_in_a_cell_is_said_at_the_cell(tried: str, code: str, text: str, message: str, help_: str) -> None:
    """Code, underlined text, message and help are what an analyst needs to mend it."""
    diagnostics = [d for d in found(tried) if d.place.path == "tried.yaml"]
    assert [d.code for d in diagnostics] == [code], diagnostics
    assert underlined(tried, diagnostics[0]) == text
    assert message in diagnostics[0].message
    assert help_ in diagnostics[0].help


CODED = "id | revenue | points | code | zh | en\n"
FIRST = "hit: first"
UNIQUE = "hit: unique"
ROWS = [
    ("id | revenue | points\nR1 | > 1 | 1\nR1 | > 2 | 2", "hit: collect", ["GL310"]),
    (CODED + "R1 | > 1 | 1 | C1 | 一 | one\nR2 | > 2 | 2 | C1 | 二 | two", "hit: collect", ["GL311"]),
    (CODED + "R1 | > 1 | 1 | C1 | 一 |", "hit: collect", ["GL312"]),
    (CODED + "R1 | > 1 | 1 | C1 | 一 | one\nR2 | > 2 | 2 | | 二 | two", "hit: collect", ["GL313"]),
    ("id | revenue | points\nR1 | > 1 | 1\nR2 | [5..9] | 2", FIRST, ["GL321"]),
    ("id | revenue | grade | points\nR1 | > 1 | - | 1\nR2 | > 2 | A | 2", FIRST, ["GL321"]),
    ("id | revenue | grade | points\nR1 | > 1 | A | 1\nR2 | > 2 | - | 2", FIRST, []),
    ("id | revenue | when | points\nR1 | > 1 | listed | 1\nR2 | > 2 | - | 2", FIRST, []),
    ("id | revenue | points | until\nR1 | > 1 | 1 | 2025-01-01\nR2 | > 2 | 2 |", FIRST, []),
    ("id | revenue | points\nR1 | <= 10 | 1\nR2 | >= 10 | 2", UNIQUE, ["GL322"]),
    ("id | revenue | points\nR1 | < 10 | 1\nR2 | >= 10 | 2", UNIQUE, []),
    ("id | revenue | grade | points\nR1 | < 10 | A | 1\nR2 | - | B, C | 2", UNIQUE, []),
    ("id | revenue | points | from | until\nR1 | - | 1 | | 2025-12-31\nR2 | - | 2 | 2026-01-01 |", UNIQUE, []),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "frame", "codes"), ROWS)
def test_rows_are_held_against_each_other(rows: str, frame: str, codes: list[str]) -> None:
    """Shared ids and codes, missing texts, rows never reached and rows that overlap; and no false alarm beside them."""
    tried = table(rows, frame)
    assert [d.code for d in found(tried) if d.place.path == "tried.yaml"] == codes


def test_decisions_that_wait_for_each_other_are_named_in_a_circle() -> None:
    """Both decisions are named, and both places are given."""
    tried = value("other + 1") + "---\n" + value("tried + 1").replace("decision: tried", "decision: other")
    (cycle,) = [d for d in found(tried) if d.code == "GL316"]
    assert "`tried` → `other` → `tried`" in cycle.message
    assert len(cycle.related) == 1


def test_long_chains_are_checked_whatever_their_order() -> None:
    """Six hundred decisions, each of which reads the next in the file and tests a value."""
    names = ["tried", *(f"d{number}" for number in range(600))]
    one = [
        value(f"{after} in (1, 2) or {after}").replace("decision: tried", f"decision: {name}")
        for name, after in zip(names, [*names[1:], "listed"], strict=True)
    ]
    assert {d.code for d in found("---\n".join(one))} == {"GL211", "GL319"}


def test_rows_of_a_rule_set_that_wait_for_each_other_are_refused() -> None:
    """Each row reads what the other asserts, so neither can go first."""
    tried = (
        "decision: tried\ntitle: {zh: 试, en: Tried}\nkind: rule set\nundetermined: refer\n"
        "asserts:\n  p: {type: boolean}\n  q: {type: boolean}\n"
        "rows: |\n  id | when     | then\n  R1 | p = true | q: true\n  R2 | q = true | p: true\n"
    )
    assert "GL317" in [d.code for d in found(tried)]


def test_a_row_with_more_conditions_than_can_be_chained_is_refused() -> None:
    """It is refused before it could decide; a plain table may have it."""
    wide = " and ".join(f"revenue > {n}" for n in range(241))
    rows = f"id | when | points\nR1 | {wide} | 1"
    assert [d.code for d in found(table(rows, "kind: rule set\nhit: collect"))] == ["GL318"]
    assert found(table(rows)) == ()


def chain(length: int) -> str:
    """Decisions each of which adds one to the one before."""
    links = [f"decision: d{n}\ntitle: {{zh: 步, en: Step}}\nvalue: d{n - 1} + 1\n" for n in range(1, length)]
    return "---\n".join(["decision: d0\ntitle: {zh: 步, en: Step}\nvalue: revenue\n", *links])


def test_a_chain_of_decisions_that_is_too_long_is_refused() -> None:
    """It is told of once, where it gets too long; one that is as long as it may be decides."""
    (fault,) = found(chain(103))
    assert (fault.code, fault.place.line) == ("GL319", 401)
    assert found(chain(100)) == ()
    ruleset = ruleset_with(chain(100), base=BASE.replace("revenue: revenue", "revenue: d99"))
    result = compile_ruleset(ruleset).decide({"revenue": Decimal(1)}, date(2026, 3, 1))
    assert result.outcome["revenue"] == 100


def test_reference_rows_out_of_order_or_of_the_future_are_refused() -> None:
    """A rate that nobody has published yet cannot price a loan."""
    codes = [d.code for d in found(value("count(rates)"), "day,rate\n2026-02-20,3\n2026-01-20,3\n2026-04-20,3\n")]
    assert codes == ["GL410", "GL411"]


def test_a_fact_that_no_rule_reads_is_a_warning() -> None:
    """It does not keep the ruleset from deciding; a required fact is never unused."""
    spare = VOCABULARY + "  spare: {in: firm, type: boolean, zh: 备用, en: Spare}\n"
    (warning,) = found(value("1"), vocabulary=spare)
    assert (warning.code, warning.severity) == ("GL315", Severity.WARNING)
    assert warning.message == "no rule reads the fact `spare`"
