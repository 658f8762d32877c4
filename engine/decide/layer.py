"""Rows of a table that are matched together."""

from __future__ import annotations

from dataclasses import dataclass

from engine.decide.in_force import InForce
from engine.matching import Conditions, Matcher
from engine.model.table import Table


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
