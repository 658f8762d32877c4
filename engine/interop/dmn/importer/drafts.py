"""Decisions of rule files before they are text: trees of FEEL, and where in the model each part comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from greenlane.engine.diagnostics import Place
from greenlane.engine.feel.ast import Node, UnaryTests
from greenlane.engine.rules.table import Hit
from greenlane.engine.rules.vocabulary import FactKind
from greenlane.engine.text import Text

Parameters = tuple[tuple[str, FactKind], ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """What every decision has. With `parameters` it is a function."""

    name: str
    title: Text
    basis: str
    parameters: Parameters
    place: Place


@dataclass(frozen=True, slots=True)
class ValueDraft:
    """A decision by one expression. `function` keeps it out of the answer, which holds no functions."""

    heading: Heading
    value: Node
    function: bool = False


@dataclass(frozen=True, slots=True)
class RowDraft:
    """A row. `tests` and `results` are in the order of the columns; None is a blank cell.

    `places` are those of tests, `when` and results, one after the other.
    """

    tests: tuple[UnaryTests | None, ...]
    when: Node | None
    results: tuple[Node | None, ...]
    notes: Mapping[str, str]
    place: Place
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class TableDraft:
    """A decision by a table. `columns` name what the tests are about; all rows hold only where `guard` does."""

    heading: Heading
    hit: Hit
    columns: tuple[str, ...]
    outputs: tuple[tuple[str, FactKind], ...]
    rows: tuple[RowDraft, ...]
    default: Mapping[str, Node] = field(default_factory=dict)
    guard: Node | None = None


Draft = ValueDraft | TableDraft
