"""Functions on lists (DMN 10.3.4.4). Pure. Positions count from 1, or from the end (-1).

Aggregates reduce a list, or their own arguments, to one value.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal, DecimalException
from functools import cmp_to_key, reduce
from typing import Any

from greenlane.engine.feel.errors import FeelError, missing
from greenlane.engine.feel.functions.builtin import Builtin, FormalParameter, Meter, Overload, whole
from greenlane.engine.feel.operators import add, compare, divide, equal, multiply, subtract
from greenlane.engine.feel.values.dates import DaysTime, YearsMonths
from greenlane.engine.feel.values.number import CONTEXT
from greenlane.engine.feel.values.types import ZH, FeelFunction, type_name

LENGTH_LIMIT = 1_000_000
COMPARISON_LIMIT = 2_000_000
_COMPARED_PER_STEP = 4
_STEPS_OF_A_CALL = 2
NESTING_LIMIT = 200

Items = Sequence[Any]
# Their Python equality is FEEL's, so that a set finds duplicates.
_HASHED = (str, Decimal, bool, type(None), datetime.date, YearsMonths, DaysTime)


def place(items: Items, position: Decimal, extra: int = 0) -> int:
    """The index in Python's count; FeelError where the position is outside of the list and `extra` more."""
    number = whole(position)
    if 1 <= number <= len(items) + extra:
        return number - 1
    if -len(items) <= number <= -1:
        return len(items) + number
    raise FeelError("argument", f"there is no position {number} in the list", f"列表中没有第 {number} 项", 1)


def _bounded(items: list[Any]) -> list[Any]:
    if len(items) > LENGTH_LIMIT:
        raise FeelError("limit", "the list is too long", "列表过长")
    return items


