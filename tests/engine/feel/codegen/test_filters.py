"""A filter by constants keeps the items that the reference meaning keeps."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.engine.feel import SPEC, STRICT, compile_expression, evaluate_node, parse_expression

numbers = st.integers(-2, 2).map(Decimal)
words = st.sampled_from(["decline", "refer"])
values = st.none() | numbers | words | st.booleans()
tidy = st.fixed_dictionaries({"finding": words, "bp": numbers, "own": st.booleans()})
untidy = st.dictionaries(st.sampled_from(["finding", "bp", "own", "item"]), values) | values
lists = st.lists(tidy, max_size=6) | st.lists(tidy | untidy, max_size=6) | values
FILTERS = [
    'rows[finding = "decline"]',
    'rows[finding != "decline"].bp',
    "rows[bp < 0].bp",
    "rows[bp >= 1 and own = true]",
    "rows[finding = null]",
    "rows[finding != null and bp > 0].finding",
    "rows[own != true]",
    "rows[item = 1]",
    'rows[finding > "a"]',
    "rows[1 < bp]",
]


@given(lists, values, st.sampled_from(FILTERS), st.sampled_from([STRICT, SPEC]))
def test_constants_are_compared_as_the_reference_compares_them(
    rows: Any, outer: Any, text: str, semantics: Any
) -> None:
    """Also for missing entries, nulls, other types, lists of anything and no list at all."""
    scope = {"rows": rows, "finding": outer, "bp": Decimal(1), "own": True}
    node = parse_expression(text)
    assert compile_expression(node, semantics)(scope) == evaluate_node(node, scope, semantics)


@pytest.mark.parametrize("text", FILTERS)
def test_a_filter_leaves_the_list_as_it_was(text: str) -> None:
    """The items kept are a list of their own."""
    rows = [{"finding": "decline", "bp": Decimal(1), "own": True}]
    found = compile_expression(parse_expression(text))({"rows": rows})
    assert found is not rows
    assert len(rows) == 1
