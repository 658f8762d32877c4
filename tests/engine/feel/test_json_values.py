"""FEEL values become JSON that says what they are."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from greenlane.engine.decide import Decider, TraceLevel, compile_ruleset, facts_of
from greenlane.engine.feel import Cause, Undetermined, evaluate
from greenlane.engine.feel.json_values import json_of, restored
from greenlane.engine.json_text import decode, encode
from greenlane.engine.rules.files import read
from greenlane.engine.text import Text
from greenlane.rule_files import read_files

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "examples" / "applications"


@pytest.fixture(scope="module")
def shipped() -> Decider:
    """The shipped rules, ready to decide."""
    ruleset = read(read_files(ROOT / "rules")).ruleset
    assert ruleset is not None
    return compile_ruleset(ruleset, "bitmap")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        ("利率", '"利率"'),
        (Decimal("2.50"), "2.50"),
        (Decimal("1E+3"), "1000"),
        (Decimal("-1.20E+5"), "-120000"),
        (Decimal("1E-7"), "1E-7"),
        (Decimal("1E+6000"), "1E+6000"),
        (date(2026, 3, 2), '"2026-03-02"'),
        ((Decimal(1), "a", None), '[1,"a",null]'),
        ({"rate": Decimal("2.85"), "codes": ["P401"]}, '{"rate":2.85,"codes":["P401"]}'),
    ],
)
def test_values(value: Any, text: str) -> None:
    """Numbers keep their digits and lose a short exponent; dates are ISO texts."""
    assert encode(json_of(value)).decode() == text


@pytest.mark.parametrize(
    ("expression", "rendered"),
    [
        ('duration("P1Y2M")', "P1Y2M"),
        ('duration("P3DT4H")', "P3DT4H"),
        ('time("10:30:00")', "10:30:00"),
        ('date and time("2026-03-02T10:30:00")', "2026-03-02T10:30:00"),
        ("[1..3]", "[1..3]"),
        ('date("2026-03-02")', "2026-03-02"),
        ("1/8", Decimal("0.125")),
    ],
)
def test_values_of_expressions(expression: str, rendered: Any) -> None:
    """Everything an expression can yield has its FEEL text."""
    assert json_of(evaluate(expression)) == rendered


def test_undetermined_values_say_why() -> None:
    """The causes, in both languages, wherever the value stands."""
    value = Undetermined((Cause("missing", "current_ratio", Text("缺少", "missing")),))
    causes = [{"kind": "missing", "subject": "current_ratio", "zh": "缺少", "en": "missing"}]
    assert json_of({"a": [value]}) == {"a": [{"undetermined": causes}]}


@pytest.mark.parametrize(
    "value",
    [
        Undetermined((Cause("missing", "a", Text("缺少", "missing")), Cause("type", "b", Text("类型", "type")))),
        {"a": [Undetermined((Cause("limit", "f", Text("限", "limit")),)), None, Decimal("1.50")]},
        {"undetermined": []},
        {"undetermined": [{"kind": "missing"}]},
        {"undetermined": "AA"},
    ],
)
def test_undetermined_values_are_read_back(value: Any) -> None:
    """At any depth; a context that only has their name stays one."""
    assert restored(json_of(value)) == value


@pytest.mark.parametrize("case", ["EX-04", "EX-14", "EX-15"])
@pytest.mark.parametrize("level", list(TraceLevel))
def test_a_trace_holds_such_values_alone(shipped: Decider, case: str, level: TraceLevel) -> None:
    """Nothing in it is left to be written, undetermined values included."""
    application = decode((EXAMPLES / f"{case}.json").read_bytes())
    facts = facts_of(application, shipped.ruleset.vocabulary)
    trace = shipped.decide(facts, date(2026, 3, 2), level).trace
    assert json_of(trace) == trace
