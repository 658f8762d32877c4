"""Long lists and strings cost what goes through them: no loop of few turns goes on without end."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from greenlane.engine.feel import SPEC, STRICT, compile_expression, evaluate_node, parse_expression
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.scope import FREE_SIZE, is_free, size_of
from greenlane.engine.feel.semantics import Cause, Undetermined
from greenlane.engine.feel.values import IndexedRows
from greenlane.engine.text import Text

BIG = "big: for i in 1..400000 return i"
SHORTER = "big: for i in 1..50000 return i"
TEXT = 's: string join(for i in 1..9000 return "x")'
SHARED = ", ".join(["a0: [1, 2]", *(f"a{n}: [a{n - 1}, a{n - 1}]" for n in range(1, 60))])
HEAVY = [
    f"{{{BIG}, r: count(for i in big return sum(big))}}.r",
    f"{{{BIG}, r: count(for i in big return i in big)}}.r",
    f"{{{BIG}, r: count(for i in big return big = big)}}.r",
    f"{{{SHORTER}, r: count(for i in big return big = 1)}}.r",
    f"{{{SHORTER}, r: count(for i in big return [[big]] = 1)}}.r",
    f"{{{SHORTER}, r: count(for i in big return count([big]))}}.r",
    f"{{{SHORTER}, r: count(for i in big return big instance of list<number>)}}.r",
    f"{{{SHORTER}, r: count(for i in big return big.x)}}.r",
    f"{{{SHORTER}, r: count(for i in big return append(big, i))}}.r",
    f"{{{SHORTER}, r: count(for i in big return list contains(list: big, element: i))}}.r",
    f"{{{SHORTER}, f: function(a: list<number>) 1, r: count(for i in big return f(big))}}.r",
    f"{{{SHORTER}, f: count, r: count(for i in big return f([big]))}}.r",
    f"{{{SHORTER}, r: some i in big satisfies sum(big) = i}}.r",
    f"{{{SHORTER}, r: count(big[sum(big) = 1])}}.r",
    f"{{{TEXT}, r: count(for i in 1..100000 return upper case(s))}}.r",
    f'{{{TEXT}, r: count(for i in 1..100000 return s + "y")}}.r',
    f"{{{TEXT}, r: count(for i in 1..100000 return substring(string: s, start position: 2))}}.r",
    '{s: string(1) + "' + "x" * 60 + '", r: count(for i in 1..200000 return string join([s, s, s, s, s, s]))}.r',
    f"{{{SHARED}, r: a59.x}}.r",
    f"{{{SHARED}, r: a59 = a58}}.r",
    f"{{{SHARED}, r: a59 instance of list<list<string>>}}.r",
]


def limited(value: Any) -> bool:
    """Whether it is an error for want of budget."""
    return type(value) is Undetermined and any(cause.kind == "limit" for cause in value.causes)


@pytest.mark.parametrize("text", HEAVY)
def test_what_would_go_on_is_an_error(text: str) -> None:
    """The bound on work ends it, however long it would go on."""
    assert limited(compile_expression(parse_expression(text), STRICT)({}))


@pytest.mark.parametrize("text", HEAVY[3:5] + HEAVY[-3:-2] + HEAVY[-1:])
def test_the_reference_says_so_too(text: str) -> None:
    """The one that compiled code is held to."""
    assert limited(evaluate_node(parse_expression(text), {}, STRICT))


def test_a_fair_share_costs_no_one_anything() -> None:
    """A portfolio of a thousand rows, summed up for each of them."""
    rows = [{"a": Decimal(n)} for n in range(1000)]
    run = compile_expression(parse_expression("count(for r in rows return sum(rows.a))", {"rows"}), SPEC)
    assert run({"rows": rows}) == 1000


def of_length(count: int) -> list[Any]:
    """A list of numbers."""
    return [Decimal(n) for n in range(count)]


UNKNOWN = Undetermined((Cause("missing", "z", Text("缺", "missing")),))
SIZES = [
    (None, 0, True),
    (Decimal(5), 0, True),
    ("x" * FREE_SIZE, 0, True),
    ("x" * 80, 5, False),
    (of_length(FREE_SIZE), 0, True),
    (of_length(FREE_SIZE + 1), FREE_SIZE + 1, False),
    ([of_length(40), of_length(30)], 72, False),
    ([of_length(40)] * 2, 82, False),
    ({"a": of_length(10)}, 0, True),
    ({"a": [UNKNOWN]}, 0, False),
    (UNKNOWN, 0, False),
    (IndexedRows([{"a": Decimal(1)}] * 40), 80, False),
    ([IndexedRows([{"a": Decimal(1)}] * 40)], 81, False),
]


@pytest.mark.parametrize(("value", "size", "light"), SIZES)
def test_how_big_a_value_is(value: Any, size: int, light: bool) -> None:
    """Shared items count each time; what is small or holds nothing is free."""
    assert (size_of(value), is_free(value)) == (size, light)


def test_lists_too_deep_to_walk_are_an_error() -> None:
    """Rather than the end of Python's stack."""
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(FeelError, match="nested too deeply"):
        size_of(deep)
    run = compile_expression(parse_expression("count(a) + 1", {"a"}), STRICT)
    assert limited(run({"a": deep}))
