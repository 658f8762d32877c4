"""What an expression is evaluated in: the scope it reads names from, and the budget that bounds its work. Pure.

One budget serves all that is evaluated for one decision. Work that grows with the input is paid from it, so that a
decision ends soon whatever the rules say, and so are values that are made, so that it needs little room: turns of
loops, calls, items of long values, lists and texts that come of an operation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn, Protocol

from greenlane.engine.feel.cost import CallCost
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.value_size import FREE_SIZE, is_long, items_in, size_of

MAX_STEPS = 1_000_000
"""Steps of work in one decision, unless its rules are compiled for another number. docs/feel.md tells what costs how
many.
"""
MAX_CALLS = 100
"""Calls and decisions inside of one another; one with an expression of many levels counts as several."""
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
