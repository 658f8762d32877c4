"""The intermediate representation of an import: decisions as trees of FEEL, each part with its place. Pure, frozen.

`lowering` makes it of a model, `rule_file_writer` writes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from greenlane.engine.diagnostics import Place
from greenlane.engine.feel.ast import Node, Null, Span, UnaryTests
from greenlane.engine.rules.table import Hit
from greenlane.engine.rules.vocabulary import FactKind
from greenlane.engine.text import Text

Parameters = tuple[tuple[str, FactKind], ...]
SYNTHETIC = Span(0, 0)
"""The span of nodes that stand in no text of the model."""
NULL = Null(SYNTHETIC)


@dataclass(frozen=True, slots=True)
class DecisionHeader:
    """What every decision has. With `parameters` (name and kind) it is a function."""

    name: str
    title: Text
    basis: str
    parameters: Parameters
    place: Place


@dataclass(frozen=True, slots=True)
class ValueDecision:
    """A decision by one expression. `function`: its value is a function, which the answer cannot hold."""

    header: DecisionHeader
    value: Node
    function: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row. `tests` and `results` are in the order of the columns; None is a blank cell. `annotations` are by column.

    `places` are those of the tests, `when` and the results, one after the other.
    """

    tests: tuple[UnaryTests | None, ...]
    when: Node | None
    results: tuple[Node | None, ...]
    annotations: Mapping[str, str]
    place: Place
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class TableDecision:
    """A decision by a table. `columns` are the names that are tested; rows hold only where `guard` is true."""

    header: DecisionHeader
    hit: Hit
    columns: tuple[str, ...]
    outputs: tuple[tuple[str, FactKind], ...]
    rows: tuple[TableRow, ...]
    default: Mapping[str, Node] = field(default_factory=dict)
    guard: Node | None = None


IrDecision = ValueDecision | TableDecision