def distinct(meter: Meter, items: Iterable[Any]) -> list[Any]:
    """The items without repetitions, each where it first appears; comparisons go by the meter."""
    kept: list[Any] = []
    hashed: set[tuple[type, Any]] = set()
    others: list[Any] = []
    work = 0
    for item in items:
        if isinstance(item, _HASHED):
            key = (type(item), item)
            if key in hashed:
                continue
            hashed.add(key)
        else:
            work += len(others)
            meter.take(len(others) * (1 + meter.size(item) // _COMPARED_PER_STEP))
            if work > COMPARISON_LIMIT:
                raise FeelError("limit", "too many items to compare", "需要比较的项过多")
            if any(equal(item, other) for other in others):
                continue
            others.append(item)
        kept.append(item)
    return kept


def flatten(items: Items) -> list[Any]:
    """All items that are not lists, out of however many lists they stand in."""
    return _bounded(list(_leaves(items, 0, [0])))


def _leaves(items: Items, depth: int, visited: list[int]) -> Iterator[Any]:
    if depth > NESTING_LIMIT:
        raise FeelError("limit", "the list is nested too deeply", "列表嵌套过深")
    for item in items:
        # Counted here too: lists that share their items can be small to hold and endless to walk.
        visited[0] += 1
        if visited[0] > LENGTH_LIMIT:
            raise FeelError("limit", "the list is too long", "列表过长")
        if isinstance(item, (list, tuple)):
            yield from _leaves(item, depth + 1, visited)
        else:
            yield item


def _joined(lists: Items) -> list[Any]:
    """The items of the lists, one list after the other; what is no list is an item."""
    items: list[Any] = []
    for index, part in enumerate(lists):
        if part is None:
            raise FeelError("missing", "a list is needed, got null", "需要列表，得到的是空值", index)
        items.extend(part if isinstance(part, (list, tuple)) else [part])
    return _bounded(items)


def _sublist(items: Items, start: Decimal, length: Decimal | None) -> list[Any]:
    first = place(items, start)
    if length is None:
        return list(items[first:])
    size = whole(length)
    if size < 0 or first + size > len(items):
        raise FeelError("argument", f"there are no {size} items from there on", f"从该处起没有 {size} 项", 2)
    return list(items[first : first + size])


def _inserted(items: Items, position: Decimal, item: Any) -> list[Any]:
    at = place(items, position, extra=1)
    return _bounded([*items[:at], item, *items[at:]])


def _removed(items: Items, position: Decimal) -> list[Any]:
    at = place(items, position)
    return [*items[:at], *items[at + 1 :]]


def _replaced_at(_: Meter, items: Items, position: Decimal, item: Any) -> list[Any]:
    at = place(items, position)
    return [*items[:at], item, *items[at + 1 :]]


def _replaced_where(meter: Meter, items: Items, match: FeelFunction, new: Any) -> list[Any]:
    return [new if _holds(meter, match, item, new) else item for item in items]


def _positions(items: Items, match: Any) -> list[Any]:
    return [Decimal(index) for index, item in enumerate(items, 1) if equal(item, match)]


def _holds(meter: Meter, function: FeelFunction, first: Any, second: Any) -> bool:
    """What the function says of the two; FeelError where it does not say true or false."""
    meter.take(_STEPS_OF_A_CALL)
    if len(function.parameters) != 2:
        raise FeelError("argument", "a function of two parameters is needed", "需要两个参数的函数", 1)
    answer = function.call(first, second)
    if isinstance(answer, bool):
        return answer
    if answer is None:
        raise FeelError("missing", "the function gave null, not true or false", "函数应给出真或假，给出的是空值", 1)
    kind = type_name(answer)
    en, zh = f"the function gave a {kind}, not true or false", f"函数应给出真或假，给出的是{ZH[kind]}"
    raise FeelError("type", en, zh, 1, answer if kind == "unknown" else None)


def sort(meter: Meter, items: Items, precedes: FeelFunction) -> list[Any]:
    """The items so that none comes after one that it precedes; where neither precedes, they keep their order.

    Calls of the function go by the meter.
    """

    def order(one: Any, other: Any) -> int:
        return -1 if _holds(meter, precedes, one, other) else 0

    # Python's sort only asks whether one item is before another, so "not before" need not tell "after" from "equal".
    return sorted(items, key=cmp_to_key(order))


_LIST = FormalParameter("list", ("list",))
_LISTS = FormalParameter("list", rest=True)
_POSITION = FormalParameter("position", ("number",))
_NEW = FormalParameter("newItem")


def _simple(
    name: str, *parameters: FormalParameter, call: Callable[..., Any], makes: int = 1, metered: bool = False
) -> Builtin:
    return Builtin(name, (Overload(parameters, call),), makes=makes, metered=metered)


LISTS: tuple[Builtin, ...] = (
    _simple(
        "list contains",
        _LIST,
        FormalParameter("element"),
        call=lambda items, item: any(equal(each, item) for each in items),
        makes=0,
    ),
    _simple(
        "sublist",
        _LIST,
        FormalParameter("start position", ("number",)),
        FormalParameter("length", ("number",), optional=True),
        call=_sublist,
    ),
    _simple("append", _LIST, FormalParameter("item", rest=True), call=lambda items, more: _bounded([*items, *more])),
    _simple("concatenate", _LISTS, call=_joined),
    _simple("insert before", _LIST, _POSITION, _NEW, call=_inserted),
    _simple("remove", _LIST, _POSITION, call=_removed),
    Builtin(
        "list replace",
        (
            Overload((_LIST, _POSITION, _NEW), _replaced_at),
            Overload((_LIST, FormalParameter("match", ("function",)), _NEW), _replaced_where),
        ),
        makes=1,
        metered=True,
    ),
    _simple("reverse", _LIST, call=lambda items: list(reversed(items))),
    _simple("index of", _LIST, FormalParameter("match"), call=_positions),
    _simple("union", _LISTS, call=lambda meter, lists: distinct(meter, _joined(lists)), metered=True),
    _simple("distinct values", _LIST, call=distinct, metered=True),
    _simple("flatten", _LIST, call=flatten),
    _simple("sort", _LIST, FormalParameter("precedes", ("function",)), call=sort, metered=True),
)


def _some(items: Items) -> Items:
    """The items, of which there must be one at least."""
    if not items:
        raise FeelError("argument", "the list is empty", "列表为空", 0)
    return items


def _numbers(items: Items) -> list[Decimal]:
    """The items, which must be numbers."""
    if not {Decimal}.issuperset(map(type, items)):
        _must_hold(items, Decimal, "numbers", "数字")
    return list(items)


def _must_hold(items: Items, kind: type, en: str, zh: str) -> None:
    """FeelError for the first item of another type."""
    for item in items:
        if item is None:
            raise missing(0)
        if not isinstance(item, kind):
            found = type_name(item)
            raise FeelError("type", f"the list must hold {en}, not a {found}", f"列表应为{zh}，不应含{ZH[found]}", 0)


def _extreme(sign: int) -> Callable[[Items], Any]:
    """The greatest item for 1, the least for -1, the first of equal ones."""

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
        _must_hold(items, bool, "booleans", "布尔值")
        return not decisive

    return decide


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


def _aggregate(name: str, call: Callable[[Items], Any], makes: int = 0) -> Builtin:
    many = (FormalParameter("item"), FormalParameter("item", rest=True))
    return Builtin(name, (Overload((_LIST,), _of_list(call)), Overload(many, _of_arguments(call))), makes=makes)


AGGREGATES: tuple[Builtin, ...] = (
    Builtin("count", (Overload((_LIST,), lambda items: Decimal(len(items))),)),
    _aggregate("min", _extreme(-1)),
    _aggregate("max", _extreme(1)),
    _aggregate("sum", _sum),
    _aggregate("mean", mean),
    _aggregate("all", _decided_by(False)),
    _aggregate("any", _decided_by(True)),
    _aggregate("product", lambda items: reduce(multiply, _numbers(_some(items)))),
    _aggregate("median", median),
    _aggregate("stddev", stddev),
    _aggregate("mode", mode, makes=1),
)
