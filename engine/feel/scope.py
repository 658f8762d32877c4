"""What an expression is evaluated in: the scope it reads names from, and the budget that bounds its work. Pure.

One budget serves all that is evaluated for one decision. Work that grows with the input is paid from it, so that a
decision ends soon whatever the rules say, and so are values that are made, so that it needs little room: turns of
loops, calls, items of long values, lists and texts that come of an operation. Lists that share their items can be
small to hold and endless to walk: what is in one is looked at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NoReturn, Protocol

from greenlane.engine.feel.cost import CallCost
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.semantics import SCALARS, Undetermined
from greenlane.engine.feel.values.indexed import IndexedRows

MAX_STEPS = 1_000_000
"""Steps of work in one decision, unless its rules are compiled for another number. docs/feel.md tells what costs how
many.
"""
MAX_CALLS = 100
"""Calls and decisions inside of one another; one with an expression of many levels counts as several."""
FREE_SIZE = 64
"""Characters of a string, or items of a list with all that is in them, that cost nothing to go through."""
MAX_NESTING = 100
"""Lists and contexts inside of one another that can be gone through."""
_CHARACTERS_PER_ITEM = 16
ITEMS_PER_STEP = 4
_CHARACTERS_PER_STEP = 10
# Items that a function or comparison looks at, at most.
_MOST_CHARGED = 1_000_000
# More than any budget has.
_ALL = 1 << 62


class Scope(Protocol):
    """Anything read with `scope[name]` that raises KeyError for an unknown name. Nothing else is asked of it."""

    def __getitem__(self, name: str, /) -> Any: ...


Run = Callable[[Any], Any]
"""An expression as a function of the scope that it is evaluated in."""


class Budget:
    """What one decision may still do: `steps` of work, of which values that are made take some, and `calls` in depth.

    It begins with `most` steps, by default `MAX_STEPS`. Once it has run out everything that asks for more fails, and
    `ended` has the error, else None. `patterns` keeps the regular expressions that have been paid for.
    """

    __slots__ = ("calls", "ended", "most", "patterns", "steps")

    def __init__(self, most: int | None = None) -> None:
        self.steps = self.most = MAX_STEPS if most is None else most
        self.calls = MAX_CALLS
        self.ended: FeelError | None = None
        self.patterns: dict[tuple[str, str], Any] = {}

    def take(self, steps: int) -> None:
        """Pays for work; FeelError ("limit") when too little is left."""
        self.steps -= steps
        if self.steps < 0:
            self.refuse()

    def enter(self, cost: CallCost) -> None:
        """Begins a call that `leave` ends; FeelError ("limit") when too little is left, and nothing has begun."""
        if self.calls < cost.depth:
            self.end_calls()
        self.steps -= cost.steps
        if self.steps < 0:
            self.refuse()
        self.calls -= cost.depth

    def leave(self, cost: CallCost) -> None:
        """Ends a call."""
        self.calls += cost.depth

    def size(self, value: Any) -> int:
        """How many items there are in a value, to pay for going through it; FeelError ("limit") for one too deep."""
        return items_in(value)

    def end_calls(self) -> None:
        """Ends the budget for calls inside of one another: what has no end gets no better by going on elsewhere."""
        en, zh = f"more than {MAX_CALLS} calls inside of one another", f"嵌套调用超过 {MAX_CALLS} 层"
        self.end(FeelError("limit", en, zh))

    def end(self, error: FeelError) -> None:
        """Ends the budget for a reason of its own, unless it has ended."""
        self.steps = min(self.steps, -1)
        self.ended = self.ended or error

    def refuse(self) -> NoReturn:
        """Raises the error of a budget that has run out: the first one, whatever is asked for afterwards."""
        if self.ended is None:
            en = f"more work, or more that is made, than one decision may ask for ({self.most} steps)"
            self.ended = FeelError("limit", en, f"计算量或生成的数据超过单笔决策的上限（{self.most} 步）")
        raise FeelError("limit", self.ended.en, self.ended.zh)


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
    """The budget of the evaluation that the scope is of, a fresh one for a scope that has none."""
    try:
        return scope.budget  # type: ignore[attr-defined,no-any-return]  # few scopes have none, and all are asked
    except AttributeError:
        return Budget()


def local(outer: Scope, names: Mapping[str, Any]) -> LocalScope:
    """The names over the outer scope, on its budget."""
    return LocalScope(outer, names, budget_of(outer))


def off_budget(run: Run) -> Run:
    """The expression without a bound on its steps: for what neither loops nor calls, reads what has been made before,
    and is paid for by its caller.
    """

    def free(scope: Scope) -> Any:
        budget = budget_of(scope)
        steps, budget.steps = budget.steps, _ALL
        try:
            return run(scope)
        finally:
            budget.steps = steps

    return free


def charge(budget: Budget, values: Iterable[Any], most: int = _MOST_CHARGED) -> None:
    """Pays for going through the values; FeelError ("limit") when too little is left.

    `most` is where what goes through a value stops by itself.
    """
    for value in values:
        # A budget that is used up is not a reason to measure on and on.
        size = int(is_long(value)) if budget.ended else min(size_of(value), most)
        if size:
            budget.take(-(-size // ITEMS_PER_STEP))


def charge_lists(budget: Budget, values: Iterable[Any], most: int = _MOST_CHARGED) -> None:
    """As `charge`, for what takes a string as a whole: strings cost nothing."""
    charge(budget, (value for value in values if type(value) is not str), most)


def charge_walk(budget: Budget, value: Any) -> None:
    """As `charge_lists`, for what goes through all of a value, however often it meets an item."""
    charge_lists(budget, (value,), _ALL)


def charge_text(budget: Budget, length: int) -> None:
    """Pays for a text of that length that is made; FeelError ("limit") when too little is left."""
    if length > FREE_SIZE:
        budget.take(length // _CHARACTERS_PER_STEP)


def charge_made(budget: Budget, made: Any, each: int) -> None:
    """Pays for a value that a function has made: a text by its length, a list or context `each` for what it holds.

    FeelError ("limit") when too little is left.
    """
    if type(made) is str:
        charge_text(budget, len(made))
    elif each and (type(made) is list or type(made) is dict):
        budget.take(each * len(made))


def size_of(value: Any) -> int:
    """How many items there are in the value, however often an item is met; 0 up to `FREE_SIZE`.

    16 characters of a string count as one. FeelError ("limit") for lists more than `MAX_NESTING` deep.
    """
    if type(value) is str:
        return len(value) // _CHARACTERS_PER_ITEM if len(value) > FREE_SIZE else 0
    if not isinstance(value, (list, tuple, dict)):
        return 0
    held = value.values() if isinstance(value, dict) else value
    if len(held) <= FREE_SIZE and SCALARS.issuperset(map(type, held)) and type(value) is not IndexedRows:
        return 0
    size = items_in(value)
    return size if size > FREE_SIZE else 0


def items_in(value: Any) -> int:
    """How many items there are in a list or context, few or many; 0 for any other value. FeelError as `size_of`."""
    if not isinstance(value, (list, tuple, dict)):
        return 0
    known: dict[int, int] = {}
    size = _items_in(value, known, 0)
    _check_height(value, known)
    return size


def is_free(value: Any) -> bool:
    """Whether the value costs nothing, and nothing in it is undetermined."""
    if type(value) is str:
        return len(value) <= FREE_SIZE
    return type(value) is not Undetermined and _free_left(value, FREE_SIZE, -1) >= 0


def is_long(value: Any) -> bool:
    """Whether the value costs anything. It takes no longer to tell than a short value does."""
    return len(value) > FREE_SIZE if type(value) is str else _free_left(value, FREE_SIZE, 0) < 0


def _items_in(value: Any, known: dict[int, int], depth: int) -> int:
    """`known` has the sizes of what is in it, by id."""
    if type(value) is IndexedRows:
        return len(value) * (1 + len(value.columns))
    if depth >= MAX_NESTING:
        raise too_deep()
    held: Collection[Any] = value.values() if isinstance(value, dict) else value
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


def _check_height(value: Any, known: Collection[int]) -> None:
    """FeelError for lists too deep in one another, which sharing may have hidden from a walk."""
    if len(known) < MAX_NESTING:
        return
    # The nests of a level, each once, are the level below.
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > MAX_NESTING:
            raise too_deep()
        below = {id(item): item for nest in level for item in _held(nest) if isinstance(item, (list, tuple, dict))}
        level = list(below.values())


def too_deep() -> FeelError:
    """The error of lists more than `MAX_NESTING` deep in one another."""
    return FeelError("limit", "lists are nested too deeply", "列表嵌套过深")


def _free_left(value: Any, free: int, undetermined: int) -> int:
    """How many more items would be free, negative for none; at most `undetermined`, unless 0, where anything is so."""
    if not isinstance(value, (list, tuple, dict)):
        return free
    if type(value) is IndexedRows:
        return free - len(value) * (1 + len(value.columns))
    held: Collection[Any] = value.values() if isinstance(value, dict) else value
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
    return value.values() if isinstance(value, dict) else value
