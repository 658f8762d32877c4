"""Static types of FEEL values, and of the results of built-in functions. Pure.

`ANY` is the type of everything not known: whoever meets it reports nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from greenlane.engine.rules.vocabulary import FactKind, FactType


@dataclass(frozen=True, slots=True)
class SimpleType:
    """`any`, `null`, `boolean`, `date`, `time`, `date and time` or one of the two durations."""

    name: str


@dataclass(frozen=True, slots=True)
class NumberType:
    """A number; `unit` is None where it is not known, so that it fits every unit."""

    unit: str | None = None


@dataclass(frozen=True, slots=True)
class StringType:
    """A string; `allowed` lists its only values, None where it may be any."""

    allowed: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ListType:
    """A list all of whose items have one type."""

    item: Type


@dataclass(frozen=True, slots=True)
class ContextType:
    """A context with just these entries, in order."""

    entries: tuple[tuple[str, Type], ...]

    def entry(self, name: str) -> Type | None:
        """The type of the entry, None where there is no such entry."""
        return dict(self.entries).get(name)


@dataclass(frozen=True, slots=True)
class RangeType:
    """A range whose ends have one type."""

    bound: Type


@dataclass(frozen=True, slots=True)
class CallableType:
    """A decision with parameters: their names and types in order, and the type of its result."""

    parameters: tuple[tuple[str, Type], ...]
    result: Type


Type = SimpleType | NumberType | StringType | ListType | ContextType | RangeType | CallableType

ANY = SimpleType("any")
NULL = SimpleType("null")
BOOLEAN = SimpleType("boolean")
DATE = SimpleType("date")
TIME = SimpleType("time")
DATE_TIME = SimpleType("date and time")
DAYS = SimpleType("days and time duration")
MONTHS = SimpleType("years and months duration")
NUMBER = NumberType()
STRING = StringType()


def of_kind(kind: FactKind) -> Type:
    """The type of a fact, a parameter or an output of this kind."""
    match kind.type:
        case FactType.NUMBER:
            return NumberType(kind.unit or None)
        case FactType.STRING:
            return StringType(kind.allowed)
        case FactType.BOOLEAN:
            return BOOLEAN
        case FactType.DATE:
            return DATE


def family(type_: Type) -> str:
    """The word that messages use for a type: its FEEL name without units, values and entries."""
    match type_:
        case SimpleType(name):
            return name
        case NumberType():
            return "number"
        case StringType():
            return "string"
        case ListType():
            return "list"
        case ContextType():
            return "context"
        case RangeType():
            return "range"
        case CallableType():
            return "function"


def unknown(type_: Type) -> bool:
    """Whether nothing can be said of it, or it may be null."""
    return type_ in (ANY, NULL)


def common(types: list[Type]) -> Type:
    """The one type that all of them are, `ANY` where they differ; nulls do not count."""
    known = [t for t in types if t != NULL]
    if not known:
        return NULL if types else ANY
    first = known[0]
    if all(t == first for t in known):
        return first
    if all(isinstance(t, NumberType) for t in known):
        return NUMBER
    if all(isinstance(t, StringType) for t in known):
        values = [t.allowed for t in known if isinstance(t, StringType)]
        if any(v is None for v in values):
            return STRING
        return StringType(tuple(dict.fromkeys(x for v in values if v for x in v)))
    return ANY


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
