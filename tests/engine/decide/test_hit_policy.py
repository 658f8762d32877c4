"""DMN hit policies, with rows that cannot be decided."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from greenlane.engine.decide import TraceLevel
from greenlane.engine.feel import Undetermined
from greenlane.engine.feel.json_values import restored
from tests.engine.decide.building import TODAY, answer, causes, decider

# Row k holds for +k, fails for -k and cannot be decided for ?k: rows R1, R2, R3 with outputs AA, A, AA.
# hit | undetermined | rows | result; `!missing` is undetermined with such a cause
CASES = """
unique       | refer  | +1 -2 -3 | AA
unique       | refer  | -1 -2 -3 | null
unique       | refer  | +1 +2 -3 | !argument
unique       | refer  | +1 -2 +3 | !argument
unique       | refer  | +1 ?2 -3 | !missing
unique       | ignore | +1 ?2 -3 | AA
unique       | error  | +1 ?2 -3 | !missing
any          | refer  | +1 -2 +3 | AA
any          | refer  | +1 +2 -3 | !argument
any          | refer  | -1 -2 -3 | null
any          | refer  | +1 -2 ?3 | !missing
any          | ignore | +1 -2 ?3 | AA
first        | refer  | -1 +2 +3 | A
first        | refer  | -1 -2 -3 | null
first        | refer  | -1 +2 ?3 | A
first        | refer  | ?1 +2 -3 | !missing
first        | refer  | -1 ?2 -3 | !missing
first        | ignore | ?1 +2 -3 | A
first        | error  | -1 +2 ?3 | !missing
priority     | refer  | -1 +2 +3 | AA
priority     | refer  | -1 +2 -3 | A
priority     | refer  | -1 -2 -3 | null
priority     | refer  | +1 ?2 -3 | !missing
priority     | ignore | -1 +2 ?3 | A
collect      | ignore | +1 +2 ?3 | AA, A
collect      | ignore | -1 -2 -3 |
collect      | error  | +1 ?2 +3 | !missing
collect      | refer  | +1 ?2 +3 | AA, B, AA
collect      | refer  | ?1 -2 +3 | B, AA
collect      | refer  | -1 ?2 -3 | B
rule order   | refer  | -1 +2 +3 | A, AA
rule order   | refer  | +1 +2 ?3 | AA, A, B
output order | ignore | -1 +2 +3 | AA, A
output order | refer  | ?1 +2 +3 | AA, A, B
output order | error  | ?1 +2 +3 | !missing
"""
LISTS = ("collect", "rule order", "output order")


def _facts(rows: str) -> dict[str, Any]:
    values = {"+": Decimal(1), "-": Decimal(0), "?": None}
    return {name: values[row[0]] for name, row in zip(("amount", "ratio", "share"), rows.split(), strict=True)}


VOCABULARY = """\
groups: {}
facts:
  amount: {type: number, zh: 金额, en: Amount}
  ratio: {type: number, zh: 比率, en: Ratio}
  share: {type: number, zh: 份额, en: Share}
"""


def _decided(hit: str, undetermined: str, rows: str, outputs: str, cells: tuple[str, str, str], extra: str = "") -> Any:
    text = f"""\
decision: subject
title: {{zh: 甲, en: A}}
hit: {hit}
undetermined: {undetermined}
{extra}outputs: {outputs}
rows: |
  id | amount | ratio | share | {" | ".join(_names(outputs))}
  R1 | 1      | -     | -     | {cells[0]}
  R2 | -      | 1     | -     | {cells[1]}
  R3 | -      | -     | 1     | {cells[2]}
