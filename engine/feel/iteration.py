"""`for`, `some`, `every` and filters: going through lists and ranges, on the budget of the evaluation. Pure.

The interpreter calls `results`, `quantified` and `filtered`; compiled code writes most loops out and calls the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import length_hint
from typing import Any, NamedTuple

from greenlane.engine.feel.ast import (
    And,
    Between,
    Comparison,
    In,
    InstanceOf,
    Iteration,
    Negation,
    Node,
    Number,
    Or,
    Quantified,
)
from greenlane.engine.feel.cost import turn_cost
from greenlane.engine.feel.errors import FeelError, missing
from greenlane.engine.feel.operations import item_at
from greenlane.engine.feel.scope import Budget, LocalScope, Run, Scope, budget_of
from greenlane.engine.feel.semantics import ErrorContext, Undetermined, merged
from greenlane.engine.feel.values.dates import date_at, days_of, is_date
from greenlane.engine.feel.values.indexed import IndexedRows
from greenlane.engine.feel.values.number import CONTEXT
from greenlane.engine.feel.values.types import Range

_CONDITIONS = (Comparison, And, Or, Between, In, InstanceOf, Quantified)

_LOOKED_AT_PER_STEP = 32


@dataclass(frozen=True, slots=True)
class Domain:
    """What a name goes through: `source`, or `source` to `end`. `cost` is that of one turn."""

    name: str
    source: Run
    end: Run | None
    errors: ErrorContext
    cost: int


def turn_costs(iterations: tuple[Iteration, ...], body: Node, makes: int) -> list[int]:
    """The cost of a turn of each iteration; those of the last evaluate the body and make so many values."""
    inner = [(one.source,) if one.end is None else (one.source, one.end) for one in iterations[1:]]
    return [*(turn_cost(0, *sources) for sources in inner), turn_cost(makes, body)]


class LoopError(Exception):
    """A loop that cannot go on, for its source or the answer to an item; `value` is what comes of it."""

    def __init__(self, value: Any) -> None:
        self.value = value
        super().__init__()


def results(
    errors: ErrorContext, domains: tuple[Domain, ...], body: Run, scope: Scope, partial: bool, reuse: bool = False
) -> Any:
    """The list of what the body gives for each turn; `partial` tells whether the body reads the results so far.

    `reuse` tells that the body keeps no hold of the scope it is run in.
    """
    found: list[Any] = []
    budget = budget_of(scope)
    try:
        for inner in _turns(domains, 0, scope, _Paid(budget), reuse):
            if partial:
                # A copy each time: a list that grows inside of its own items would have no end.
                budget.take(len(found))
                inner["partial"] = list(found)
            found.append(body(inner))
    except LoopError as caught:
        return caught.value
    except FeelError as error:
        return errors.caught(error)
    return found


def quantified(
    errors: ErrorContext, domains: tuple[Domain, ...], condition: Run, scope: Scope, every: bool, reuse: bool = False
) -> Any:
    """Whether the condition holds for some or every turn; `reuse` as for `results`."""
    undecided: list[Any] | None = None
    paid = _Paid(budget_of(scope))
    try:
        for inner in _turns(domains, 0, scope, paid, reuse):
            answer = condition(inner)
            if answer is not every and type(answer) is bool:
                paid.give_back()
                return answer
            if answer is not every:
                undecided = undecided_turn(errors, undecided, answer)
        return merged(undecided) if undecided else every
    except LoopError as caught:
        return caught.value
    except FeelError as error:
        return errors.caught(error)


def filtered(
    errors: ErrorContext,
    source: Any,
    condition: Run,
    scope: Scope,
    cost: int,
    reuse: bool = False,
    positions: bool = True,
) -> Any:
    """The items for which the condition holds, or the item at the position that it gives.

    `cost` is that of a turn. `reuse` tells that the condition keeps no hold of the scope it is run in, `positions` that
    it may give a position.
    """
    kept = []
    try:
        items = items_of(errors, source)
        budget = budget_of(scope)
        inner = LocalScope(scope, {}, budget)
        if not items:
            return of_nothing(errors, condition(_about(inner, None))) if positions else []
        turns = iter(paid(items, budget, cost))
        for item in turns:
            if not reuse:
                inner = LocalScope(scope, {}, budget)
            answer = condition(_about(inner, item))
            if answer is True:
                kept.append(item)
            elif answer is not False and (answer is not None or errors.semantics.strict):
                give_back(turns, budget, cost)
                return undecided_filter(errors, items, answer)
        budget.take(len(kept))
    except LoopError as caught:
        return caught.value
    except FeelError as error:
        return errors.caught(error)
    return kept


class IndexPlan(NamedTuple):
    """How an index answers a filter: `lookups` (column, operator) with the `values` they ask for.

    `rest` is what is left to evaluate for the rows found, None for nothing.
    """

    lookups: tuple[tuple[str, str], ...]
    values: tuple[Run, ...]
    rest: Run | None


class IndexedFilter:
    """A filter of lists with an index: the index answers what it can, the rest is evaluated for the rows left.

    `plan` is asked once for each set of columns; `condition`, `cost`, `reuse` and `positions` as for `filtered`.
    """

    __slots__ = ("_condition", "_cost", "_errors", "_plan", "_plans", "_positions", "_reuse")

    def __init__(
        self,
        errors: ErrorContext,
        condition: Run,
        plan: Callable[[frozenset[str]], IndexPlan],
        cost: int,
        reuse: bool,
        positions: bool,
    ) -> None:
        self._errors = errors
        self._condition = condition
        self._plan = plan
        self._plans: dict[frozenset[str], IndexPlan] = {}
        self._cost = cost
        self._reuse = reuse
        self._positions = positions

    def __call__(self, items: IndexedRows, scope: Any) -> Any:
        """What the filter gives, in the scope around it."""
        plan = self._plans.get(items.columns)
        if plan is None:
            plan = self._plans[items.columns] = self._plan(items.columns)
        found = items.where(plan.lookups, tuple(value(scope) for value in plan.values)) if plan.lookups else None
        if found is None:
            return self._filtered(items, self._condition, scope)
        try:
            # Rows that are not in the order of a column are all looked at.
            budget_of(scope).take(1 + len(items) // _LOOKED_AT_PER_STEP + len(found))
        except FeelError as error:
            return self._errors.caught(error)
        return list(found) if plan.rest is None else self._filtered(found, plan.rest, scope)

    def _filtered(self, items: list[Any], condition: Run, scope: Any) -> Any:
        return filtered(self._errors, items, condition, scope, self._cost, self._reuse, self._positions)


def written_position(condition: Node) -> Decimal | None:
    """The position where a filter is nothing but a number: it is no condition, so no item is gone through."""
    match condition:
        case Number(value):
            return value
        case Negation(Number(value)):
            return CONTEXT.minus(value)
        case _:
            return None


def always_condition(node: Node) -> bool:
    """Whether a filter by the node keeps items or not, and cannot ask for a position."""
    return isinstance(node, _CONDITIONS)


def items_of(errors: ErrorContext, source: Any) -> Sequence[Any]:
    """What a filter goes through: a list, or the only item. Raises LoopError."""
    if type(source) is Undetermined:
        raise LoopError(source)
    if source is None:
        raise LoopError(errors.missing(0))
    return source if isinstance(source, (list, tuple)) else [source]


def undecided_filter(errors: ErrorContext, items: Sequence[Any], answer: Any) -> Any:
    """What comes of a filter that says neither yes nor no of an item."""
    if type(answer) is Undetermined:
        return answer
    return item_at(errors, items, answer) if type(answer) is Decimal else errors.not_a("boolean", answer, 1)


def of_nothing(errors: ErrorContext, answer: Any) -> Any:
    """What a filter of no items gives that may ask for a position, by the answer for a null in the place of an item."""
    return item_at(errors, (), answer) if type(answer) is Decimal else []


def gone_through(errors: ErrorContext, source: Any) -> Iterable[Any]:
    """What a name takes on in turn: the items of a list or range, or the only value. Raises LoopError."""
    if type(source) is Undetermined:
        raise LoopError(source)
    try:
        if source is None:
            raise missing(0)
        if type(source) is Range:
            return _of_range(source)
    except FeelError as error:
        raise LoopError(errors.caught(error)) from None
    return source if isinstance(source, (list, tuple)) else [source]


def paid(items: Iterable[Any], budget: Budget, cost: int) -> Iterable[Any]:
    """The items, each for the cost of a turn. All those of a list are paid for before the first.

    FeelError ("limit") when too little is left: at once for a list, at the turn that is too many for a range.
    """
    if type(items) is not list and not isinstance(items, (list, tuple)):
        return _one_by_one(items, budget, cost)
    budget.steps -= len(items) * cost
    if budget.steps < 0:
        budget.refuse()
    return items


def _one_by_one(items: Iterable[Any], budget: Budget, cost: int) -> Iterator[Any]:
    for item in items:
        budget.take(cost)
        yield item


def give_back(turns: Iterator[Any], budget: Budget, cost: int) -> None:
    """Returns what was paid for the turns that a loop leaves out because it has its answer."""
    budget.steps += length_hint(turns) * cost


class _Paid:
    """What loops in one another go through, each paid for from one budget."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self._open: list[tuple[Iterator[Any], int]] = []

    def turns(self, items: Iterable[Any], cost: int) -> Iterator[Any]:
        turns = iter(paid(items, self.budget, cost))
        self._open.append((turns, cost))
        yield from turns
        self._open.pop()

    def give_back(self) -> None:
        for turns, cost in self._open:
            give_back(turns, self.budget, cost)


