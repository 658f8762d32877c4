"""The names that an expression reads, inner ones before outer ones, and the bounds on its work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from greenlane.engine.feel.errors import FeelError

MAX_STEPS = 1_000_000
MAX_CALLS = 100
MAX_ITEMS = 4_000_000


class Scope(Protocol):
    """Anything read with `scope[name]` that raises KeyError for an unknown name. Nothing else is asked of it."""

    def __getitem__(self, name: str, /) -> Any: ...


class Budget:
    """How much work one evaluation may still do: turns, calls inside of one another, items of long lists."""

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
    """Local names over an outer scope, which is asked only for what is not local."""

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
