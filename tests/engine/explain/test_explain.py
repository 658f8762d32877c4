"""From facts to sentences: a decision made by the engine, explained from its trace."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from textwrap import dedent
from typing import Any

import pytest

from greenlane.engine.decide import TraceLevel, compile_ruleset
from greenlane.engine.explain import as_text, explain
from greenlane.engine.explain.steps import Seen, SeenCondition, steps_of
from tests.engine.explain.shop import tickets

RULESET = tickets()
DAY = date(2026, 3, 2)
ADULT = {"age": Decimal(30), "member": True, "day": "weekday"}


def explained(facts: Mapping[str, Any], language: str, trace: TraceLevel = TraceLevel.FIRED, **compiling: Any) -> str:
    result = compile_ruleset(RULESET, **compiling).decide(facts, DAY, trace)
    return as_text(explain(result, RULESET), language)


def test_price_can_be_followed():
    """The sentences lead from the facts over every row to the price, in the order of the plan."""
    text = explained(ADULT, "en")
    price = text[text.index("Base price") : text.index("Status [")]
    assert price == dedent(
        """\
        Base price, basis: price list [tickets.yaml:15]
          - formula: prices[item.day = day][1].price [tickets.yaml:18]
          - read: Day (day) = weekday
          - result: Base price (base_price) = 40
        Discounts (Day (day) = weekday), basis: house rules §2 [tickets.yaml:20]
          - read: Base price (base_price) = 40; Age (age) = 30年; Favoured (favoured) = yes
          - D-1 holds, because `base_price > 0` is true (Base price (base_price) = 40); \
Day (day) = weekday meets `weekday`; `age > 5` is true (Age (age) = 30年), \
it yields Adjustment (bp) = -500 bp, reason: P1 Weekday discount [tickets.yaml:35]
          - D-3 holds, because `base_price > 0` is true (Base price (base_price) = 40); \
Favoured (favoured) = yes meets `true`, it yields Adjustment (bp) = -900 bp, \
reason: P3 Favoured discount [tickets.yaml:37]
          - result: Discounts (discounts) = [{bp: -500, code: P1}, {bp: -900, code: P3}]
        Price [tickets.yaml:39]
          - formula: base_price * (10000 + sum(discounts(day).bp)) / 10000 [tickets.yaml:41]
          - read: Base price (base_price) = 40; Day (day) = weekday
          - result: Price (price) = 34.4
        """
    )


def test_rows_that_did_not_hold_only_in_a_full_trace():
    """What failed is told when the trace has it, with the cell and the value seen."""
    line = "  - Day (day) = weekday does not meet: D-2 (`weekend`)\n"
    assert line not in explained(ADULT, "en")
    assert line in explained(ADULT, "en", TraceLevel.FULL)


def test_missing_fact_is_named():
    """An undetermined row names the fact that is missing, in the reader's language."""
    facts = {"member": False, "day": "weekend"}
    assert "  - K-1 无法判定：缺少年龄 age，转人工判断，理由：十二岁以下 [" in explained(facts, "zh")
    assert "  - K-1 cannot be decided: Age (age) is missing, it goes to a person" in explained(facts, "en")
    assert "  - K-2 cannot be decided: Age (age) is missing" in explained(facts, "en")


@pytest.mark.parametrize("trace", [TraceLevel.FIRED, TraceLevel.FULL])
@pytest.mark.parametrize("facts", [ADULT, {}, {"age": Decimal(3), "day": "weekend"}])
def test_same_sentences_whatever_the_matcher(facts, trace):
    """An explanation tells the rules, not how they were matched."""
    texts = {matcher: explained(facts, "zh", trace, matcher=matcher) for matcher in ("rete", "bitmap", "linear")}
    assert texts["rete"] == texts["bitmap"] == texts["linear"]


def test_every_decision_has_a_heading_and_a_result():
    """Whatever was decided is told, each decision from its heading to its result, with places in the files."""
    result = compile_ruleset(RULESET).decide(ADULT, DAY, TraceLevel.FULL)
    assert result.trace is not None
    sentences = explain(result, RULESET)
    headings = [index for index, sentence in enumerate(sentences) if sentence.heading]
    assert [sentences[index].decision for index in headings] == [d["decision"] for d in result.trace["decisions"]]
    assert all(sentences[index].source is not None for index in headings)
    last = [sentences[index - 1] for index in [*headings[1:], len(sentences)]]
    assert all(sentence.en.startswith("result: ") for sentence in last)


def test_result_without_a_trace_is_refused():
    """Without a trace there is nothing to explain from."""
    result = compile_ruleset(RULESET).decide(ADULT, DAY, TraceLevel.NONE)
    with pytest.raises(ValueError) as refused:
        explain(result, RULESET)
    assert str(refused.value) == "the result carries no trace"


def test_trace_is_read_into_steps():
    """Rows stand in the order of the table, with what they yield and what kept them from holding."""
    result = compile_ruleset(RULESET).decide(ADULT, DAY, TraceLevel.FULL)
    assert result.trace is not None
    steps = {step.decision: step for step in steps_of(result.trace, RULESET)}
    rows = {row.id: row for row in steps["discounts"].rows}
    assert list(rows) == ["D-1", "D-2", "D-3"]
    assert (rows["D-1"].seen, rows["D-1"].yields) == (Seen.HELD, {"bp": Decimal(-500)})
    assert (rows["D-2"].seen, rows["D-2"].conditions) == (Seen.FAILED, (SeenCondition("weekend", "day", "weekday"),))
    kinds = {row.id: row for row in steps["kinds"].rows}
    assert (kinds["K-3"].seen, kinds["K-3"].yields) == (Seen.HELD, {"favoured": True})
    assert steps["outcome"].inputs == {"price": Decimal("34.4")}
