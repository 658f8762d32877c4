"""The ruleset: decisions, reference tables and all else that decides, read from one set of rule files. Frozen data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from greenlane.engine.diagnostics import Place
from greenlane.engine.feel import names_read
from greenlane.engine.rules.table import Cell, Table
from greenlane.engine.rules.vocabulary import FactKind, Scalar, Vocabulary
from greenlane.engine.text import Text


@dataclass(frozen=True, slots=True)
class DecisionParameter:
    """An argument of a function. Inside the function it hides a fact of the same name."""

    name: str
    kind: FactKind
    place: Place


@dataclass(frozen=True, slots=True)
class Decision:
    """Something decided from facts and other decisions: by a table, or by one FEEL expression (`value`).

    With `parameters` it is a function (DMN: business knowledge model), called from FEEL by its name.
    """

    name: str
    title: Text
    basis: str
    parameters: tuple[DecisionParameter, ...]
    logic: Table | Cell
    place: Place


@dataclass(frozen=True, slots=True)
class ReferenceColumn:
    """A column of a reference table; a blank field of it is null, allowed only where `optional`."""

    name: str
    kind: FactKind
    optional: bool
    title: Text | None
    place: Place


@dataclass(frozen=True, slots=True)
class ReferenceTable:
    """Dated data that rules look up (rates, size classes, calendars). Rows are in file order.

    `dated_by` names the date column from which a row is known (its rows are in that order), if any. The values
    of a row are in the order of `columns`. `source` says where the data comes from, `covers` through which date it is
    known to be complete (None: no claim).
    """

    name: str
    title: Text
    source: str
    columns: tuple[ReferenceColumn, ...]
    rows: tuple[tuple[Scalar, ...], ...]
    dated_by: str | None
    covers: tuple[date, date] | None
    path: str
    place: Place

    def contexts(self) -> list[Mapping[str, Scalar]]:
        """The rows as FEEL contexts."""
        names = [c.name for c in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows]


REQUIRES = "requires"
"""The name of the decision that a ruleset's requirements are the rows of."""


@dataclass(frozen=True, slots=True)
class AnswerDecisions:
    """Which decisions make the answer: `outcome` yields a context, `status` a text, each of `reasons` a list of codes.

    `referred` is the status where anything of the answer cannot be told, or a requirement is not met. Both are None for
    a ruleset that only computes. `requires` names the decision that lists what is not met, None where nothing is asked.
    """

    outcome: str
    status: str | None
    reasons: tuple[str, ...]
    referred: str | None
    place: Place
    requires: str | None = None


@dataclass(frozen=True, slots=True)
class WorkedCase:
    """An application, and members that its outcome is to have; numbers are decimals.

    `place` is the beginning of its file.
    """

    name: str
    application: Mapping[str, Any]
    expected: Mapping[str, Any]
    place: Place


@dataclass(frozen=True, slots=True)
class Ruleset:
    """`files` maps path to text as read: what a release stores. `decisions` is in file order, `cases` by name."""

    name: str
    language: int
    version: str
    owner: str
    effective_from: date
    effective_until: date | None
    title: Text
    vocabulary: Vocabulary
    decisions: Mapping[str, Decision]
    references: Mapping[str, ReferenceTable]
    answer: AnswerDecisions
    files: Mapping[str, str]
    cases: Mapping[str, WorkedCase] = field(default_factory=dict)

    def decided(self) -> Iterator[Decision]:
        """The decisions in file order, without that of the requirements: no case is to reach its rows."""
        return (decision for name, decision in self.decisions.items() if name != self.answer.requires)


def masked_names(ruleset: Ruleset) -> frozenset[str]:
    """The names whose values are masked: protected facts, and the decisions that are one expression over any."""
    protected = frozenset(name for name, fact in ruleset.vocabulary.facts.items() if fact.protected)
    computed = (
        decision.name
        for decision in ruleset.decisions.values()
        if not isinstance(decision.logic, Table) and protected & set(names_read(decision.logic.node))
    )
    return protected.union(computed)
