"""Where a reader puts the faults it finds, so that it can go on and find the next."""

from __future__ import annotations

from greenlane.engine.diagnostics import Diagnostic, Severity, sort
from greenlane.engine.source import Place


class Faults:
    """A list of diagnostics that only grows."""

    def __init__(self) -> None:
        self._found: list[Diagnostic] = []

    def add(self, code: str, message: str, place: Place, help: str = "", related: tuple[Place, ...] = ()) -> None:
        """Record an error."""
        self._found.append(Diagnostic(code, message, place, help, Severity.ERROR, related))

    def warn(self, code: str, message: str, place: Place, help: str = "") -> None:
        """Record a warning."""
        self._found.append(Diagnostic(code, message, place, help, Severity.WARNING))

    def extend(self, found: tuple[Diagnostic, ...]) -> None:
        """Record faults found elsewhere."""
        self._found.extend(found)

    def __len__(self) -> int:
        return len(self._found)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """All of them by place, each once."""
        return sort(self._found)