"""
    result = decider(text, vocabulary=VOCABULARY).decide(_facts(rows), TODAY, TraceLevel.FIRED)
    assert result.trace is not None
    return restored(next(e["result"] for e in result.trace["decisions"] if e["decision"] == "subject"))


def _names(outputs: str) -> list[str]:
    names = [part.split(":")[0].strip(" {") for part in outputs.strip("{}").split("}")]
    return [name.strip(", ") for name in names if name.strip(", ") not in ("", "id", "code")]


@pytest.mark.parametrize("line", CASES.strip().splitlines(), ids=lambda line: " ".join(line.split()))
def test_hit_policies(line: str) -> None:
    """What rows that hold, fail and cannot be decided make under each policy."""
    hit, undetermined, rows, expected = (part.strip() for part in line.split("|"))
    extra = "referral: {grade: B}\n" if hit in LISTS and undetermined == "refer" else ""
    found = _decided(
        f'"{hit}"', undetermined, rows, "{grade: {type: string, allowed: [AAA, AA, A, B]}}", ("AA", "A", "AA"), extra
    )
    if expected.startswith("!"):
        assert isinstance(found, Undetermined)
        assert {cause.kind for cause in found.causes} == {expected[1:]}
    elif hit in LISTS:
        assert found == [item for item in expected.split(", ") if item]
    else:
        assert found == (None if expected == "null" else expected)


# hit | undetermined | rows | outputs of R1 R2 R3 | result
AGGREGATES = """
collect sum   | ignore | +1 +2 +3 | 1; 2.5; -3     | 0.5
collect sum   | ignore | -1 -2 -3 | 1; 2.5; -3     | null
collect min   | ignore | +1 +2 +3 | 1; 2.5; -3     | -3
collect max   | ignore | +1 +2 +3 | 1; 2.5; -3     | 2.5
collect max   | ignore | -1 -2 -3 | 1; 2.5; -3     | null
collect count | ignore | +1 -2 +3 | 1; 2.5; -3     | 2
collect count | ignore | -1 -2 -3 | 1; 2.5; -3     | 0
collect sum   | refer  | +1 ?2 +3 | 1; 2.5; -3     | 8
collect count | refer  | +1 ?2 -3 | 1; 2.5; -3     | 2
collect sum   | error  | +1 ?2 +3 | 1; 2.5; -3     | !missing
collect sum   | ignore | +1 ?2 +3 | 1; 2.5; -3     | -2
collect sum   | ignore | +1 +2 -3 | 1; 1 / 0; -3   | !arithmetic
collect sum   | ignore | +1 +2 -3 | 1; null; -3    | !missing
"""


@pytest.mark.parametrize("line", AGGREGATES.strip().splitlines(), ids=lambda line: " ".join(line.split()))
def test_aggregates(line: str) -> None:
    """Sum, least, greatest and number of what the rows yield; a referral counts as what it is."""
    hit, undetermined, rows, cells, expected = (part.strip() for part in line.split("|"))
    extra = "referral: {points: 10}\n" if undetermined == "refer" else ""
    written = tuple(cell.strip() for cell in cells.split(";"))
    found = _decided(f'"{hit}"', undetermined, rows, "{points: {type: number}}", written, extra)  # type: ignore[arg-type]
    if expected.startswith("!"):
        assert causes(found)[0][0] == expected[1:]
    else:
        assert found == (None if expected == "null" else Decimal(expected))


def test_several_outputs_make_a_context() -> None:
    """`id` and `code` are the row's own; a blank cell is null; a referral keeps the row's id."""
    found = _decided(
        "collect",
        "refer",
        "+1 ?2 +3",
        "{grade: {type: string, allowed: [AA, B]}, points: {type: number}, code: {}, id: {}}",
        ("AA | 1", "AA | 2", " | 3"),
        "referral: {grade: B}\n",
    )
    assert found == [
        {"grade": "AA", "points": Decimal(1), "code": None, "id": "R1"},
        {"grade": "B", "points": None, "code": None, "id": "R2"},
        {"grade": None, "points": Decimal(3), "code": None, "id": "R3"},
    ]


def test_output_order_goes_by_the_first_output_then_the_next() -> None:
    """By the place of the value among those allowed; equals stay in row order."""
    found = _decided(
        '"output order"',
        "ignore",
        "+1 +2 +3",
        "{grade: {type: string, allowed: [AA, B]}, kind: {type: string, allowed: [x, y]}, id: {}}",
        ("B | x", "AA | y", "AA | x"),
    )
    assert [row["id"] for row in found] == ["R3", "R2", "R1"]


def test_any_compares_values_not_texts() -> None:
    """1.0 and 1.00 are one value."""
    assert _decided("any", "error", "+1 +2 -3", "{points: {type: number}}", ("1.0", "1.00", "3")) == Decimal(1)


def test_rows_that_clash_are_named() -> None:
    """Under unique no two rows may hold."""
    found = _decided("unique", "error", "+1 -2 +3", "{points: {type: number}}", ("1", "2", "3"))
    assert causes(found) == [("argument", "R1, R3")]
    assert found.causes[0].message.en == "several rows hold: R1, R3"


@pytest.mark.parametrize(("hit", "rows"), [("unique", "-1 -2 -3"), ("first", "-1 -2 -3"), ("collect sum", "-1 -2 -3")])
def test_a_default_is_what_no_row_yields(hit: str, rows: str) -> None:
    """For tables with one result."""
    found = _decided(f'"{hit}"', "error", rows, "{points: {type: number}}", ("1", "2", "3"), "default: {points: 7}\n")
    assert found == Decimal(7)


def test_outputs_are_expressions() -> None:
    """They read facts and decisions, and may be undetermined by themselves."""
    text = """\
        decision: subject
        title: {zh: 甲, en: A}
        hit: first
        undetermined: error
        outputs: {points: {type: number}}
        rows: |
          id | amount | points
          R1 | > 1    | amount / ratio
        """
    assert answer(text, amount=3, ratio=2) == Decimal("1.5")
    assert causes(answer(text, amount=3, ratio=0))[0][0] == "arithmetic"
