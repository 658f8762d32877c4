"""Notes taken while deciding: references only, read afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from greenlane.engine.decide.layer import Layer
from greenlane.engine.decide.matching import Match
from greenlane.engine.rules.ruleset import Decision


class Note(NamedTuple):
    """One decision made, by a call if it has `arguments`.

    `matches` has for each layer of rows what the matcher found, and the names as it found them.
    """

    decision: Decision
    arguments: tuple[Any, ...] | None
    matches: tuple[tuple[Layer, Match, Mapping[str, Any]], ...]
    value: Any


Matches = tuple[tuple[Layer, Match, Mapping[str, Any]], ...]
_Noted = tuple[Decision, tuple[Any, ...] | None, Matches, Any]


class Recorder:
    """Keeps everything decided."""

    __slots__ = ("_decided", "_doubts")

    def __init__(self) -> None:
        self._decided: list[_Noted] = []
        self._doubts: list[_Noted] = []

    def decided(self, decision: Decision, arguments: tuple[Any, ...] | None, matches: Matches, value: Any) -> None:
        """A decision was made."""
        self._decided.append((decision, arguments, matches, value))

    def doubted(self, decision: Decision, arguments: tuple[Any, ...] | None, matches: Matches, value: Any) -> None:
        """A decision was made with rows that cannot be decided and are not ignored."""
        self._doubts.append((decision, arguments, matches, value))

    def notes(self) -> list[Note]:
        """All decisions kept, in the order made."""
        return list(map(Note._make, self._decided))

    def doubts(self) -> list[Note]:
        """Those with rows that cannot be decided, in the order made."""
        return list(map(Note._make, self._doubts))


class Silent(Recorder):
    """Keeps only what the result itself tells: the rows that cannot be decided."""

    __slots__ = ()

    def decided(self, decision: Decision, arguments: tuple[Any, ...] | None, matches: Matches, value: Any) -> None:
        """Nothing."""
