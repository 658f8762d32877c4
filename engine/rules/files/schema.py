"""Schema types: how it is declared which keys a map of a rule file has, in which order, and what each takes. Pure data.

The reader, the formatter and the JSON Schema for editors all go by these declarations (`file_schemas`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Union

from greenlane.engine.text import Text


class ScalarSchema(Enum):
    """What a single value is read as. `VALUE` is of the type that the map it stands in says, `ROWS` a text table."""

    TEXT = "text"
    NAME = "name"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    VALUE = "value"
    EXPRESSION = "expression"
    ROWS = "rows"


@dataclass(frozen=True, slots=True)
class TextPattern:
    """A text that the regular expression describes as a whole."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Enumeration:
    """One of a few words, each with its description. `name` is that of its definition in the JSON Schema."""

    name: str
    words: Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class IntegerRange:
    """A whole number within bounds, both included."""

    minimum: int
    maximum: int


class NameSource(Enum):
    """Where the names are declared that an editor may offer for a text."""

    FACTS = "facts"
    GROUPS = "groups"
    DECISIONS = "decisions"


@dataclass(frozen=True, slots=True)
class NameReference:
    """The name of something that is declared elsewhere in the ruleset."""

    source: NameSource


@dataclass(frozen=True, slots=True)
class TextList:
    """A list of texts, at least one where `nonempty`."""

    items: ScalarSchema | NameReference
    nonempty: bool = True


@dataclass(frozen=True, slots=True)
class OneOrList:
    """A text, or a list of such texts, at least one."""

    items: NameReference


@dataclass(frozen=True, slots=True)
class MapOf:
    """A map from names to values of one schema, but those `known`; the order of its keys has a meaning.

    `feel_names`: the keys are names of FEEL; `nonempty`: there is one at least.
    """

    values: Schema
    feel_names: bool = True
    nonempty: bool = False
    known: Mapping[str, MapSchema] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of maps, at least one."""

    items: MapSchema


@dataclass(frozen=True, slots=True)
class ListOrMap:
    """A list of texts or a map."""

    listed: TextList
    mapped: MapOf


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a map, the schema of its value and its description in Chinese and English.

    `only_for` is the one word of the key `type` that this key goes with, empty where it goes with any.
    """

    name: str
    value: Schema
    zh: str
    en: str
    required: bool = False
    only_for: str = ""


@dataclass(frozen=True, slots=True)
class KeyDependency:
    """A map that has the key `having` and none of `lacking` must have `requires` and must not have `excludes`."""

    having: str
    lacking: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MapSchema:
    """A map with known keys, in canonical order. Of `one_of` one must be there."""

    name: str
    keys: tuple[Key, ...]
    dependencies: tuple[KeyDependency, ...] = ()
    one_of: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The keys in their canonical order."""
        return tuple(key.name for key in self.keys)

    def key(self, name: str) -> Key | None:
        """The key of that name, None where it is not known."""
        return next((key for key in self.keys if key.name == name), None)


Schema = Union[  # noqa: UP007 (forward references)
    ScalarSchema, TextPattern, Enumeration, IntegerRange, NameReference, TextList, OneOrList, MapOf, ListOf, ListOrMap,
    MapSchema,
]  # fmt: skip
ANY_MAP = MapSchema("any", ())
"""A map of which nothing is known."""


def value_schema(schema: Schema, key: str) -> Schema:
    """The schema of the value under `key`, in a map of that schema or in each map of such a list."""
    match schema:
        case MapSchema():
            known = schema.key(key)
            return known.value if known else ANY_MAP
        case MapOf():
            return schema.known.get(key, schema.values)
        case ListOf():
            return value_schema(schema.items, key)
        case ListOrMap():
            return schema.mapped.values
        case _:
            return ANY_MAP


def key_rank(schema: Schema, key: str) -> int:
    """Where a key stands in canonical order: all alike where their order has a meaning, unknown ones last."""
    if isinstance(schema, ListOf):
        return key_rank(schema.items, key)
    names = schema.names if isinstance(schema, MapSchema) else ()
    return names.index(key) if key in names else len(names)
