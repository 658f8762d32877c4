"""What a rule file may hold, as data: the keys of each map in their order, what each takes and what each says.

The reader, the formatter and the JSON Schema of editors all go by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Union

from greenlane.engine.text import Text


class Plain(Enum):
    """What a single value is read as. `VALUE` is of the type that the map it stands in says, `ROWS` a text table."""

    TEXT = "text"
    NAME = "name"
    NUMBER = "number"
    FLAG = "flag"
    DAY = "day"
    VALUE = "value"
    EXPRESSION = "expression"
    ROWS = "rows"


@dataclass(frozen=True, slots=True)
class Matching:
    """A text that a regular expression describes as a whole."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Words:
    """One of a few words, each with what it says. `name` is what they are together."""

    name: str
    words: Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class Levels:
    """A whole number within bounds, both included."""

    least: int
    most: int


class Suggested(Enum):
    """Where the names come from that an editor may offer for a text."""

    FACTS = "facts"
    GROUPS = "groups"
    DECISIONS = "decisions"


@dataclass(frozen=True, slots=True)
class NameOf:
    """The name of something that is described elsewhere in the ruleset."""

    what: Suggested


@dataclass(frozen=True, slots=True)
class Texts:
    """A list of texts, at least one where `some`."""

    of: Plain | NameOf
    some: bool = True


@dataclass(frozen=True, slots=True)
class Each:
    """A map from names to values of one shape, but those `known`; the order of its keys has a meaning.

    `named`: they are names of FEEL; `some`: there is one at least.
    """

    of: Takes
    named: bool = True
    some: bool = False
    known: Mapping[str, Shape] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Items:
    """A list of maps, at least one."""

    of: Shape


@dataclass(frozen=True, slots=True)
class Either:
    """A list or a map."""

    listed: Texts
    mapped: Each


@dataclass(frozen=True, slots=True)
class Key:
    """`fits` is the one word of the key `type` that this key goes with, empty where it goes with any."""

    name: str
    takes: Takes
    zh: str
    en: str
    required: bool = False
    fits: str = ""


@dataclass(frozen=True, slots=True)
class Together:
    """Where `having` is there and none of `lacking` is, a map `needs` some keys and `excludes` others."""

    having: str
    lacking: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """A map with known keys. Of `one_of` one must be there."""

    name: str
    keys: tuple[Key, ...]
    together: tuple[Together, ...] = ()
    one_of: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The keys in their canonical order."""
        return tuple(key.name for key in self.keys)

    def key(self, name: str) -> Key | None:
        """The key of that name, None where it is not known."""
        return next((key for key in self.keys if key.name == name), None)


Takes = Union[Plain, Matching, Words, Levels, NameOf, Texts, Each, Items, Either, Shape]  # noqa: UP007 (forward references)
FREE = Shape("free", ())
"""A map of which nothing is known."""


def inner(takes: Takes, name: str) -> Takes:
    """What the value under `name` is, in a map of that shape or in each map of such a list."""
    match takes:
        case Shape():
            key = takes.key(name)
            return key.takes if key else FREE
        case Each():
            return takes.known.get(name, takes.of)
        case Items():
            return inner(takes.of, name)
        case Either():
            return takes.mapped.of
        case _:
            return FREE


def rank(takes: Takes, name: str) -> int:
    """Where a key stands in canonical order: all alike where their order has a meaning, unknown ones last."""
    if isinstance(takes, Items):
        return rank(takes.of, name)
    names = takes.names if isinstance(takes, Shape) else ()
    return names.index(name) if name in names else len(names)
