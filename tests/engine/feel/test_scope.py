"""Long lists and strings cost what goes through them: no loop of few turns goes on without end."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from greenlane.engine.feel import SPEC, STRICT, compile_expression, evaluate_node, parse_expression
from greenlane.engine.feel.cost import CallCost
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.json_values import told_size
from greenlane.engine.feel.scope import FREE_SIZE, MAX_CALLS, Budget, charge, charge_made, charge_text, is_free, size_of
from greenlane.engine.feel.semantics import Cause, Undetermined
from greenlane.engine.feel.values import IndexedRows
from greenlane.engine.text import Text

BIG = "big: for i in 1..100000 return i"
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


SPENDING: list[Callable[[Budget], None]] = [
    lambda budget: budget.take(11),
    lambda budget: charge_text(budget, 1000),
    lambda budget: charge_made(budget, [1, 2, 3, 4], 3),
    lambda budget: charge(budget, [of_length(70)]),
    lambda budget: budget.enter(CallCost(11, 1)),
]


@pytest.mark.parametrize("spend", SPENDING)
def test_a_budget_that_has_run_out_gives_nothing_more(spend: Callable[[Budget], None]) -> None:
    """Whatever is asked for afterwards, the error is the first one."""
    budget = Budget(10)
    with pytest.raises(FeelError, match="more work") as first:
        spend(budget)
    for asked in (lambda: budget.take(1), lambda: budget.enter(CallCost(1, MAX_CALLS + 1))):
        with pytest.raises(FeelError) as again:
            asked()
        assert (again.value.kind, again.value.en, again.value.zh) == ("limit", first.value.en, first.value.zh)
    assert budget.ended is not None


def test_calls_inside_of_one_another_end_the_budget() -> None:
    """What calls itself without end does not go on beside the call that was one too many."""
    budget = Budget()
    for _ in range(MAX_CALLS):
        budget.enter(CallCost(1, 1))
    with pytest.raises(FeelError, match=f"{MAX_CALLS} calls"):
        budget.enter(CallCost(1, 1))
    budget.leave(CallCost(1, 1))
    with pytest.raises(FeelError, match=f"{MAX_CALLS} calls"):
        budget.enter(CallCost(1, 1))


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


TOLD = [
    (None, 0),
    ("x" * 31, 0),
    ("x" * 320, 10),
    ([Decimal(1), "x" * 320], 12),
    ([[Decimal(1)] * 3] * 3, 12),
    ({"a": [UNKNOWN]}, 2),
    (UNKNOWN, 0),
    ([[[Decimal(1)] * 10] * 10] * 10, 1110),
]


@pytest.mark.parametrize(("value", "size"), TOLD)
def test_how_long_a_value_is_to_tell(value: Any, size: int) -> None:
    """As often as each item is written, with long texts."""
    assert told_size(value) == size
