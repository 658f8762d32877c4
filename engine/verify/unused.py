"""Check: facts that no rule reads."""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagnostics import Diagnostic, Severity
from engine.feel import names_read
from engine.model.ruleset import Decision, Ruleset
from engine.model.table import Table


def check(ruleset: Ruleset) -> Iterator[Diagnostic]:
    """Facts of the vocabulary that no decision reads (GL315, a warning). Required facts identify the application."""
    read = {name for decision in ruleset.decisions.values() for name in _reads(decision)}
    for fact in ruleset.vocabulary.facts.values():
        if fact.name not in read and not fact.required:
            help_ = "remove it, or keep it if the bank records it for other uses"
            yield Diagnostic("GL315", f"no rule reads the fact `{fact.name}`", fact.place, help_, Severity.WARNING)


def _reads(decision: Decision) -> Iterator[str]:
    logic = decision.logic
    if not isinstance(logic, Table):
        yield from names_read(logic.node)
        return
    for section in logic.sections:
        if section.guard is not None:
            yield from names_read(section.guard.node)
    for row in logic.rows:
        for test in row.tests:
            yield test.fact
        cells = [t.cell for t in row.tests] + [row.when, *row.outputs, *row.asserts.values()]
        for cell in cells:
            if cell is not None:
                yield from names_read(cell.node)
