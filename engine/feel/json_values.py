"""FEEL values as JSON values, ready to be encoded, how much there is to tell of them, and undetermined ones read back.

Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.scope import MAX_NESTING, too_deep
from greenlane.engine.feel.semantics import SCALARS, Cause, Undetermined
from greenlane.engine.feel.values import text_of
from greenlane.engine.text import Text

MAX_TOLD = 400_000
"""Items of a value, or of a trace, that can be written out."""
_CHARACTERS_TOLD_PER_ITEM = 32
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


def told_size(value: Any, known: dict[int, tuple[int, int]] | None = None) -> int:
    """How many items and entries are told of the value when it is written out.

    Shared items count each time, 32 characters of text as one item. `known` has the sizes and heights of lists and
    contexts, by id, for values that hand on parts of one another: all of them must live as long. FeelError ("limit")
    for lists more than `MAX_NESTING` deep.
    """
    if type(value) is str:
        return len(value) // _CHARACTERS_TOLD_PER_ITEM
    if not isinstance(value, (list, tuple, dict)):
        return 0
    known = {} if known is None else known
    found = known.get(id(value))
    if found is None:
        found = known[id(value)] = _told(value, known, 1)
    return found[0]


def check_told(value: Any) -> None:
    """FeelError ("limit") where there is more than `MAX_TOLD` to write out, or it is too deep."""
    if told_size(value) > MAX_TOLD:
        raise FeelError("limit", f"more than {MAX_TOLD} items to tell", f"输出超过 {MAX_TOLD} 项")


def _told(value: Any, known: dict[int, tuple[int, int]], depth: int) -> tuple[int, int]:
    """The size, and how many lists and contexts stand inside of one another."""
    held: Collection[Any] = value.values() if isinstance(value, dict) else value
    size, height = len(held), 1
    if SCALARS.issuperset(map(type, held)):
        return size + sum([len(item) for item in held if type(item) is str]) // _CHARACTERS_TOLD_PER_ITEM, height
    characters = 0
    for item in held:
        if type(item) is str:
            characters += len(item)
        elif isinstance(item, (list, tuple, dict)):
            found = known.get(id(item))
            if found is None:
                if depth == MAX_NESTING:
                    raise too_deep()
                found = known[id(item)] = _told(item, known, depth + 1)
            size += found[0]
            height = max(height, found[1] + 1)
    if height > MAX_NESTING:
        raise too_deep()
    return size + characters // _CHARACTERS_TOLD_PER_ITEM, height


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