def undecided_turn(errors: ErrorContext, undecided: list[Any] | None, answer: Any) -> list[Any]:
    """The undecided answers of `some` or `every`, with one more. Raises LoopError for one that is no answer."""
    if answer is not None and type(answer) is not Undetermined:
        raise LoopError(errors.not_a("boolean", answer, 0))
    found = [] if undecided is None else undecided
    found.append(errors.missing(0) if answer is None else answer)
    return found


def _turns(domains: tuple[Domain, ...], index: int, scope: Scope, paid: _Paid, reuse: bool) -> Iterator[LocalScope]:
    domain, last = domains[index], index + 1 == len(domains)
    name, inner = domain.name, LocalScope(scope, {}, paid.budget)
    for item in paid.turns(_items(domain, scope), domain.cost):
        if not reuse:
            inner = LocalScope(scope, {}, paid.budget)
        inner[name] = item
        if last:
            yield inner
        else:
            yield from _turns(domains, index + 1, inner, paid, reuse)


def _items(domain: Domain, scope: Scope) -> Iterable[Any]:
    source = domain.source(scope)
    if domain.end is None:
        return gone_through(domain.errors, source)
    end = domain.end(scope)
    undetermined = merged((source, end))
    if undetermined is not None:
        raise LoopError(undetermined)
    try:
        return _counted(source, end)
    except FeelError as error:
        raise LoopError(domain.errors.caught(error)) from None


