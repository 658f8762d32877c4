"""What check time finds in a ruleset that reads well: `check` runs every check there is."""

from __future__ import annotations

from datetime import date

from greenlane.engine.check import (
    answer,
    cycles,
    identifiers,
    impossible,
    overlap,
    personal,
    reference,
    shadowed,
    texts,
    too_large,
    typing,
    unused,
)
from greenlane.engine.diagnostics import Diagnostic, sort
from greenlane.engine.rules.ruleset import Ruleset

CHECKS = (
    answer.check,
    typing.check,
    identifiers.check,
    cycles.check,
    texts.check,
    impossible.check,
    shadowed.check,
    overlap.check,
    too_large.check,
    personal.check,
    unused.check,
)


def check(ruleset: Ruleset, today: date | None = None) -> tuple[Diagnostic, ...]:
    """Every fault, sorted by place. `today` tells which reference rows are of the future; without it none is."""
    found = [d for one in CHECKS for d in one(ruleset)]
    found.extend(reference.check(ruleset, today))
    return sort(found)
