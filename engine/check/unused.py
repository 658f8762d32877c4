"""Check: facts that no rule reads."""

from __future__ import annotations

from collections.abc import Iterator

from greenlane.engine.decide.plan import decision_reads
from greenlane.engine.diagnostics import Diagnostic, Severity
from greenlane.engine.rules.ruleset import Ruleset


def check(ruleset: Ruleset) -> Iterator[Diagnostic]:
    """Facts of the vocabulary that no decision reads (GL315, a warning). Required facts identify the application."""
    read = {name for decision in ruleset.decisions.values() for name in decision_reads(decision)}
    for fact in ruleset.vocabulary.facts.values():
        if fact.name not in read and not fact.required:
            help_ = "remove it, or keep it if the bank records it for other uses"
            yield Diagnostic("GL315", f"no rule reads the fact `{fact.name}`", fact.place, help_, Severity.WARNING)
