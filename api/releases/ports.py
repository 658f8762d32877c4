"""What the services need from the engine, as they see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from greenlane.api.config import Trace
from greenlane.api.problems import PlacedFault
from greenlane.engine.decide import Result
from greenlane.engine.diagnostics import Diagnostic
from greenlane.engine.explain import Sentence
from greenlane.engine.rules.ruleset import Ruleset


class Rules(Protocol):
    """A ruleset ready to decide. Safe for many threads."""

    @property
    def ruleset(self) -> Ruleset:
        """The ruleset as read."""
        ...

    def decide(self, application: Mapping[str, Any], as_of: date, trace: Trace) -> Result:
        """The decision about an application that its schema accepts."""
        ...

    def explain(self, result: Result) -> Sequence[Sentence]:
        """Ordered sentences about a result that carries a full trace."""
        ...


class Accepts(Protocol):
    """What applications a ruleset takes."""

    def faults(self, application: Any) -> tuple[PlacedFault, ...]:
        """Everything wrong with an application, by its JSON pointer; nothing when it can be decided."""
        ...


Compile = Callable[[Mapping[str, bytes]], Rules]
"""Rule files to rules. Raises `engine.diagnostics.RulesetRefused` when they hold an error."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What reading and checking rule files found. `ruleset` is None when any fault is an error."""

    ruleset: Ruleset | None
    diagnostics: tuple[Diagnostic, ...]


Inspect = Callable[[Mapping[str, bytes]], Inspection]
"""Rule files to everything that is to be said about them."""

Clock = Callable[[], datetime]
"""The present moment, with its time zone."""
