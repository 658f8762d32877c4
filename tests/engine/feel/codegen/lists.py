"""Generated lists of anything, and expressions that go through them in the forms that are compiled by themselves."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from greenlane.engine.feel.semantics import Cause, Undetermined
from greenlane.engine.feel.values import DaysTime, IndexedRows, Range, YearsMonths
from greenlane.engine.text import Text

UNKNOWN = Undetermined((Cause("missing", "z", Text("缺", "missing")),))
OTHER = Undetermined((Cause("type", "w", Text("错", "wrong")),))

numbers = st.sampled_from(
    ["0", "1", "1.0", "-2.5", "120", "1E+3", "9.99E+6144", "0.1234567890123456789012345678901234"]
).map(Decimal)
_scalars: st.SearchStrategy[Any] = st.one_of(
    numbers,
    st.booleans(),
    st.none(),
    st.sampled_from(["", "a", "文"]),
    st.sampled_from([datetime.date(2026, 3, 2), YearsMonths(3), DaysTime(5), UNKNOWN, OTHER]),
)
_entries = st.dictionaries(st.sampled_from(["a", "b", "item", "f", "sum"]), _scalars, max_size=3)
_items = st.one_of(
    _scalars,
    _entries,
    st.lists(_scalars, max_size=2),
    st.builds(Range, numbers, numbers, st.booleans(), st.booleans()),
)
_rows = st.fixed_dictionaries({"a": numbers, "b": st.sampled_from(["x", "y"])})
lists: st.SearchStrategy[Any] = st.one_of(
    st.lists(numbers, max_size=5),
    st.lists(numbers | st.booleans(), max_size=4),
    st.lists(numbers | st.none() | st.just(UNKNOWN), max_size=4),
    st.lists(_rows, max_size=4),
    st.lists(_rows, max_size=4).map(IndexedRows),
    st.lists(_entries, max_size=4),
    st.lists(_items, max_size=4),
    st.lists(_items, max_size=3).map(tuple),
    st.builds(Range, st.sampled_from([Decimal(1), Decimal(4)]), st.just(Decimal(3)), st.booleans(), st.booleans()),
    _items,
)
names: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"xs": lists, "ys": lists, "c": _scalars}, optional={"f": _scalars, "item": lists, "sum": _scalars, "a": _scalars}
)
FORMS = (
    "sum(xs)",
    "sum(xs[item > 1])",
    "sum(for f in xs return f * 2)",
    "count(xs)",
    "count(xs[a = 1])",
    "concatenate(xs, ys)",
    "append(xs, c)",
    "list contains(xs, c)",
    "max(xs)",
    "max(c, 1)",
    "some f in xs satisfies f < 1",
    "every f in xs satisfies f < c",
    "some f in xs satisfies f",
    "every f in xs satisfies not(f)",
    "some f in xs satisfies f.a = c",
    "some f in xs, g in ys satisfies f = g",
    "every f in xs satisfies some g in ys satisfies f = g",
    "xs[item > 1]",
    "xs[item > c]",
    "xs[item]",
    "xs[1]",
    "xs[-1]",
    "xs[c]",
    "xs[a > 1]",
    'xs[b = "x"]',
    'xs[b != "x" and a = c]',
    "xs[a = null]",
    "xs[a != null or item = 1]",
    "xs[not(a > 1)]",
    "xs[a = true]",
    "xs[item.a > 1]",
    "xs[f = sum]",
    "xs[count(ys[item = c]) > 0]",
    "xs[item in [1..3]]",
    'xs[b in ("x", "y")].a',
    "xs.a",
    "for f in xs return f * 2",
    "for f in xs return f / c",
    "for f in xs return -f",
    "for f in xs return [f, partial]",
    "for f in xs, g in ys return f + g",
    "for f in xs return for g in ys return f + g",
    "for f in xs return if f > 1 then f else c",
    "for f in xs return {a: f, b: a * 2, c: [a, b][1]}",
    "for f in xs return sum(ys)",
    "for sum in xs return sum(1)",
    "for f in xs return (function(y) y + f)(1)",
    "for i in 1..c return i",
    "{a: xs, b: a[item > 1], f: for f in b return f * 2, g: some x in b satisfies x = 1}",
    "{sum: function(x) x, b: sum(xs)}",
    "[{f: function() a, a: 5, b: a}, a]",
    "{f: function(n) if n <= 0 then 0 else n + f(n - 1), b: f(2), c: for x in xs return f(x)}",
    "{a: xs[1], b: function() c, c: 3, d: b()}",
    "c between 1 and 3",
    "c in (1, 120)",
    "c in xs",
    "c in (xs, [1..3], < 0)",
    "xs = ys",
    "xs[1] + ys[1] * c",
    "if xs[1] > 1 then xs else ys",
    "xs[1] > 1 and ys[1] < 1 or c = 1",
    "xs instance of list<number>",
    "item + a",
    "[c..3]",
)
