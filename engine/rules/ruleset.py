"""A ruleset: everything that decides, read from one set of rule files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from greenlane.engine.rules.reference import ReferenceTable
from greenlane.engine.rules.table import Cell, Table
from greenlane.engine.rules.vocabulary import FactKind, Vocabulary
from greenlane.engine.source import Place
from greenlane.engine.text import Text


@dataclass(frozen=True, slots=True)
class Parameter:
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
    parameters: tuple[Parameter, ...]
    logic: Table | Cell
    place: Place


@dataclass(frozen=True, slots=True)
class Answer:
    """Which decisions make the answer. `outcome` yields a context, `status` one of its texts, `reasons` a list of row
    codes.

    `referred` is the status when `status` is itself undetermined.
    """

    outcome: str
    status: str
    reasons: str
    referred: str
    place: Place


@dataclass(frozen=True, slots=True)
class Ruleset:
    """`files` maps path to text as read: what a release stores. `decisions` is in file order."""

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
    answer: Answer
    files: Mapping[str, str]
