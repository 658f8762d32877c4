"""A list with an index filters to the same items as the plain list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from greenlane.engine.feel import SPEC, STRICT, compile_expression, evaluate_node, parse_expression
from greenlane.engine.feel.values import IndexedRows

days = st.integers(1, 9).map(lambda day: date(2026, 1, day))
rates = st.integers(0, 3).map(Decimal)
terms = st.sampled_from(["1Y", "5Y+"])
plain_rows = st.fixed_dictionaries({"term": terms, "published": days, "rate": rates})
gappy_rows = st.fixed_dictionaries({"term": st.none() | terms, "published": days | st.none(), "rate": rates | terms})
tables = st.lists(plain_rows, max_size=12) | st.lists(gappy_rows, max_size=12)
asked = st.fixed_dictionaries({"asked": st.none() | terms | rates, "day": st.none() | days, "limit": st.none() | rates})
FILTERS = [
    "table[term = asked]",
    "table[published <= day]",
    "table[day < published]",
    "table[term = asked and published <= day][-1].rate",
    "table[asked = term and rate >= limit and published < day]",
    "table[published > day and rate + 1 > limit]",
    "table[term = asked and item.rate = limit]",
    "table[rate != limit]",
    "table[term = term]",
    "table[term = asked][rate < limit]",
]


@given(tables, asked, st.sampled_from(FILTERS), st.sampled_from([STRICT, SPEC]))
def test_an_index_changes_no_answer(
    rows: list[Mapping[str, Any]], names: dict[str, Any], text: str, semantics: Any
) -> None:
    """Rows, order, nulls and causes are those of the reference meaning on the plain list, sorted or not."""
    node = parse_expression(text)
    expected = evaluate_node(node, {**names, "table": rows}, semantics)
    assert compile_expression(node, semantics)({**names, "table": IndexedRows(rows)}) == expected


@given(st.lists(plain_rows, min_size=1, max_size=12), terms, days)
def test_the_index_answers_where_columns_are_of_one_type(rows: list[Mapping[str, Any]], term: str, day: date) -> None:
    """It does not fall back to the scan when it need not."""
    found = IndexedRows(rows).where((("term", "="), ("published", "<=")), (term, day))
    assert found == [row for row in rows if row["term"] == term and row["published"] <= day]


def test_the_index_abstains_from_a_column_with_nulls() -> None:
    """Whether a null is less than a day cannot be said, so the filter must see every item."""
    assert IndexedRows([{"a": None}, {"a": Decimal(1)}]).where((("a", "<"),), (Decimal(2),)) is None


def test_what_is_derived_from_the_rows_is_worked_out_once() -> None:
    """The same thing is given again."""
    rows = IndexedRows([{"a": Decimal(1)}])
    assert rows.derived("count", lambda found: [len(found)]) is rows.derived("count", lambda found: [0])
