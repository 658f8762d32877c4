"""Boxed expressions as data: the expression metamodel of DMN (chapters 7, 8 and 10.2.2). Pure, frozen.

Class names are the metamodel's. An expression that is left out is None, and its value null. `type_ref` names the type
that a value must have, empty for any. `place` is where the XML element begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from greenlane.engine.diagnostics import Place
from greenlane.engine.interop.dmn.xml_tree import SourceText
from greenlane.engine.rules.table import Hit


@dataclass(frozen=True, slots=True)
class InformationItem:
    """A name with a type: a formal parameter of a function, a column of a relation."""

    name: str
    type_ref: str
    place: Place


@dataclass(frozen=True, slots=True)
class LiteralExpression:
    """A text. `language` is the URI of its expression language, empty for FEEL."""

    text: SourceText
    language: str
    type_ref: str
    place: Place

    @property
    def is_feel(self) -> bool:
        """Whether the text is FEEL, of any version."""
        return not self.language or "FEEL" in self.language.upper()


@dataclass(frozen=True, slots=True)
class ContextEntry:
    """An entry of a context. One without a `name` is the context's result; entries after it count for nothing."""

    name: str
    type_ref: str
    value: BoxedExpression | None
    place: Place


@dataclass(frozen=True, slots=True)
class ContextExpression:
    """Entries in order; each may read those before it."""

    entries: tuple[ContextEntry, ...]
    type_ref: str
    place: Place


@dataclass(frozen=True, slots=True)
class Invocation:
    """A call whose arguments are given by the names of the parameters."""

    function: BoxedExpression | None
    bindings: tuple[tuple[str, BoxedExpression | None], ...]
    type_ref: str
    place: Place


@dataclass(frozen=True, slots=True)
class FunctionDefinition:
    """A function. `kind` is FEEL, JAVA or PMML; only FEEL is run."""

    parameters: tuple[InformationItem, ...]
    body: BoxedExpression | None
    kind: str
    type_ref: str
    place: Place


@dataclass(frozen=True, slots=True)
class ListExpression:
    """A list of the values of its items."""

    items: tuple[BoxedExpression | None, ...]
    type_ref: str
    place: Place


@dataclass(frozen=True, slots=True)
class Relation:
    """A list of contexts, one for each row."""

    columns: tuple[InformationItem, ...]
    rows: tuple[tuple[BoxedExpression | None, ...], ...]
    type_ref: str
    place: Place


@dataclass(frozen=True, slots=True)
class ChildExpression:
    """A part of a conditional, filter or iterator; `type_ref` is of the part, not of the expression in it."""

    value: BoxedExpression | None
    type_ref: str


@dataclass(frozen=True, slots=True)
class Conditional:
    """`if`, `then` and `else`."""

    condition: ChildExpression
    then: ChildExpression
    otherwise: ChildExpression
    type_ref: str
    place: Place


@dataclass(frozen=True, slots=True)
class FilterExpression:
    """The items of `source` for which `match` is true, or the one at the position that it gives."""

    source: ChildExpression
    match: ChildExpression
    type_ref: str
    place: Place


@dataclass(frozen=True, slots=True)
class IteratorExpression:
    """`for`, `some` or `every` item of `source`, called `variable`; `body` is what to return or satisfy."""

    kind: Literal["for", "some", "every"]
    variable: str
    source: ChildExpression
    body: ChildExpression
    type_ref: str
    place: Place


@dataclass(frozen=True, slots=True)
class InputClause:
    """An input column. `values` are unary tests (`inputValues`) that the input must pass, None where there are none."""

    expression: LiteralExpression | None
    values: SourceText | None
    place: Place
    label: str = ""


@dataclass(frozen=True, slots=True)
class OutputClause:
    """An output column. `values` (`outputValues`) are in order of priority; `default` stands where no rule holds."""

    name: str
    type_ref: str
    values: SourceText | None
    default: LiteralExpression | None
    place: Place


@dataclass(frozen=True, slots=True)
class DecisionRule:
    """A rule: unary tests by input, results by output. `annotations` are texts for people, by annotation column."""

    tests: tuple[SourceText, ...]
    results: tuple[LiteralExpression, ...]
    place: Place
    annotations: tuple[str, ...] = ()
    description: str = ""


HitPolicyName = Literal["UNIQUE", "ANY", "PRIORITY", "FIRST", "RULE ORDER", "OUTPUT ORDER", "COLLECT"]
AggregatorName = Literal["", "SUM", "COUNT", "MIN", "MAX"]


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """Every rule has as many tests as the table inputs and as many results as it has outputs.

    `annotations` are the names of the annotation columns. `aggregation` is empty but under `COLLECT`.
    """

    hit_policy: HitPolicyName
    aggregation: AggregatorName
    inputs: tuple[InputClause, ...]
    outputs: tuple[OutputClause, ...]
    rules: tuple[DecisionRule, ...]
    type_ref: str
    place: Place
    annotations: tuple[str, ...] = ()

    @property
    def hit(self) -> Hit:
        """The hit policy with its aggregator."""
        aggregation = self.aggregation if self.hit_policy == "COLLECT" else ""
        return Hit(f"{self.hit_policy} {aggregation}".strip().lower())


BoxedExpression = (
    LiteralExpression
    | ContextExpression
    | Invocation
    | FunctionDefinition
    | ListExpression
    | Relation
    | Conditional
    | FilterExpression
    | IteratorExpression
    | DecisionTable
)
