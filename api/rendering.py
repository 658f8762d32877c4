"""FEEL values and results of the engine as JSON values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from greenlane.engine.feel import Cause, Undetermined
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.values import text_of

PLAIN_DIGITS = 40
"""Digits up to which a whole number is written without an exponent."""


def render(value: Any) -> Any:
    """A FEEL value as JSON: numbers as `Decimal`, dates ISO, contexts as objects, lists as arrays.

    Durations, times and other values are their FEEL text; an undetermined value is `{"undetermined": [causes]}`. What
    is JSON as it stands may be the same object: it must not be changed.
    """
    return _rendered(value, {})


def _rendered(value: Any, seen: dict[int, Any]) -> Any:
    """`seen` has by its identity what has been rendered: decisions hand on the contexts and lists of one another."""
    kind = type(value)
    if kind in _SAME:
        return value
    if kind is not dict and kind is not list and kind is not tuple:
        return _BY_TYPE.get(kind, _other)(value)
    found = seen.get(id(value))
    if found is None:
        found = seen[id(value)] = _entries(value, seen) if kind is dict else _items(value, seen)
    return found


# A full trace holds some ten thousand values, most of them texts: those are passed over without a call each.
def _entries(context: dict[str, Any], seen: dict[int, Any]) -> dict[str, Any]:
    for inner in context.values():
        kind = type(inner)
        if kind not in _SAME and (kind is not Decimal or _plain(inner) is not inner):
            break
    else:
        return context
    return {key: inner if type(inner) in _SAME else _rendered(inner, seen) for key, inner in context.items()}


def _items(items: Sequence[Any], seen: dict[int, Any]) -> Sequence[Any]:
    if _SAME.issuperset(map(type, items)):
        return items
    return [inner if type(inner) in _SAME else _rendered(inner, seen) for inner in items]


def render_trace(trace: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What `render` makes of a trace (`engine.decide.trace`): mostly texts, so only its values are gone through."""
    if trace is None:
        return None
    seen: dict[int, Any] = {}
    decisions = [_decided(decision, seen) for decision in trace["decisions"]]
    return {**trace, "as_of": trace["as_of"].isoformat(), "decisions": decisions}


def _decided(decision: dict[str, Any], seen: dict[int, Any]) -> dict[str, Any]:
    record = decision.copy()
    if "arguments" in record:
        record["arguments"] = _rendered(record["arguments"], seen)
    record["inputs"] = [seen.get(id(told)) or _rendered(told, seen) for told in record["inputs"]]
    if "failed" in record:
        record["failed"] = [{**row, "conditions": _rendered(row["conditions"], seen)} for row in record["failed"]]
    record["result"] = _rendered(record["result"], seen)
    return record


def cause(found: Cause) -> dict[str, object]:
    """Why a value cannot be said."""
    return {
        "kind": found.kind,
        "subject": found.subject,
        "zh": found.message.zh,
        "en": found.message.en,
    }


def _other(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): render(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [render(inner) for inner in value]
    if isinstance(value, str):
        return str(value)
    try:
        return text_of(value)
    except FeelError:
        return type(value).__name__


def _undetermined(value: Undetermined) -> dict[str, object]:
    return {"undetermined": [cause(c) for c in value.causes]}


def _plain(number: Decimal) -> Decimal:
    """The same number written without an exponent where that stays short, so that every reader shows it the same."""
    if "E" not in str(number):
        return number
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent > 0 and number.adjusted() < PLAIN_DIGITS:
        return Decimal(int(number))
    return number


_SAME = frozenset({str, bool, type(None)})
_BY_TYPE: Mapping[type, Callable[[Any], Any]] = {
    Decimal: _plain,
    date: date.isoformat,
    Undetermined: _undetermined,
}
