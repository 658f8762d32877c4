"""What can be wrong with a DMN model: codes, and a collector of diagnostics."""

from __future__ import annotations

from greenlane.engine.diagnostics import Diagnostic, Place, Severity

XML = "GL601"
STRUCTURE = "GL602"
REFERENCE = "GL603"
DUPLICATE = "GL604"
CYCLE = "GL605"
FOREIGN = "GL606"
MISMATCH = "GL607"
HITS = "GL608"
MAX_FAULTS = 1000


class XmlRefused(Exception):
    """The bytes are no XML that is read; `fault` says why."""

    def __init__(self, fault: Diagnostic) -> None:
        self.fault = fault
        super().__init__(fault.message)


class Faults:
    """Faults found so far, `MAX_FAULTS` at most: a file that is something else entirely would have no end of them."""

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []

    def error(self, code: str, message: str, place: Place, advice: str = "") -> None:
        """Something that keeps a part of the model from being understood."""
        self._add(Diagnostic(code, message, place, advice))

    def warning(self, code: str, message: str, place: Place, advice: str = "") -> None:
        """Something that is understood, but gives null or is not run."""
        self._add(Diagnostic(code, message, place, advice, Severity.WARNING))

    def _add(self, fault: Diagnostic) -> None:
        if len(self.found) < MAX_FAULTS:
            self.found.append(fault)
