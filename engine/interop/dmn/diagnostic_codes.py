"""Codes of the diagnostics about DMN models, and a sink with bounds that readers and evaluators put them into. Pure."""

from __future__ import annotations

from greenlane.engine.diagnostics import Diagnostic, DiagnosticSink

XML = "GL601"
STRUCTURE = "GL602"
REFERENCE = "GL603"
DUPLICATE = "GL604"
CYCLE = "GL605"
FOREIGN = "GL606"
MISMATCH = "GL607"
HITS = "GL608"
LIMIT = "GL609"

NO_FACT_TYPE = "GL620"
NO_RULE_LOGIC = "GL621"
UNRESOLVED_NAME = "GL622"
NOT_IMPORTED = "GL623"

NOT_EXPORTED = "GL630"

MAX_DIAGNOSTICS = 1000


class XmlError(Exception):
    """The bytes are no XML of a DMN model; `diagnostic` says why and where."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        super().__init__(diagnostic.message)


class BoundedSink(DiagnosticSink):
    """Keeps the first `limit` distinct diagnostics: a file of another format has no end of them."""

    def __init__(self, limit: int = MAX_DIAGNOSTICS) -> None:
        super().__init__()
        self._limit = limit

    def _add(self, diagnostic: Diagnostic) -> None:
        if len(self._found) < self._limit and diagnostic not in self._found:
            super()._add(diagnostic)
