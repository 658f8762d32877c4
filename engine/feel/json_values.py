"""FEEL values as JSON values, ready to be encoded, and undetermined ones read back. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.semantics import Cause, Undetermined
from greenlane.engine.feel.values import text_of
from greenlane.engine.text import Text

PLAIN_DIGITS = 40
"""Digits up to which a whole number is written without an exponent."""


def json_of(value: Any, known: dict[int, Any] | None = None) -> Any:
    """A FEEL value as JSON: numbers as `Decimal`, dates ISO, contexts as objects, lists as arrays.

    Durations, times and other values are their FEEL text; an undetermined value is `{"undetermined": [causes]}`. What
    is JSON as it stands may be the same object: it must not be changed. `known` keeps, by identity, the contexts and
    lists written so far, for values that hand on parts of one another: all of them must live as long as it does.
    """
    kind = type(value)
    if kind in _SAME:
        return value
    if kind is not dict and kind is not list and kind is not tuple:
        return _BY_TYPE.get(kind, _other)(value)
    if known is None:
        known = {}
    found = known.get(id(value))
    if found is None:
        found = known[id(value)] = _entries(value, known) if kind is dict else _items(value, known)
    return found


# A full trace holds some ten thousand values, most of them texts: those are passed over without a call each.
def _entries(context: dict[str, Any], known: dict[int, Any]) -> dict[str, Any]:
    for inner in context.values():
        kind = type(inner)
        if kind not in _SAME and (kind is not Decimal or _plain(inner) is not inner):
            break
    else:
        return context
    return {key: inner if type(inner) in _SAME else json_of(inner, known) for key, inner in context.items()}


def _items(items: Sequence[Any], known: dict[int, Any]) -> Sequence[Any]:
    if _SAME.issuperset(map(type, items)):
        return items
    return [inner if type(inner) in _SAME else json_of(inner, known) for inner in items]


def json_of_cause(cause: Cause) -> dict[str, Any]:
    """Why a value cannot be said: `{"kind", "subject", "zh", "en"}`."""
    return {"kind": cause.kind, "subject": cause.subject, "zh": cause.message.zh, "en": cause.message.en}


def cause_of_json(cause: Mapping[str, Any]) -> Cause:
    """The cause that `json_of_cause` wrote, without its place."""
    return Cause(cause["kind"], cause["subject"], Text(cause["zh"], cause["en"]))


def restored(value: Any) -> Any:
    """A value that `json_of` wrote, of any depth, with `Undetermined` again for what was undetermined.

    Everything else stays as JSON has it: dates, times and durations as their texts.
    """
    if isinstance(value, Mapping):
        causes = value.get("undetermined") if len(value) == 1 else None
        if isinstance(causes, list) and causes and all(isinstance(c, Mapping) and c.keys() == _CAUSE for c in causes):
            return Undetermined(tuple(map(cause_of_json, causes)))
        return {key: restored(inner) for key, inner in value.items()}
    return [restored(inner) for inner in value] if isinstance(value, list | tuple) else value


def _other(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): json_of(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [json_of(inner) for inner in value]
    if isinstance(value, str):
        return str(value)
    try:
        return text_of(value)
    except FeelError:
        return type(value).__name__


def _undetermined(value: Undetermined) -> dict[str, Any]:
    return {"undetermined": [json_of_cause(cause) for cause in value.causes]}


def _plain(number: Decimal) -> Decimal:
    """The same number written without an exponent where that stays short, so that every reader shows it the same."""
    if "E" not in str(number):
        return number
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent > 0 and number.adjusted() < PLAIN_DIGITS:
        return Decimal(int(number))
    return number


_CAUSE = {"kind", "subject", "zh", "en"}
_SAME = frozenset({str, bool, type(None)})
_BY_TYPE: Mapping[type, Callable[[Any], Any]] = {
    Decimal: _plain,
    date: date.isoformat,
    Undetermined: _undetermined,
}
