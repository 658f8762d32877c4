"""Check: no decision, and no row of a rule set, waits for itself."""

from __future__ import annotations

from collections.abc import Iterator

from greenlane.engine.decide.plan import decision_cycles, row_cycles
from greenlane.engine.diagnostics import Diagnostic
from greenlane.engine.rules.ruleset import Ruleset


def check(ruleset: Ruleset) -> Iterator[Diagnostic]:
    """Decisions that depend on each other in a circle (GL316), rows of a rule set that do (GL317)."""
    for cycle in decision_cycles(ruleset):
        first, *others = [ruleset.decisions[name] for name in cycle]
        yield Diagnostic(
            "GL316",
            "these decisions wait for each other: " + " → ".join(f"`{n}`" for n in (*cycle, cycle[0])),
            first.place,
            "one of them must be decided from facts alone",
            related=tuple(d.place for d in others),
        )
    for rows in row_cycles(ruleset):
        yield Diagnostic(
            "GL317",
            "these rows read what each other asserts: " + ", ".join(f"`{r.id}`" for r in rows),
            rows[0].place,
            "a row of a rule set may read only what rows before it assert",
            related=tuple(r.place for r in rows[1:]),
        )
