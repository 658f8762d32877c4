"""The types that check time knows of FEEL values. `ANY` is everything not known: whoever meets it says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from greenlane.engine.rules.vocabulary import FactKind, FactType


@dataclass(frozen=True, slots=True)
class Simple:
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
    bound: Type


@dataclass(frozen=True, slots=True)
class FunctionType:
    """A decision with parameters."""

    parameters: tuple[tuple[str, Type], ...]
    result: Type


Type = Simple | NumberType | StringType | ListType | ContextType | RangeType | FunctionType

ANY = Simple("any")
NULL = Simple("null")
BOOLEAN = Simple("boolean")
DATE = Simple("date")
TIME = Simple("time")
DATE_TIME = Simple("date and time")
DAYS = Simple("days and time duration")
MONTHS = Simple("years and months duration")
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
        case Simple(name):
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
        case FunctionType():
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


Names = Mapping[str, Type]
