"""Which values belong to a type, and the conversions that a type asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from greenlane.engine.feel.ast import TypeName
from greenlane.engine.feel.semantics import Undetermined
from greenlane.engine.feel.values.range import Range
from greenlane.engine.feel.values.time import at_midnight
from greenlane.engine.feel.values.types import type_name

_KNOWN = frozenset(
    {
        "number", "string", "boolean", "date", "time", "date and time",
        "days and time duration", "years and months duration", "list", "context", "function", "range", "Any", "Null",
    }
)  # fmt: skip
_OTHER_NAMES: Mapping[str, str] = {
    "null": "Null",
    "day and time duration": "days and time duration",
    "year and month duration": "years and months duration",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "dateTime": "date and time",
    "any": "Any",
}


def is_known(kind: TypeName) -> bool:
    """Whether FEEL has the type, and all types inside of it."""
    parts = (*kind.arguments, *(() if kind.result is None else (kind.result,)))
    return _name(kind) in _KNOWN and all(is_known(part) for part in parts)


def is_instance(value: Any, kind: TypeName) -> bool:
    """What `value instance of kind` says of a known type. Null is an instance of `Null` alone."""
    name = _name(kind)
    if value is None:
        return name == "Null"
    return conforms(value, kind)


def conforms(value: Any, kind: TypeName) -> bool:
    """Whether the value may stand where the type is asked for; null may anywhere."""
    name = _name(kind)
    if value is None or name == "Any":
        return True
    if type_name(value) != name:
        return False
    if name == "list":
        return all(conforms(item, inner) for inner in kind.arguments for item in value)
    if name == "context":
        wanted = zip(kind.names, kind.arguments, strict=True)
        return all(entry in value and conforms(value[entry], inner) for entry, inner in wanted)
    if name == "range":
        return _range_conforms(value, kind)
    if name == "function":
        return kind.result is None or len(value.parameters) == len(kind.arguments)
    return True


def _range_conforms(value: Range, kind: TypeName) -> bool:
    return all(conforms(end, inner) for inner in kind.arguments for end in (value.low, value.high))


def converted(value: Any, kind: TypeName) -> tuple[bool, Any]:
    """Whether the value can stand where the type is asked for, and what it is there.

    A list of one item becomes the item and a value a list of itself where that fits; a date becomes midnight in UTC.
    """
    if type(value) is Undetermined or not is_known(kind) or conforms(value, kind):
        return True, value
    if isinstance(value, (list, tuple)) and len(value) == 1 and conforms(value[0], kind):
        return True, value[0]
    if conforms([value], kind):
        return True, [value]
    if _name(kind) == "date and time" and type_name(value) == "date":
        return True, at_midnight(value)
    return False, None


def _name(kind: TypeName) -> str:
    return _OTHER_NAMES.get(kind.name, kind.name)
