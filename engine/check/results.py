"""The type that a built-in function returns, where it can be told from the types of its arguments."""

from __future__ import annotations

from greenlane.engine.check.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    NUMBER,
    STRING,
    TIME,
    ListType,
    NumberType,
    Type,
    common,
)

_FIXED: dict[str, Type] = {
    **dict.fromkeys(
        (
            "count", "number", "product", "stddev", "string length", "modulo", "sqrt", "log", "exp", "day of year",
            "week of year",
        ),
        NUMBER,
    ),
    **dict.fromkeys(
        (
            "not", "all", "any", "list contains", "contains", "starts with", "ends with", "matches", "odd", "even",
            "before", "after", "meets", "met by", "overlaps", "includes", "during", "starts", "started by",
            "finishes", "finished by", "coincides", "is",
        ),
        BOOLEAN,
    ),
    **dict.fromkeys(
        (
            "string", "substring", "upper case", "lower case", "substring before", "substring after", "replace",
            "string join", "day of week", "month of year", "fixed",
        ),
        STRING,
    ),
    "split": ListType(STRING),
    "date": DATE,
    "working day after": DATE,
    "time": TIME,
    "date and time": DATE_TIME,
}  # fmt: skip
_LIKE_FIRST = frozenset(
    {
        "abs", "floor", "ceiling", "decimal", "round up", "round down", "round half up", "round half down", "reverse",
        "distinct values", "sublist", "remove", "sort",
    }
)  # fmt: skip
_OF_ITEMS = frozenset({"sum", "min", "max", "mean", "median"})
_LISTS = frozenset({"append", "concatenate", "union"})


def result_of(name: str, arguments: list[Type]) -> Type:
    """The result type of a built-in called with arguments of these types; `ANY` where it cannot be told."""
    if name in _FIXED:
        return _FIXED[name]
    if not arguments:
        return ANY
    if name in _LIKE_FIRST:
        return arguments[0]
    if name in _OF_ITEMS:
        items = [a.item if isinstance(a, ListType) else a for a in arguments]
        found = common(items)
        return found if isinstance(found, NumberType) else ANY
    if name in _LISTS:
        return common([a if isinstance(a, ListType) else ListType(a) for a in arguments])
    return ANY
