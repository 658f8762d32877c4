"""What the services need from the engine, as they see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from api.config import Trace
from engine.model.ruleset import Ruleset
from engine.model.vocabulary import Text


class Reason(Protocol):
    """Why the outcome is what it is: the code and texts of one row, and where the row is written."""

    @property
    def code(self) -> str:
        """The stable reason code."""
        ...

    @property
    def text(self) -> Text:
        """The row's zh/en text."""
        ...

    @property
    def row(self) -> str:
        """The row's id."""
        ...

    @property
    def source(self) -> object:
        """The place of the row; its text is file:line."""
        ...


class UndeterminedRow(Protocol):
    """A row that cannot be decided."""

    @property
    def row(self) -> str:
        """The row's id."""
        ...

    @property
    def because(self) -> Sequence[Any]:
        """The causes."""
        ...


class Sentence(Protocol):
    """One sentence of an explanation, in Chinese and in English."""

    @property
    def zh(self) -> str:
        """In Chinese."""
        ...

    @property
    def en(self) -> str:
        """In English."""
        ...

    @property
    def decision(self) -> str:
        """The decision it is about."""
        ...

    @property
    def row(self) -> str | None:
        """The row it is about."""
        ...

    @property
    def source(self) -> object | None:
        """Where that is written."""
        ...

    @property
    def heading(self) -> bool:
        """Whether it opens a decision."""
        ...


class Result(Protocol):
    """What the engine decided."""

    @property
    def outcome(self) -> Mapping[str, Any]:
        """What was decided, as FEEL values."""
        ...

    @property
    def status(self) -> str:
        """The one-word answer."""
        ...

    @property
    def reasons(self) -> Sequence[Reason]:
        """The reasons, in the order the rules give them."""
        ...

    @property
    def undetermined(self) -> Sequence[UndeterminedRow]:
        """The rows that could not be decided and were not ignored."""
        ...

    @property
    def trace(self) -> Mapping[str, Any] | None:
        """How it was decided, as far as asked for."""
        ...


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


Compile = Callable[[Mapping[str, bytes]], Rules]
"""Rule files to rules. Raises `engine.diagnostics.RulesetRefused` when they hold an error."""

Clock = Callable[[], datetime]
"""The present moment, with its time zone."""
