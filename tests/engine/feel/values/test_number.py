"""Python's own signs for arithmetic mean FEEL's in surroundings of their own, and nowhere else."""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Context, Decimal, DivisionByZero, getcontext, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.engine.feel.values.number import CONTEXT, own_context

numbers = st.decimals(allow_nan=False, allow_infinity=False, places=20, min_value=-(10**20), max_value=10**20)
SIGNS: list[tuple[Callable[[Decimal, Decimal], Decimal], Callable[[Decimal, Decimal], Decimal]]] = [
    (operator.add, CONTEXT.add),
    (operator.sub, CONTEXT.subtract),
    (operator.mul, CONTEXT.multiply),
    (operator.truediv, CONTEXT.divide),
]


@pytest.mark.parametrize(("sign", "method"), SIGNS)
@given(left=numbers, right=numbers.filter(bool))
def test_signs_are_the_methods_of_the_context(
    sign: Callable[[Decimal, Decimal], Decimal],
    method: Callable[[Decimal, Decimal], Decimal],
    left: Decimal,
    right: Decimal,
) -> None:
    """To the last digit and zero, whatever the thread goes by."""
    with localcontext(Context(prec=3, rounding="ROUND_UP")):
        found = own_context().run(sign, left, right)
    assert found.as_tuple() == method(left, right).as_tuple()


def test_errors_are_raised_as_by_the_context() -> None:
    """A division by zero is no infinity."""
    with localcontext(Context(traps=[])), pytest.raises(DivisionByZero):
        own_context().run(operator.truediv, Decimal(1), Decimal(0))


def test_the_thread_keeps_its_own_context() -> None:
    """During the call and after it, also when one call is made inside of another."""
    before = getcontext()

    def inside() -> tuple[Context, Context]:
        return getcontext(), own_context().run(getcontext)

    assert all(found is CONTEXT for found in own_context().run(inside))
    assert getcontext() is before is not CONTEXT
