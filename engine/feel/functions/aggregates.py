"""Functions that reduce a list, or their own arguments, to one value (DMN 10.3.4.4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal, DecimalException
from functools import reduce
from typing import Any

from greenlane.engine.feel.arithmetic import add, divide, multiply, subtract
from greenlane.engine.feel.comparison import compare
from greenlane.engine.feel.errors import FeelError, missing
from greenlane.engine.feel.functions.builtin import Builtin, Form, Parameter
from greenlane.engine.feel.values.number import CONTEXT
from greenlane.engine.feel.values.types import ZH, type_name

Items = Sequence[Any]


def _some(items: Items) -> Items:
    if not items:
        raise FeelError("argument", "the list is empty", "列表为空", 0)
    return items


def _numbers(items: Items) -> list[Decimal]:
    if {Decimal}.issuperset(map(type, items)):
        return list(items)
    for item in items:
        if not isinstance(item, Decimal):
            if item is None:
                raise missing(0)
            kind = type_name(item)
            raise FeelError("type", f"the list must hold numbers, not a {kind}", f"列表应为数字，不应含{ZH[kind]}", 0)
    return list(items)


def _extreme(sign: int) -> Callable[[Items], Any]:
    def find(items: Items) -> Any:
        best = _some(items)[0]
        compare(best, best)
        for item in items[1:]:
            if compare(item, best) * sign > 0:
                best = item
        return best

    return find


def total(items: Items) -> Decimal:
    """The sum of numbers. Raises TypeError for no items or other items, DecimalException for a sum out of range.

    Python takes true for 1, which is why every item is asked for a method that only numbers have.
    """
    return reduce(CONTEXT.add, map(Decimal.conjugate, items))


def _sum(items: Items) -> Decimal:
    try:
        return total(items)
    except (TypeError, DecimalException):
        # Again, for the error that says what is wrong.
        return reduce(add, _numbers(_some(items)))


def mean(items: Items) -> Decimal:
    """The arithmetic mean."""
    result: Decimal = divide(_sum(items), Decimal(len(items)))
    return result


def median(items: Items) -> Decimal:
    """The middle number, or the mean of the two in the middle."""
    ordered = sorted(_numbers(_some(items)))
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else mean(ordered[middle - 1 : middle + 1])


def stddev(items: Items) -> Decimal:
    """The sample standard deviation, of two numbers at least."""
    if len(_numbers(items)) < 2:
        raise FeelError("argument", "at least two numbers are needed", "至少需要两个数字", 0)
    centre = mean(items)
    squares = [multiply(subtract(item, centre), subtract(item, centre)) for item in items]
    return CONTEXT.sqrt(divide(_sum(squares), Decimal(len(items) - 1)))


def mode(items: Items) -> list[Decimal]:
    """The most frequent numbers, in ascending order."""
    counts = Counter(_numbers(items))
    most = max(counts.values(), default=0)
    return sorted(number for number, count in counts.items() if count == most)


def _decided_by(decisive: bool) -> Callable[[Items], bool]:
    """One item that is `decisive` decides; else all of them must be booleans."""

    def decide(items: Items) -> bool:
        if any(item is decisive for item in items):
            return decisive
        for item in items:
            if not isinstance(item, bool):
                if item is None:
                    raise missing(0)
                kind = type_name(item)
                raise FeelError(
                    "type", f"the list must hold booleans, not a {kind}", f"列表应为布尔值，不应含{ZH[kind]}", 0
                )
        return not decisive

    return decide


_LIST = Parameter("list", ("list",))


def _of_list(call: Callable[[Items], Any]) -> Callable[[Items], Any]:
    def reduce_list(items: Items) -> Any:
        try:
            return call(items)
        except FeelError as error:
            error.argument = 0
            raise

    return reduce_list


def _of_arguments(call: Callable[[Items], Any]) -> Callable[..., Any]:
    def reduce_arguments(first: Any, rest: Items) -> Any:
        items = [first, *rest]
        try:
            return call(items)
        except FeelError as error:
            error.argument = items.index(None) if error.kind == "missing" else None
            raise

    return reduce_arguments


def _aggregate(name: str, call: Callable[[Items], Any]) -> Builtin:
    many = (Parameter("item"), Parameter("item", rest=True))
    return Builtin(name, (Form((_LIST,), _of_list(call)), Form(many, _of_arguments(call))))


AGGREGATES: tuple[Builtin, ...] = (
    Builtin("count", (Form((_LIST,), lambda items: Decimal(len(items))),)),
    _aggregate("min", _extreme(-1)),
    _aggregate("max", _extreme(1)),
    _aggregate("sum", _sum),
    _aggregate("mean", mean),
    _aggregate("all", _decided_by(False)),
    _aggregate("any", _decided_by(True)),
    _aggregate("product", lambda items: reduce(multiply, _numbers(_some(items)))),
    _aggregate("median", median),
    _aggregate("stddev", stddev),
    _aggregate("mode", mode),
)
