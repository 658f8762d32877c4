"""Tables of every hit policy: the exported table yields what the rule file's does, facts missing or not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.decide.building import ruleset
from tests.engine.interop.dmn.exporter.both import both
from tests.examples import examples

LISTING = ("collect", "rule order", "output order")
SINGLE = ("unique", "any", "first", "priority")
AGGREGATING = ("collect sum", "collect min", "collect max", "collect count")
CELLS = {
    "amount": (">= 80", "[1..30]", "< 0, 5", "not(5)", "null", "null, < 5", "> ratio", "!= 5", "-"),
    "rating": ("AAA", "AAA, AA", "not(A)", "not(A, null)", "null", "-"),
    "green": ("true", "false", "-"),
    "listed": ("true", "-"),
}
WHENS = (
    "-",
    "green",
    "not(green)",
    'rating != "A"',
    'rating = "A" or ratio > 1',
    'not(rating in ("A", "B")) and amount > 1',
    "amount = null or amount < ratio",
    "amount = ratio",
    "not(amount = null) and (if green then ratio > 2 else amount > 2)",
    "amount between 1 and ratio",
    "amount + ratio > 10 and listed",
    'some r in ["AAA", "AA"] satisfies r = rating',
)
NUMBERS = ("1", "5", "ratio", "amount * 2")
DAYS = ("", "2026-01-01", "2026-03-02", "2026-06-30")
FACTS = st.fixed_dictionaries(
    {
        "amount": st.sampled_from([None, *map(Decimal, ("-1", "1", "5", "30", "80"))]),
        "ratio": st.sampled_from([None, *map(Decimal, ("0", "1.5", "5", "60"))]),
        "rating": st.sampled_from([None, "AAA", "AA", "A", "B"]),
        "listed": st.sampled_from([None, True, False]),
        "green": st.sampled_from([None, True, False]),
    }
)
AS_OF = st.sampled_from([date(2025, 12, 31), date(2026, 3, 2), date(2026, 3, 3), date(2026, 12, 1)])


@st.composite
def tables(draw: st.DrawFn) -> str:
    """A decision by a table, as a rule file writes it."""
    hit = draw(st.sampled_from((*LISTING, *SINGLE, *AGGREGATING)))
    undetermined = draw(st.sampled_from(("refer", "ignore", "error")))
    several = draw(st.booleans())
    outputs = ["grade", *(["points"] if several else [])] if hit not in AGGREGATING else ["points"]
    columns = draw(st.lists(st.sampled_from(sorted(CELLS)), unique=True, max_size=3))
    dated, guarded = draw(st.booleans()), draw(st.booleans())
    frame = ["decision: subject", "title: {zh: 甲, en: A}", f"hit: {hit}", f"undetermined: {undetermined}"]
    if undetermined == "refer" and hit in LISTING:
        frame.append("referral: {points: 7}" if "points" in outputs else "referral: {grade: low}")
    frame.append("outputs:")
    frame += ["  grade: {type: string, allowed: [high, mid, low]}"] * ("grade" in outputs)
    frame += ["  points: {type: number}"] * ("points" in outputs)
    if hit in SINGLE and draw(st.booleans()):
        frame.append("default: {points: 0}" if "points" in outputs else "default: {grade: low}")
    header = ["id", *columns, "when", *outputs, *(["from", "until"] if dated else [])]
    lines = [draw(_line(f"X-{number}", columns, outputs, dated)) for number in range(draw(st.integers(1, 5)))]
    body = [f"      {' | '.join(cells)}" for cells in (header, *lines)]
    guard = "  - for: green\n    rows: |" if guarded else "  - rows: |"
    return "\n".join([*frame, "sections:", guard, *body]) + "\n"


@st.composite
def _line(draw: st.DrawFn, name: str, columns: list[str], outputs: list[str], dated: bool) -> list[str]:
    values = {"grade": st.sampled_from(("high", "mid", "low")), "points": st.sampled_from(NUMBERS)}
    cells = [name, *(draw(st.sampled_from(CELLS[column])) for column in columns), draw(st.sampled_from(WHENS))]
    cells += [draw(values[output]) for output in outputs]
    if dated:
        cells += sorted((draw(st.sampled_from(DAYS)), draw(st.sampled_from(DAYS[1:]))))
    return cells


@settings(max_examples=examples(15), deadline=None, suppress_health_check=list(HealthCheck))
@given(table=tables(), cases=st.lists(st.tuples(FACTS, AS_OF), min_size=6, max_size=12))
def test_a_table_is_the_same_in_dmn(table: str, cases: list[tuple[dict[str, Any], date]]) -> None:
    """The value of the table, null where it is undetermined."""
    two = both(ruleset(table))
    for facts, as_of in cases:
        assert not two.differing(facts, as_of)
