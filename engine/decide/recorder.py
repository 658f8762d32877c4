"""Notes taken while deciding: references only, read afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from engine.decide.layer import Layer
from engine.matching import Match
from engine.model.ruleset import Decision


class Note(NamedTuple):
    """One decision made, by a call if it has `arguments`.

    `matches` has for each layer of rows what the matcher found, and the names as it found them.
    """

    decision: Decision
    arguments: tuple[Any, ...] | None
    matches: tuple[tuple[Layer, Match, Mapping[str, Any]], ...]
    value: Any


class Recorder:
    """Keeps the notes of everything decided."""

    __slots__ = ("decided", "undetermined")

    def __init__(self) -> None:
        self.decided: list[Note] = []
        self.undetermined: list[Note] = []

    def decision(self, note: Note) -> None:
        """A decision was made."""
        self.decided.append(note)

    def doubt(self, note: Note) -> None:
        """A decision was made with rows that cannot be decided and are not ignored."""
        self.undetermined.append(note)


class Silent(Recorder):
    """Keeps only what the result itself tells: the rows that cannot be decided."""

    __slots__ = ()

    def decision(self, note: Note) -> None:
        """Nothing."""
