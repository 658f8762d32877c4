"""Long expressions are broken where analysts break them, and mean what they meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.engine.feel import parse_expression, print_node
from greenlane.engine.interop.dmn.importer.expression_layout import laid_out

LONG = [
    '{tier: if score >= 80 then "strategic" else "core", "a-b": [1, 2, {x: 1}], last: {y: tier}}.last',
    'if amount > 100 and term < 12 and (r = "AAA" or r = "AA") then {rate: 3.45} else if term < 36 then 4 else null',
    "pricing(amount: requested_amount, months: term, options: [first, second])",
    "function(amount, months) {fee: amount * 0.01, total: amount + fee}.total",
    'a and (b or c) and not(d) and x in (1, [2..3]) and (if e then true else false)',
    "[{name: 1, rate: 0.035}, {name: 2, rate: 0.032}][rate < 0.033].name",
]  # fmt: skip


@given(st.sampled_from(LONG), st.integers(0, 100))
def test_lines_read_as_the_expression(text: str, room: int) -> None:
    """Whatever room there is."""
    tree = parse_expression(text)
    again = parse_expression("\n".join(laid_out(tree, room)))
    assert print_node(again) == print_node(tree)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (LONG[0], ["{", '  tier: if score >= 80 then "strategic" else "core",', '  "a-b": [1, 2, {x: 1}],',
                   "  last: {y: tier}", "}.last"]),
        (LONG[2], ["pricing(", "  amount: requested_amount,", "  months: term,", "  options: [first, second]", ")"]),
        (LONG[4], ["a", "and (b or c)", "and not(d)", "and x in (1, [2..3])", "and (if e then true else false)"]),
    ],
)  # fmt: skip
def test_where_lines_end(text: str, lines: list[str]) -> None:
    """At entries, arguments and operands."""
    assert laid_out(parse_expression(text), 60) == lines
