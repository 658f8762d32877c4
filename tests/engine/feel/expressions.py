"""Generated syntax trees and scopes, for properties that hold of all of them."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from greenlane.engine.feel.ast import (
    And,
    Arithmetic,
    AtLiteral,
    Between,
    Boolean,
    Call,
    Comparison,
    ContextLiteral,
    Filter,
    For,
    FunctionLiteral,
    If,
    In,
    InputValue,
    InstanceOf,
    Iteration,
    ListLiteral,
    Name,
    Negation,
    Node,
    Null,
    Number,
    Or,
    Path,
    Quantified,
    RangeLiteral,
    Span,
    String,
    TypeName,
    UnaryTests,
)
from greenlane.engine.feel.semantics import Cause, Undetermined
from greenlane.engine.text import Text

HERE = Span(0, 1)
NAMES = ("a", "b", "revenue growth", "low-cost", "rows", "absent")
_LOCALS = ("x", "y", "item", "partial")

_atoms: st.SearchStrategy[Node] = st.one_of(
    st.sampled_from(["0", "1", "2", "3", "0.5", "12.50", "1E+3"]).map(lambda text: Number(Decimal(text), HERE)),
    st.sampled_from(["", "a", "AAA", '"\\', "文\n", "\U0001f40e"]).map(lambda text: String(text, HERE)),
    st.booleans().map(lambda value: Boolean(value, HERE)),
    st.just(Null(HERE)),
    st.sampled_from(["2026-03-02", "2026-01-31", "P1M", "P2D", "10:30:00", "nonsense"]).map(
        lambda t: AtLiteral(t, HERE)
    ),
    st.sampled_from(NAMES + _LOCALS + ("count",)).map(lambda name: Name(name, HERE)),
)
_types = st.sampled_from(["number", "string", "date", "Any", "list", "tUnknown"]).map(
    lambda name: TypeName(name, (), (), None, HERE)
)
_FUNCTIONS = {"count": 1, "not": 1, "sum": 1, "abs": 1, "string": 1, "contains": 2, "append": 2, "max": 3, "date": 1}


def _some(nodes: st.SearchStrategy[Node], least: int, most: int) -> st.SearchStrategy[tuple[Node, ...]]:
    return st.lists(nodes, min_size=least, max_size=most).map(tuple)


def _range(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    def one_sided(end: Node, below: bool, included: bool) -> Node:
        low, high = (None, end) if below else (end, None)
        return RangeLiteral(low, high, included and not below, included and below, HERE)

    return st.one_of(
        st.builds(RangeLiteral, nodes, nodes, st.booleans(), st.booleans(), st.just(HERE)),
        st.builds(one_sided, nodes, st.booleans(), st.booleans()),
        st.builds(
            lambda end, operator: RangeLiteral(end, end, True, True, HERE, operator),
            nodes,
            st.sampled_from(["=", "!="]),
        ),
    )


def _call(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    def of(name: str) -> st.SearchStrategy[Node]:
        count = _FUNCTIONS[name]
        return _some(nodes, count, count).map(lambda arguments: Call(Name(name, HERE), arguments, (), HERE))

    written = st.builds(
        lambda body, argument: Call(FunctionLiteral((("x", None),), body, False, HERE), (argument,), (), HERE),
        nodes,
        nodes,
    )
    named = nodes.map(lambda value: Call(Name("abs", HERE), (value,), ("n",), HERE))
    return st.one_of(
        st.sampled_from(sorted(_FUNCTIONS)).flatmap(of),
        written,
        named,
        st.builds(Call, nodes, _some(nodes, 0, 2), st.just(()), st.just(HERE)),
    )


def _iterations(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[tuple[Iteration, ...]]:
    small = st.sampled_from(["1", "2", "4"]).map(lambda text: Number(Decimal(text), HERE))
    over = st.one_of(
        st.builds(Iteration, st.sampled_from(["x", "y"]), nodes, st.none(), st.just(HERE)),
        st.builds(Iteration, st.sampled_from(["x", "y"]), small, small, st.just(HERE)),
    )
    return st.lists(over, min_size=1, max_size=2).map(tuple)


def _tests(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[tuple[Node, ...]]:
    about = st.builds(
        lambda operator, end: Comparison(operator, InputValue(HERE), end, HERE),
        st.sampled_from(["=", "!=", "<"]),
        nodes,
    )
    return _some(st.one_of(nodes, _range(nodes), about), 1, 3)


def _bigger(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    here = st.just(HERE)
    key = st.sampled_from(["x", "a", "low-cost", "odd key: ("])
    entries = st.lists(st.tuples(key, nodes), max_size=3).map(tuple)
    parameters = st.sampled_from(["x", "y"]).map(lambda name: ((name, None),))
    return st.one_of(
        _some(nodes, 0, 3).map(lambda items: ListLiteral(items, HERE)),
        st.builds(ContextLiteral, entries, here),
        _range(nodes),
        st.builds(Negation, nodes, here),
        st.builds(Arithmetic, st.sampled_from(["+", "-", "*", "/", "**"]), nodes, nodes, here),
        st.builds(Comparison, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), nodes, nodes, here),
        st.builds(And, _some(nodes, 2, 3), here),
        st.builds(Or, _some(nodes, 2, 3), here),
        st.builds(Between, nodes, nodes, nodes, here),
        st.builds(In, nodes, _tests(nodes), here),
        st.builds(If, nodes, nodes, nodes, here),
        st.builds(For, _iterations(nodes), nodes, here),
        st.builds(Quantified, st.booleans(), _iterations(nodes), nodes, here),
        st.builds(Filter, nodes, nodes, here),
        st.builds(Path, nodes, st.sampled_from(["a", "x", "low-cost", "year", "start included"]), here),
        _call(nodes),
        st.builds(FunctionLiteral, parameters, nodes, st.just(False), here),
        st.builds(InstanceOf, nodes, _types, here),
    )


def _numbers(level: int) -> st.SearchStrategy[Node]:
    """Expressions that mostly give numbers."""
    atoms = st.one_of(
        st.sampled_from(["0", "1", "2", "3", "0.5", "12.50"]).map(lambda text: Number(Decimal(text), HERE)),
        st.sampled_from(["a", "b", "n", "revenue growth"]).map(lambda name: Name(name, HERE)),
    )
    if not level:
        return atoms
    inner, here = _numbers(level - 1), st.just(HERE)
    return st.one_of(
        atoms,
        st.builds(Negation, inner, here),
        st.builds(Arithmetic, st.sampled_from("+-*/"), inner, inner, here),
        st.builds(If, _truths(level - 1), inner, inner, here),
        st.builds(lambda items: Call(Name("sum", HERE), (items,), (), HERE), _lists(level - 1)),
        st.builds(Filter, _lists(level - 1), inner, here),
        st.builds(
            lambda x, body: Call(FunctionLiteral((("n", None),), body, False, HERE), (x,), (), HERE), inner, inner
        ),
        st.builds(lambda value: Path(ContextLiteral((("a", value),), HERE), "a", HERE), inner),
    )


def _truths(level: int) -> st.SearchStrategy[Node]:
    """Expressions that mostly give booleans."""
    number, here = _numbers(max(level - 1, 0)), st.just(HERE)
    compare = st.builds(Comparison, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), number, number, here)
    presence = st.builds(lambda op, one: Comparison(op, one, Null(HERE), HERE), st.sampled_from(["=", "!="]), number)
    if not level:
        return st.one_of(compare, presence)
    inner = _truths(level - 1)
    ends = st.builds(RangeLiteral, number, number, st.booleans(), st.booleans(), here)
    return st.one_of(
        compare,
        presence,
        st.builds(And, _some(inner, 2, 3), here),
        st.builds(Or, _some(inner, 2, 3), here),
        st.builds(Between, number, number, number, here),
        st.builds(In, number, _some(st.one_of(number, ends, _range(number), _lists(0)), 1, 3), here),
        inner.map(lambda value: Call(Name("not", HERE), (value,), (), HERE)),
        st.builds(Quantified, st.booleans(), _over(level - 1), inner, here),
    )


def _lists(level: int) -> st.SearchStrategy[Node]:
    """Expressions that mostly give lists."""
    number, here = _numbers(max(level - 1, 0)), st.just(HERE)
    written = _some(number, 0, 3).map(lambda items: ListLiteral(items, HERE))
    if not level:
        return written
    item = st.builds(
        lambda op, end: Comparison(op, Name("item", HERE), end, HERE), st.sampled_from(["<", ">", "="]), number
    )
    return st.one_of(
        written,
        st.builds(Filter, _lists(level - 1), st.one_of(item, _truths(level - 1)), here),
        st.builds(For, _over(level - 1), number, here),
        st.just(Path(Name("rows", HERE), "a", HERE)),
    )


def _over(level: int) -> st.SearchStrategy[tuple[Iteration, ...]]:
    return _lists(level).map(lambda source: (Iteration("n", source, None, HERE),))


_sensible = st.one_of(_numbers(3), _truths(3), _lists(3))
expressions: st.SearchStrategy[Node] = st.one_of(_sensible, st.recursive(_atoms, _bigger, max_leaves=12))
cells: st.SearchStrategy[UnaryTests] = st.builds(
    UnaryTests, st.one_of(_tests(_numbers(1)), _tests(expressions)), st.booleans(), st.just(HERE)
)

_UNKNOWN = Undetermined((Cause("missing", "z", Text("缺", "missing")),))
values: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([Decimal(0), Decimal(1), Decimal("2.0"), Decimal("-3.5")]),
    st.sampled_from(["", "a", "AAA"]),
    st.just(datetime.date(2026, 3, 2)),
    st.just(_UNKNOWN),
    st.lists(st.sampled_from([Decimal(1), Decimal(2), "a", None, _UNKNOWN]), max_size=3),
    st.just([{"a": Decimal(1), "x": "a"}, {"a": Decimal(2), "low-cost": True}]),
    st.just({"a": Decimal(1), "item": Decimal(9)}),
)
scopes: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES[:-1], values))
