"""Calls of built-in functions as closures: the form of the call is chosen once."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from engine.feel.ast import Call
from engine.feel.errors import FeelError
from engine.feel.functions import Builtin, Form, Parameter
from engine.feel.invoke import call_builtin
from engine.feel.semantics import Undetermined
from engine.feel.site import Site
from engine.feel.values.date import FarDate
from engine.feel.values.duration import DaysTime, YearsMonths
from engine.feel.values.indexed import IndexedRows
from engine.feel.values.range import FeelFunction, Range
from engine.feel.values.time import DateTime, Time

Run = Callable[[Any], Any]
_TYPES: dict[str, frozenset[type]] = {
    "number": frozenset((Decimal,)),
    "string": frozenset((str,)),
    "boolean": frozenset((bool,)),
    "date": frozenset((datetime.date, FarDate)),
    "time": frozenset((Time,)),
    "date and time": frozenset((DateTime,)),
    "years and months duration": frozenset((YearsMonths,)),
    "days and time duration": frozenset((DaysTime,)),
    "list": frozenset((list, IndexedRows)),
    "context": frozenset(),
    "range": frozenset((Range,)),
    "function": frozenset((FeelFunction,)),
}
_ANY = frozenset().union(*_TYPES.values())
_PLAIN = _ANY - _TYPES["list"]
# What may hold something undetermined, which a list handed to a function must not.
_HOLDING = frozenset((Undetermined, list, tuple, dict))


def builtin_call(site: Site, node: Call, builtin: Builtin, arguments: Sequence[Run]) -> Run:
    """The call, without detour where the arguments are of the types that the function asks for."""
    names = node.names

    def general(scope: Any, values: Sequence[Any]) -> Any:
        return call_builtin(site, builtin, values, names, scope)

    form = None if names or builtin.reads else _form(builtin, len(arguments))
    if form is None or (form.parameters[-1].rest and any(parameter.types for parameter in form.parameters)):
        return lambda scope: general(scope, [argument(scope) for argument in arguments])
    if builtin.name == "not":
        return _negation(arguments[0], general)
    if form.parameters[-1].rest:
        return _with_rest(site, form, arguments, general)
    types = [_accepted(parameter) for parameter in form.parameters[: len(arguments)]]
    padding = [None] * (len(form.parameters) - len(arguments))
    if len(arguments) == 1 and not padding:
        return _with_one(site, form.call, arguments[0], types[0], general)
    if len(arguments) == 2 and not padding:
        return _with_two(site, form.call, arguments, types, general)
    return _with_many(site, form.call, arguments, types, padding, general)


def _form(builtin: Builtin, count: int) -> Form | None:
    """The form that is tried first with so many arguments: with the types that it asks for no other is."""
    for form in builtin.forms:
        if count and form.by_position([None] * count) is not None:
            return form
    return None


def _accepted(parameter: Parameter) -> frozenset[type]:
    """The Python types that the parameter takes as they are."""
    return frozenset().union(*(_TYPES[name] for name in parameter.types)) if parameter.types else _ANY


def _fits(value: Any, types: frozenset[type]) -> bool:
    kind = type(value)
    return kind in types and (kind is not list or _HOLDING.isdisjoint(map(type, value)))


def _negation(argument: Run, general: Callable[[Any, Sequence[Any]], Any]) -> Run:
    def run(scope: Any) -> Any:
        value = argument(scope)
        return not value if value is True or value is False else general(scope, (value,))

    return run


def _with_one(
    site: Site,
    call: Callable[..., Any],
    argument: Run,
    types: frozenset[type],
    general: Callable[[Any, Sequence[Any]], Any],
) -> Run:
    def run(scope: Any) -> Any:
        value = argument(scope)
        kind = type(value)
        if kind not in types or (kind is list and not _HOLDING.isdisjoint(map(type, value))):
            return general(scope, (value,))
        try:
            return call(value)
        except FeelError as error:
            return site.error(error)

    return run


def _with_two(
    site: Site,
    call: Callable[..., Any],
    arguments: Sequence[Run],
    types: Sequence[frozenset[type]],
    general: Callable[[Any, Sequence[Any]], Any],
) -> Run:
    first, second = arguments
    first_types, second_types = types

    def run(scope: Any) -> Any:
        one, other = first(scope), second(scope)
        if not (_fits(one, first_types) and _fits(other, second_types)):
            return general(scope, (one, other))
        try:
            return call(one, other)
        except FeelError as error:
            return site.error(error)

    return run


def _with_many(
    site: Site,
    call: Callable[..., Any],
    arguments: Sequence[Run],
    types: Sequence[frozenset[type]],
    padding: list[None],
    general: Callable[[Any, Sequence[Any]], Any],
) -> Run:
    def run(scope: Any) -> Any:
        values = [argument(scope) for argument in arguments]
        if not all(map(_fits, values, types)):
            return general(scope, values)
        try:
            return call(*values, *padding)
        except FeelError as error:
            return site.error(error)

    return run


def _with_rest(
    site: Site,
    form: Form,
    arguments: Sequence[Run],
    general: Callable[[Any, Sequence[Any]], Any],
) -> Run:
    call, first = form.call, len(form.parameters) - 1

    def run(scope: Any) -> Any:
        values = [argument(scope) for argument in arguments]
        if not _PLAIN.issuperset(map(type, values)):
            return general(scope, values)
        try:
            return call(*values[:first], values[first:])
        except FeelError as error:
            return site.error(error)

    return run
