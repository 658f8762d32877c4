"""Boxed expressions of DMN as data. Wherever an expression may be left out it is None, and its value null.

`type_ref` is the name of the type that a value must have, empty for any.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from greenlane.engine.diagnostics import Place
from greenlane.engine.interop.dmn.xml_tree import Text


@dataclass(frozen=True, slots=True)
class Typed:
    """A named thing of a type: a parameter, a column."""

    name: str
    type_ref: str
    place: Place


@dataclass(frozen=True, slots=True)
class LiteralExpression:
    """FEEL text. `language` is that of the text, empty for FEEL."""

    text: Text
    language: str
    type_ref: str
    place: Place


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a context; the one without a `name` is the context's result."""

    name: str
    type_ref: str
    value: Boxed | None
    place: Place


@dataclass(frozen=True, slots=True)
class ContextExpression:
    """Entries in order; each may read those before it."""

    entries: tuple[Entry, ...]
    type_ref: str
    place: Place


@dataclass(frozen=True, slots=True)
class Invocation:
    """A call whose arguments are given by the names of the parameters."""

    function: Boxed | None
    bindings: tuple[tuple[str, Boxed | None], ...]
    type_ref: str
    place: Place


@dataclass(frozen=True, slots=True)
class FunctionDefinition:
    """A function. `kind` is FEEL, JAVA or PMML; only FEEL is run."""

    parameters: tuple[Typed, ...]
    body: Boxed | None
    kind: str
    type_ref: str
    place: Place


@dataclass(frozen=True, slots=True)
class ListExpression:
    items: tuple[Boxed | None, ...]
    type_ref: str
    place: Place


@dataclass(frozen=True, slots=True)
class Relation:
    """A list of contexts, one for each row."""

    columns: tuple[Typed, ...]
    rows: tuple[tuple[Boxed | None, ...], ...]
    type_ref: str
    place: Place


@dataclass(frozen=True, slots=True)
class Child:
    """A part of a conditional, filter or loop; `type_ref` is of the part, not of its expression."""

    value: Boxed | None
    type_ref: str


@dataclass(frozen=True, slots=True)
class Conditional:
    condition: Child
    then: Child
    otherwise: Child
    type_ref: str
    place: Place


@dataclass(frozen=True, slots=True)
class FilterExpression:
    """The items of `source` for which `match` holds."""

    source: Child
    match: Child
    type_ref: str
    place: Place


@dataclass(frozen=True, slots=True)
class Iterator:
    """`for`, `some` or `every` item of `source`, called `variable`; `body` is what to return or satisfy."""

    kind: Literal["for", "some", "every"]
    variable: str
    source: Child
    body: Child
    type_ref: str
    place: Place


@dataclass(frozen=True, slots=True)
class Input:
    """A column of tests. `values` are the unary tests of what the input may be, None for anything."""

    expression: LiteralExpression | None
    values: Text | None
    place: Place
    label: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """A column of results. `values` are in order of priority; `default` stands when no rule holds."""

    name: str
    type_ref: str
    values: Text | None
    default: LiteralExpression | None
    place: Place


@dataclass(frozen=True, slots=True)
class Rule:
    """`annotations` are notes for people, as many as the table names columns for them."""

    tests: tuple[Text, ...]
    results: tuple[LiteralExpression, ...]
    place: Place
    annotations: tuple[str, ...] = ()
    description: str = ""


HitPolicy = Literal["UNIQUE", "ANY", "PRIORITY", "FIRST", "RULE ORDER", "OUTPUT ORDER", "COLLECT"]
Aggregation = Literal["", "SUM", "COUNT", "MIN", "MAX"]


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """Every rule has as many tests as the table inputs and as many results as it has outputs.

    `annotations` are the names of the columns of notes.
    """

    hit_policy: HitPolicy
    aggregation: Aggregation
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    type_ref: str
    place: Place
    annotations: tuple[str, ...] = ()


Boxed = (
    LiteralExpression
    | ContextExpression
    | Invocation
    | FunctionDefinition
    | ListExpression
    | Relation
    | Conditional
    | FilterExpression
    | Iterator
    | DecisionTable
)
