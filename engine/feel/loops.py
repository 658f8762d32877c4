"""`for`, `some` and `every`: going through lists and ranges within the bounds on work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from operator import length_hint
from typing import Any

from greenlane.engine.feel.errors import FeelError, missing
from greenlane.engine.feel.scope import Budget, LocalScope, Scope, budget_of
from greenlane.engine.feel.semantics import Undetermined, merged
from greenlane.engine.feel.site import Site
from greenlane.engine.feel.values.dates import date_at, days_of, is_date
from greenlane.engine.feel.values.types import Range

Run = Callable[[Any], Any]
_LIST_ITERATOR: type = type(iter([0]))


@dataclass(frozen=True, slots=True)
class Domain:
    """What a name goes through: `source`, or `source` to `end`."""

    name: str
    source: Run
    end: Run | None
    site: Site


class Unusable(Exception):
    """A source that cannot be gone through; `value` is what comes of it."""

    def __init__(self, value: Any) -> None:
        self.value = value
        super().__init__()


def results(
    site: Site, domains: tuple[Domain, ...], body: Run, scope: Scope, partial: bool, reuse: bool = False
) -> Any:
    """The list of what the body gives for each turn; `partial` tells whether the body reads the results so far.

    `reuse` tells that the body keeps no hold of the scope it is run in.
    """
    found: list[Any] = []
    budget = budget_of(scope)
    try:
        for inner in _turns(domains, 0, scope, budget, reuse):
            if partial:
                # A copy each time: a list that grows inside of its own items would have no end.
                budget.steps -= len(found) // 100
                inner["partial"] = list(found)
            found.append(body(inner))
    except Unusable as unusable:
        return unusable.value
    except FeelError as error:
        return site.error(error)
    return found


def quantified(
    site: Site, domains: tuple[Domain, ...], condition: Run, scope: Scope, every: bool, reuse: bool = False
) -> Any:
    """Whether the condition holds for some or every turn; `reuse` as for `results`."""
    doubts: list[Any] | None = None
    try:
        for inner in _turns(domains, 0, scope, budget_of(scope), reuse):
            answer = condition(inner)
            if answer is not every and type(answer) is bool:
                return answer
            if answer is not every:
                doubts = doubted(site, doubts, answer)
        return merged(doubts) if doubts else every
    except Unusable as unusable:
        return unusable.value
    except FeelError as error:
        return site.error(error)


def _turns(domains: tuple[Domain, ...], index: int, scope: Scope, budget: Budget, reuse: bool) -> Iterator[LocalScope]:
    domain, last = domains[index], index + 1 == len(domains)
    name, inner = domain.name, LocalScope(scope, {}, budget)
    for item in _items(domain, scope):
        budget.step()
        if not reuse:
            inner = LocalScope(scope, {}, budget)
        inner[name] = item
        if last:
            yield inner
        else:
            yield from _turns(domains, index + 1, inner, budget, reuse)


def _items(domain: Domain, scope: Scope) -> Iterable[Any]:
    source = domain.source(scope)
    if domain.end is None:
        return gone_through(domain.site, source)
    end = domain.end(scope)
    doubt = merged((source, end))
    if doubt is not None:
        raise Unusable(doubt)
    try:
        return _counted(source, end)
    except FeelError as error:
        raise Unusable(domain.site.error(error)) from None


def gone_through(site: Site, source: Any) -> Iterable[Any]:
    """What a name takes on in turn: the items of a list or range, or the only value. Raises Unusable."""
    if type(source) is Undetermined:
        raise Unusable(source)
    try:
        if source is None:
            raise missing(0)
        if type(source) is Range:
            return _of_range(source)
    except FeelError as error:
        raise Unusable(site.error(error)) from None
    return source if isinstance(source, (list, tuple)) else [source]


def counted(items: Iterable[Any], budget: Budget) -> Iterator[Any]:
    """The items, a step of the budget each."""
    for item in items:
        budget.step()
        yield item


def at_once(items: Iterable[Any], budget: Budget) -> Iterator[Any]:
    """The same for a loop in which nothing else is counted: all steps are taken first, `give_back` returns the rest."""
    if type(items) is not list or len(items) > budget.steps:
        return counted(items, budget)
    budget.steps -= len(items)
    return iter(items)


def give_back(turns: Iterator[Any], budget: Budget) -> None:
    """Returns the steps of turns that a loop left out."""
    if type(turns) is _LIST_ITERATOR:
        budget.steps += length_hint(turns)


def doubted(site: Site, doubts: list[Any] | None, answer: Any) -> list[Any]:
    """The doubts with an answer that does not decide. Raises Unusable for one that is no answer."""
    if answer is not None and type(answer) is not Undetermined:
        raise Unusable(site.not_a("boolean", answer, 0))
    found = [] if doubts is None else doubts
    found.append(site.missing(0) if answer is None else answer)
    return found


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
