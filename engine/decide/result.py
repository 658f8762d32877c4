"""What was decided, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from greenlane.engine.feel import Cause
from greenlane.engine.text import Text


@dataclass(frozen=True, slots=True)
class Reason:
    """A row that explains the outcome. `source` is its `path:line`, `decision` the table it is in."""

    code: str
    text: Text
    row: str
    source: str
    decision: str


@dataclass(frozen=True, slots=True)
class UndeterminedRow:
    """A row that could not be decided, in a table that does not ignore such rows."""

    row: str
    decision: str
    because: tuple[Cause, ...]


@dataclass(frozen=True)
class Result:
    """`outcome` holds FEEL values; what is undetermined in it is null. `reasons` are in the order the rules give them.

    `undetermined` lists the rows that could not be decided, each once for each set of causes, in the order of the
    decisions. Those of calls that the status and the reasons do not ask for are in the trace alone.
    """

    outcome: dict[str, Any]
    status: str
    reasons: tuple[Reason, ...]
    undetermined: tuple[UndeterminedRow, ...]
    _render: Callable[[], dict[str, Any]] | None = field(default=None, repr=False, compare=False)
    _held: Callable[[], dict[str, tuple[str, ...]]] = field(default=dict, repr=False, compare=False)

    @cached_property
    def trace(self) -> dict[str, Any] | None:
        """How it was decided, None unless asked for. Written when first looked at; see `engine.decide.trace`."""
        return self._render() if self._render is not None else None

    @cached_property
    def path(self) -> dict[str, tuple[str, ...]]:
        """The ids of the rows that held, by decision, in the order of the plan; calls of a function are taken together.

        It is there at every level of trace. Decisions of which no row held are left out.
        """
        return self._held()
