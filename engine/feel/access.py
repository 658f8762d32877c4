"""Parts of values: entries, properties and items."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from greenlane.engine.feel.ast import And, Between, Comparison, In, InstanceOf, Negation, Node, Number, Or, Quantified
from greenlane.engine.feel.bulk import FREE, charge_walk
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.loops import Unusable
from greenlane.engine.feel.scope import Budget, LocalScope, Scope, budget_of
from greenlane.engine.feel.semantics import Undetermined
from greenlane.engine.feel.site import Site
from greenlane.engine.feel.values.number import CONTEXT
from greenlane.engine.feel.values.types import has_properties, property_of

Run = Callable[[Any], Any]
# An item without the entry is an error with its cause, which takes longer to make than an item to look at.
_WORK_OF_AN_ERROR = 8
_CONDITIONS = (Comparison, And, Or, Between, In, InstanceOf, Quantified)


def path(site: Site, source: Any, name: str, budget: Budget) -> Any:
    """`source.name`: an entry of a context, a property of a value, or those of all items of a list.

    A long list, and the lists in it, are taken from the budget.
    """
    if isinstance(source, dict):
        if name in source:
            return source[name]
        return site.wrong("name", f"上下文中没有 `{name}`", f"the context has no entry `{name}`")
    if type(source) is Undetermined:
        return source
    if isinstance(source, (list, tuple)):
        return path_of_items(site, source, name, budget)
    if source is None:
        return site.missing(0)
    if not has_properties(source):
        return site.not_a("context", source, 0)
    try:
        return property_of(source, name)
    except FeelError as error:
        return site.error(error)


def path_of_items(site: Site, items: Sequence[Any], name: str, budget: Budget) -> Any:
    """`items.name`."""
    try:
        if len(items) > FREE:
            budget.take(len(items))
        if not all(type(item) is dict and name in item for item in items):
            charge_walk(budget, items)
            if len(items) > FREE:
                budget.take(len(items) * _WORK_OF_AN_ERROR)
            return [path(site, item, name, budget) for item in items]
    except FeelError as error:
        return site.error(error)
    return [item[name] for item in items]


def item_at(site: Site, items: Sequence[Any], position: Any) -> Any:
    """The item, counted from 1, or from -1 for the last; null where there is none."""
    if type(position) is Undetermined:
        return position
    if type(position) is not Decimal:
        return site.not_a("number", position, 1)
    if position != position.to_integral_value():
        return site.wrong("argument", "位置必须是整数", "a position is a whole number", 1)
    if not 0 < abs(position) <= len(items):
        return None
    return items[int(position) - 1 if position > 0 else int(position)]


def written_position(condition: Node) -> Decimal | None:
    """The position where a filter is nothing but a number: it is no condition, so no item is gone through."""
    match condition:
        case Number(value):
            return value
        case Negation(Number(value)):
            return CONTEXT.minus(value)
        case _:
            return None


def positioned(site: Site, source: Any, position: Any) -> Any:
    """`source[position]` for a position that does not depend on the items."""
    if type(source) is Undetermined:
        return source
    if source is None:
        return site.missing(0)
    items = source if isinstance(source, (list, tuple)) else [source]
    return item_at(site, items, position)


def filtered(site: Site, source: Any, condition: Run, scope: Scope, reuse: bool, positions: bool = True) -> Any:
    """The items for which the condition holds, or the item at the position that it gives.

    `reuse` tells that the condition keeps no hold of the scope it is run in, `positions` that it may give a position.
    """
    kept = []
    try:
        items = items_of(site, source)
        budget = budget_of(scope)
        inner = LocalScope(scope, {}, budget)
        if not items:
            return of_nothing(site, condition(_about(inner, None))) if positions else []
        for item in items:
            budget.step()
            if not reuse:
                inner = LocalScope(scope, {}, budget)
            answer = condition(_about(inner, item))
            if answer is True:
                kept.append(item)
            elif answer is not False and (answer is not None or site.semantics.strict):
                return unclear(site, items, answer)
    except Unusable as unusable:
        return unusable.value
    except FeelError as error:
        return site.error(error)
    return kept


def items_of(site: Site, source: Any) -> Sequence[Any]:
    """What a filter goes through: a list, or the only item. Raises Unusable."""
    if type(source) is Undetermined:
        raise Unusable(source)
    if source is None:
        raise Unusable(site.missing(0))
    return source if isinstance(source, (list, tuple)) else [source]


def unclear(site: Site, items: Sequence[Any], answer: Any) -> Any:
    """What comes of a filter that says neither yes nor no of an item."""
    if type(answer) is Undetermined:
        return answer
    return item_at(site, items, answer) if type(answer) is Decimal else site.not_a("boolean", answer, 1)


def _about(scope: LocalScope, item: Any) -> LocalScope:
    if isinstance(item, dict) or len(scope) > 1:
        scope.clear()
    scope["item"] = item
    if isinstance(item, dict):
        # An entry called `item` comes before the item itself.
        scope.update(item)
    return scope


def always_condition(node: Node) -> bool:
    """Whether a filter by the node keeps items or not, and cannot ask for a position."""
    return isinstance(node, _CONDITIONS)


def of_nothing(site: Site, answer: Any) -> Any:
    """What a filter of no items gives that may ask for a position, by the answer for a null in the place of an item."""
    return item_at(site, (), answer) if type(answer) is Decimal else []
