"""Rows of a table that are matched together."""

from __future__ import annotations

from dataclasses import dataclass

from greenlane.engine.decide.in_force import InForce
from greenlane.engine.decide.matching import Conditions, Matcher
from greenlane.engine.rules.table import Table


@dataclass(frozen=True, slots=True)
class Layer:
    """Rows of a table that are matched together."""

    table: Table
    matcher: Matcher
    in_force: InForce

    @property
    def conditions(self) -> Conditions:
        """What the rows ask for."""
        return self.matcher.conditions