def _about(scope: LocalScope, item: Any) -> LocalScope:
    if isinstance(item, dict) or len(scope) > 1:
        scope.clear()
    scope["item"] = item
    if isinstance(item, dict):
        # An entry called `item` comes before the item itself.
        scope.update(item)
    return scope


def _of_range(among: Range) -> Iterable[Any]:
    if among.low is None or among.high is None or among.operator:
        raise FeelError("argument", "a range without an end cannot be gone through", "无端点的区间不能遍历", 0)
    if not _countable(among.low) or type(among.low) is not type(among.high):
        raise _not_countable()
    low = among.low if among.low_included else _next(among.low, 1)
    high = among.high if among.high_included else _next(among.high, -1)
    return () if low > high else _counted(low, high)


def _counted(low: Any, high: Any) -> Iterable[Any]:
    """From one end to the other, downwards if need be."""
    if low is None or high is None:
        raise missing(0 if low is None else 1)
    if not _countable(low) or not _countable(high) or is_date(low) != is_date(high):
        raise _not_countable()
    if is_date(low):
        return (date_at(day) for day in _between(days_of(low), days_of(high)))
    return map(Decimal, _between(int(low), int(high)))


def _between(low: int, high: int) -> range:
    return range(low, high + 1) if low <= high else range(low, high - 1, -1)


def _countable(end: Any) -> bool:
    if type(end) is Decimal:
        return end == end.to_integral_value() and end.adjusted() <= 34
    return is_date(end)


def _next(end: Any, step: int) -> Any:
    return end + step if type(end) is Decimal else date_at(days_of(end) + step)


def _not_countable() -> FeelError:
    return FeelError("type", "only whole numbers and dates can be gone through", "只能遍历整数和日期", 0)
