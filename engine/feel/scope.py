"""What an expression is evaluated in: the scope it reads names from, and the budget that bounds its work. Pure.

Work that grows with the input is counted, so that an expression ends soon whatever it says: turns of loops, calls
inside of one another, items of long values. Without the last a loop of few turns could go through a long list, or make
a long string, in each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Protocol

from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.semantics import SCALARS, Undetermined
from greenlane.engine.feel.values.indexed import IndexedRows

MAX_STEPS = 1_000_000
"""Turns of loops in one evaluation; a call of a function counts as several."""
MAX_CALLS = 100
"""Calls inside of one another."""
MAX_ITEMS = 4_000_000
"""Items of long values in one evaluation."""
FREE_SIZE = 64
"""Characters of a string, or items of a list with all that is in them, that cost nothing."""
_MAX_NESTING = 400
_CHARACTERS_PER_ITEM = 16
# Items that a function or comparison looks at, at most.
_MOST_CHARGED = 1_000_000


class Scope(Protocol):
    """Anything read with `scope[name]` that raises KeyError for an unknown name. Nothing else is asked of it."""

    def __getitem__(self, name: str, /) -> Any: ...


Run = Callable[[Any], Any]
"""An expression as a function of the scope that it is evaluated in."""


class Budget:
    """How much work one evaluation may still do: turns (`steps`), nested `calls`, `items` of long values."""

    __slots__ = ("calls", "items", "steps")

    def __init__(self) -> None:
        self.steps = MAX_STEPS
        self.calls = MAX_CALLS
        self.items = MAX_ITEMS

    def step(self) -> None:
        """Counts one turn of a loop; FeelError ("limit") when there are too many."""
        self.steps -= 1
        if self.steps < 0:
            raise FeelError("limit", f"more than {MAX_STEPS} steps", f"超过 {MAX_STEPS} 步")

    def take(self, items: int) -> None:
        """Counts items of long lists that are gone through; FeelError ("limit") when there are too many."""
        self.items -= items
        if self.items < 0:
            en, zh = f"more than {MAX_ITEMS} items of long lists and strings", f"长列表和长字符串超过 {MAX_ITEMS} 项"
            raise FeelError("limit", en, zh)


class LocalScope(dict[str, Any]):
    """Local names over an outer scope, which is asked only for what is not local; `budget` is the evaluation's."""

    __slots__ = ("budget", "outer")

    def __init__(self, outer: Scope, local: Mapping[str, Any], budget: Budget) -> None:
        super().__init__(local)
        self.outer = outer
        self.budget = budget

    def __missing__(self, name: str) -> Any:
        return self.outer[name]


def budget_of(scope: Scope) -> Budget:
    """The budget of the evaluation that made the scope, a fresh one for a scope from outside."""
    return scope.budget if type(scope) is LocalScope else Budget()


def local(outer: Scope, names: Mapping[str, Any]) -> LocalScope:
    """The names over the outer scope, on its budget."""
    return LocalScope(outer, names, budget_of(outer))


def charge(budget: Budget, values: Iterable[Any], most: int = _MOST_CHARGED) -> None:
    """Takes the sizes of the values from the budget; FeelError ("limit") when there is too much.

    `most` is where what goes through a value stops by itself.
    """
    for value in values:
        # A budget that is used up is not a reason to measure on and on.
        size = min(size_of(value), most) if budget.items >= 0 else int(_is_long(value))
        if size:
            budget.take(size)


def charge_lists(budget: Budget, values: Iterable[Any], most: int = _MOST_CHARGED) -> None:
    """As `charge`, for what takes a string as a whole: strings cost nothing."""
    charge(budget, (value for value in values if type(value) is not str), most)


def charge_walk(budget: Budget, value: Any) -> None:
    """As `charge_lists`, for what goes through all of a value, however often it meets an item."""
    charge_lists(budget, (value,), MAX_ITEMS + 1)


def size_of(value: Any) -> int:
    """How many items there are in the value, however often an item is met; 0 up to `FREE_SIZE`.

    16 characters of a string count as one. FeelError ("limit") for lists more than 400 deep.
    """
    if type(value) is str:
        return len(value) // _CHARACTERS_PER_ITEM if len(value) > FREE_SIZE else 0
    if not isinstance(value, (list, tuple, dict)):
        return 0
    size = _items_in(value, {}, 0)
    return size if size > FREE_SIZE else 0


def is_free(value: Any) -> bool:
    """Whether the value costs nothing, and nothing in it is undetermined."""
    if type(value) is str:
        return len(value) <= FREE_SIZE
    return type(value) is not Undetermined and _free_left(value, FREE_SIZE, -1) >= 0


def _is_long(value: Any) -> bool:
    return len(value) > FREE_SIZE if type(value) is str else _free_left(value, FREE_SIZE, 0) < 0


def _items_in(value: Any, known: dict[int, int], depth: int) -> int:
    """`known` are the sizes of what is in it, by id: lists that share their items can be endless to walk."""
    if type(value) is IndexedRows:
        return len(value) * (1 + len(value.columns))
    if depth > _MAX_NESTING:
        raise FeelError("limit", "lists are nested too deeply", "列表嵌套过深")
    held = _held(value)
    size = len(held)
    if SCALARS.issuperset(map(type, held)):
        return size
    for item in held:
        if not isinstance(item, (list, tuple, dict)):
            continue
        found = known.get(id(item))
        if found is None:
            found = known[id(item)] = _items_in(item, known, depth + 1)
        size += found
    return size


def _free_left(value: Any, free: int, undetermined: int) -> int:
    """How many more items would be free, negative for none; at most `undetermined`, unless 0, where anything is so."""
    if not isinstance(value, (list, tuple, dict)):
        return free
    if type(value) is IndexedRows:
        return free - len(value) * (1 + len(value.columns))
    held = _held(value)
    free -= len(held)
    if free < 0 or SCALARS.issuperset(map(type, held)):
        return free
    for item in held:
        if type(item) is Undetermined and undetermined:
            free = min(free, undetermined)
        else:
            free = _free_left(item, free, undetermined)
        if free < 0:
            break
    return free


def _held(value: Any) -> Collection[Any]:
    return value.values() if isinstance(value, Mapping) else value
