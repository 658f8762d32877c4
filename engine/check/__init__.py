"""Static checks of a ruleset that reads well: `check` runs every one there is. Pure."""

from __future__ import annotations

from datetime import date

from greenlane.engine.check import (
    cases,
    dependencies,
    identifiers,
    personal_data,
    reachability,
    reference_dates,
    type_check,
)
from greenlane.engine.diagnostics import Diagnostic, sort
from greenlane.engine.rules.ruleset import Ruleset

CHECKS = (
    identifiers.check,
    type_check.check,
    dependencies.check,
    reachability.check,
    personal_data.check,
    cases.check,
)


def check(ruleset: Ruleset, today: date | None = None) -> tuple[Diagnostic, ...]:
    """Every diagnostic, sorted by place. `today` tells which reference rows are of the future; without it none is."""
    found = [d for one in CHECKS for d in one(ruleset)]
    found.extend(reference_dates.check(ruleset, today))
    return sort(found)
