"""FEEL values and results of the engine as JSON values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from engine.feel import Cause, Undetermined
from engine.feel.errors import FeelError
from engine.feel.values import text_of

PLAIN_DIGITS = 40
"""Digits up to which a whole number is written without an exponent."""


def render(value: Any) -> Any:
    """A FEEL value as JSON: numbers as `Decimal`, dates ISO, contexts as objects, lists as arrays.

    Durations, times and other values are their FEEL text; an undetermined value is `{"undetermined": [causes]}`.
    """
    kind = type(value)
    if kind in _SAME:
        return value
    # A full trace holds some ten thousand values, most of them texts: those are passed over without a call each.
    if kind is dict:
        return {key: inner if type(inner) in _SAME else render(inner) for key, inner in value.items()}
    if kind is list or kind is tuple:
        return [inner if type(inner) in _SAME else render(inner) for inner in value]
    return _BY_TYPE.get(kind, _other)(value)


def render_trace(trace: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What `render` makes of a trace (`engine.decide.trace`): mostly texts, so only its values are gone through."""
    if trace is None:
        return None
    return {**trace, "as_of": trace["as_of"].isoformat(), "decisions": [_decided(d) for d in trace["decisions"]]}


def _decided(decision: Mapping[str, Any]) -> dict[str, Any]:
    record = dict(decision)
    if "arguments" in record:
        record["arguments"] = render(record["arguments"])
    record["inputs"] = [{**i, "value": render(i["value"])} if "value" in i else i for i in record["inputs"]]
    if "failed" in record:
        record["failed"] = [{**row, "conditions": render(row["conditions"])} for row in record["failed"]]
    record["result"] = render(record["result"])
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
