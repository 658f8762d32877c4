"""Faults found in rule files: what is wrong, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from greenlane.engine.source import Place


class Severity(Enum):
    """An error keeps a ruleset from deciding anything; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One fault. `message` and `help` are lower case, without a final period, input in backticks.

    `code` is stable (`GL203`) and listed in docs/diagnostics.md. `related` names every other place involved.
    """

    code: str
    message: str
    place: Place
    help: str = ""
    severity: Severity = Severity.ERROR
    related: tuple[Place, ...] = ()


class RulesetRefused(Exception):
    """The rule files hold at least one error; `diagnostics` lists all faults, sorted by place."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = sort(diagnostics)
        super().__init__(f"{len(self.diagnostics)} faults in the rule files")


def sort(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sorted by place, then code and message; each fault once."""
    return tuple(
        sorted(
            set(diagnostics),
            key=lambda d: (d.place.path, d.place.line, d.place.column, d.code, d.message),
        )
    )


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether any of them is an error."""
    return any(d.severity is Severity.ERROR for d in diagnostics)
