"""Tables of rules: rows, the conditions they hold under, and what they yield. Frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from greenlane.engine.diagnostics import Origin, Place
from greenlane.engine.feel.ast import Node
from greenlane.engine.rules.vocabulary import FactKind
from greenlane.engine.text import Text


@dataclass(frozen=True, slots=True)
class Cell:
    """FEEL text at its place. `node` is its syntax tree: unary tests in a fact column, an expression elsewhere."""

    text: str
    origin: Origin
    node: Node

    @property
    def place(self) -> Place:
        """The whole cell."""
        return self.origin.place(self.text, 0, len(self.text))


class Hit(Enum):
    """DMN hit policies: how the rows that hold make the result."""

    UNIQUE = "unique"
    ANY = "any"
    FIRST = "first"
    PRIORITY = "priority"
    RULE_ORDER = "rule order"
    OUTPUT_ORDER = "output order"
    COLLECT = "collect"
    COLLECT_SUM = "collect sum"
    COLLECT_MIN = "collect min"
    COLLECT_MAX = "collect max"
    COLLECT_COUNT = "collect count"


LISTING = frozenset((Hit.COLLECT, Hit.RULE_ORDER, Hit.OUTPUT_ORDER))
"""The policies under which the result is a list of what the rows that hold yield."""
AGGREGATING = frozenset((Hit.COLLECT_SUM, Hit.COLLECT_MIN, Hit.COLLECT_MAX, Hit.COLLECT_COUNT))
"""Those under which it is one value made of all of them."""


class OnUndetermined(Enum):
    """What a row that cannot be decided does to its decision."""

    REFER = "refer"
    IGNORE = "ignore"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Test:
    """One cell of a fact column: `fact` names the input, `cell.node` is a `UnaryTests`."""

    fact: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table. It holds when its section's guard, all its tests and its `when` hold.

    `outputs` has one cell per output column of the table, in the order of `Table.outputs`, None where the row leaves it
    blank; in a table that asserts facts it is empty and `asserts` maps fact to value cell instead. `since` and `until`
    are the first and last day the row is in force, None for no limit.
    """

    id: str
    tests: tuple[Test, ...]
    when: Cell | None
    outputs: tuple[Cell | None, ...]
    asserts: Mapping[str, Cell]
    code: str | None
    text: Text | None
    basis: str
    since: date | None
    until: date | None
    section: int
    place: Place


@dataclass(frozen=True, slots=True)
class Section:
    """A run of rows under one heading. `guard` is a FEEL condition of all its rows."""

    title: Text | None
    guard: Cell | None
    place: Place


@dataclass(frozen=True, slots=True)
class Output:
    """An output column. `name` may be `id` or `code`: then its value is the row's own.

    `allowed` of the kind, in order, is the priority order of `priority` and `output order`.
    """

    name: str
    kind: FactKind
    title: Text | None
    place: Place


@dataclass(frozen=True, slots=True)
class Table:
    """Rows in order, with the rule that makes one result of them.

    `chained` tables (rule sets) may assert facts that other rows of the table read. `referral` is what an undetermined
    row yields under `OnUndetermined.REFER` in a table that collects. `default` is the result when no row holds.
    """

    hit: Hit | None
    undetermined: OnUndetermined
    sections: tuple[Section, ...]
    outputs: tuple[Output, ...]
    asserted: Mapping[str, Output]
    rows: tuple[Row, ...]
    referral: Mapping[str, Cell] | None
    default: Mapping[str, Cell]
    chained: bool
