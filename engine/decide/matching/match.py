"""What a matcher answers, and what every matcher promises."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from greenlane.engine.decide.matching.conditions import Conditions
from greenlane.engine.feel.scope import Scope

FALSE, UNDETERMINED, TRUE = 0, 1, 2


class Match(NamedTuple):
    """The rows that hold and the rows that cannot be decided, bit i for row i of the table; no row is in both.

    A row holds when all its conditions do, fails when at least one fails, and is undetermined otherwise.
    `truths`, given only when asked to explain, has one byte per condition of the matcher's `Conditions`: 0 false,
    1 undetermined, 2 true.
    """

    held: int
    undetermined: int
    truths: bytes | None


class Matcher(Protocol):
    """Finds the rows of one table that hold. Safe to use from several threads; keeps nothing between calls."""

    @property
    def conditions(self) -> Conditions:
        """What the rows ask for."""

    def share(self, scope: Scope) -> object:
        """What `match` finds whatever the late names hold, to hand to several matches of one evaluation."""

    def match(self, scope: Scope, in_force: int, explain: bool = False, shared: object = None) -> Match:
        """The rows of `in_force` that hold or are undetermined in `scope`."""
