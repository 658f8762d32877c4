"""Operators and paths as closures over the closures of their operands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, DecimalException
from typing import Any

from engine.feel import access, operate
from engine.feel.invoke import builtin_value
from engine.feel.site import Site
from engine.feel.values.number import CONTEXT

Run = Callable[[Any], Any]
_ON_NUMBERS: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": CONTEXT.add,
    "-": CONTEXT.subtract,
    "*": CONTEXT.multiply,
    "/": CONTEXT.divide,
    "**": CONTEXT.power,
}


def name(site: Site, read: str, is_builtin: bool) -> Run:
    """Reads a name; a built-in function's where the scope has none of that name."""
    otherwise = builtin_value(read) if is_builtin else site.unknown(read)

    def run(scope: Any) -> Any:
        try:
            return scope[read]
        except KeyError:
            return otherwise

    return run


def arithmetic(site: Site, operator: str, left: Run, right: Run) -> Run:
    """`left + right` and the like."""
    on_numbers, operation = _ON_NUMBERS[operator], operate.ARITHMETIC[operator]

    def run(scope: Any) -> Any:
        one, other = left(scope), right(scope)
        if type(one) is Decimal and type(other) is Decimal:
            try:
                return on_numbers(one, other)
            except DecimalException:
                pass
        return operate.arithmetic(site, operation, one, other)

    return run


def logical(site: Site, operands: Sequence[Run], decisive: bool) -> Run:
    """A conjunction (`decisive` False) or disjunction (True)."""
    if len(operands) == 2:
        return _logical_pair(site, operands[0], operands[1], decisive)
    neutral = not decisive

    def run(scope: Any) -> Any:
        doubtful = None
        for index, operand in enumerate(operands):
            value = operand(scope)
            if value is decisive:
                return decisive
            if value is not neutral:
                doubtful = doubtful or [neutral] * len(operands)
                doubtful[index] = value
        return operate.kleene(site, doubtful, decisive) if doubtful else neutral

    return run


def _logical_pair(site: Site, left: Run, right: Run, decisive: bool) -> Run:
    neutral = not decisive

    def run(scope: Any) -> Any:
        one = left(scope)
        if one is decisive:
            return decisive
        other = right(scope)
        if other is decisive:
            return decisive
        if one is neutral and other is neutral:
            return neutral
        return operate.kleene(site, (one, other), decisive)

    return run


def choice(site: Site, condition: Run, then: Run, otherwise: Run) -> Run:
    """`if condition then … else …`."""

    def run(scope: Any) -> Any:
        found = condition(scope)
        if found is True:
            return then(scope)
        if found is False:
            return otherwise(scope)
        chosen = operate.chosen(site, found)
        return otherwise(scope) if chosen is False else chosen

    return run


def between(site: Site, value: Run, low: Run, high: Run) -> Run:
    """`value between low and high`."""

    def run(scope: Any) -> Any:
        found, from_, to = value(scope), low(scope), high(scope)
        if type(found) is Decimal and type(from_) is Decimal and type(to) is Decimal:
            return from_ <= found <= to
        return operate.between(site, found, from_, to)

    return run


def path(site: Site, source: Run, entry: str) -> Run:
    """`source.entry`."""

    def run(scope: Any) -> Any:
        found = source(scope)
        if type(found) is dict:
            try:
                return found[entry]
            except KeyError:
                pass
        elif type(found) is list and all(type(item) is dict and entry in item for item in found):
            return [item[entry] for item in found]
        return access.path(site, found, entry)

    return run


def item_at(site: Site, source: Run, position: Any) -> Run:
    """`source[position]` for a constant position."""

    def run(scope: Any) -> Any:
        return access.positioned(site, source(scope), position)

    return run
