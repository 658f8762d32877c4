"""How big values are: what goes through long lists and strings is charged to the budget of the evaluation.

Without it a loop of few turns could go through a long list in each of them, or hold a long string as often.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.scope import MAX_ITEMS, Budget
from greenlane.engine.feel.semantics import Undetermined
from greenlane.engine.feel.values.dates import DaysTime, FarDate, YearsMonths
from greenlane.engine.feel.values.indexed import IndexedRows
from greenlane.engine.feel.values.times import DateTime, Time
from greenlane.engine.feel.values.types import FeelFunction, Range

FREE = 64
"""Characters of a string, or items of a list with all that is in them, that cost nothing."""
MAX_NESTING = 400
LOOKED_AT = 1_000_000
"""Items that a function or comparison looks at, at most."""
_CHARACTERS_OF_AN_ITEM = 16
# Types of values that hold no others.
SINGLE = frozenset(
    (type(None), bool, Decimal, str, date, FarDate, Time, DateTime, YearsMonths, DaysTime, Range, FeelFunction)
)


def charge(budget: Budget, values: Iterable[Any], most: int = LOOKED_AT) -> None:
    """Takes what is to be gone through from the budget; FeelError ("limit") when there is too much.

    `most` is where what goes through a value stops by itself.
    """
    for value in values:
        # A budget that is used up is not a reason to measure on and on.
        size = min(bulk(value), most) if budget.items >= 0 else int(_is_long(value))
        if size:
            budget.take(size)


def charge_lists(budget: Budget, values: Iterable[Any], most: int = LOOKED_AT) -> None:
    """The same for what takes a string as a whole."""
    charge(budget, (value for value in values if type(value) is not str), most)


def charge_walk(budget: Budget, value: Any) -> None:
    """The same for what goes through all of a value, however often it meets an item."""
    charge_lists(budget, (value,), MAX_ITEMS + 1)


def bulk(value: Any) -> int:
    """How many items there are in the value, however often an item is met; 0 up to `FREE`.

    16 characters of a string count as one. FeelError ("limit") for lists more than 400 deep.
    """
    if type(value) is str:
        return len(value) // _CHARACTERS_OF_AN_ITEM if len(value) > FREE else 0
    if not isinstance(value, (list, tuple, dict)):
        return 0
    size = _size(value, {}, 0)
    return size if size > FREE else 0


def is_light(value: Any) -> bool:
    """Whether nothing in the value is undetermined and it costs nothing."""
    if type(value) is str:
        return len(value) <= FREE
    return type(value) is not Undetermined and _left(value, FREE, -1) >= 0


def _is_long(value: Any) -> bool:
    return len(value) > FREE if type(value) is str else _left(value, FREE, 0) < 0


def _size(value: Any, known: dict[int, int], depth: int) -> int:
    """`known` are the sizes of what is in it: lists that share their items can be endless to walk."""
    if type(value) is IndexedRows:
        return len(value) * (1 + len(value.columns))
    if depth > MAX_NESTING:
        raise FeelError("limit", "lists are nested too deeply", "列表嵌套过深")
    held = _held(value)
    size = len(held)
    if SINGLE.issuperset(map(type, held)):
        return size
    for item in held:
        if not isinstance(item, (list, tuple, dict)):
            continue
        found = known.get(id(item))
        if found is None:
            found = known[id(item)] = _size(item, known, depth + 1)
        size += found
    return size


def _left(value: Any, free: int, doubt: int) -> int:
    """How many more items would be free, negative for none; `doubt` is added for each that is undetermined."""
    if not isinstance(value, (list, tuple, dict)):
        return free
    if type(value) is IndexedRows:
        return free - len(value) * (1 + len(value.columns))
    held = _held(value)
    free -= len(held)
    if free < 0 or SINGLE.issuperset(map(type, held)):
        return free
    for item in held:
        free = min(free, doubt) if type(item) is Undetermined and doubt else _left(item, free, doubt)
        if free < 0:
            break
    return free


def _held(value: Any) -> Collection[Any]:
    return value.values() if isinstance(value, Mapping) else value
