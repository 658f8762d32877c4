"""Check: two rows of a `unique` table that can hold at once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from greenlane.engine.check.rows import Demand, demand, in_force_together
from greenlane.engine.diagnostics import Diagnostic
from greenlane.engine.rules.ruleset import Ruleset
from greenlane.engine.rules.table import Hit, Table


def check(ruleset: Ruleset) -> Iterator[Diagnostic]:
    """Pairs of rows of a `unique` table with values for which both hold (GL322)."""
    for decision in ruleset.decisions.values():
        if isinstance(decision.logic, Table) and decision.logic.hit is Hit.UNIQUE:
            yield from _table(decision.logic)


def _table(table: Table) -> Iterator[Diagnostic]:
    demands = [(row, demand(row)) for row in table.rows]
    for (first, one), (second, two) in combinations(demands, 2):
        guarded = first.section != second.section and any(
            table.sections[r.section].guard is not None for r in (first, second)
        )
        if one.exact and two.exact and not guarded and in_force_together(first, second) and _meet(one, two):
            yield Diagnostic(
                "GL322",
                f"rows `{first.id}` and `{second.id}` can hold at once, but the hit policy is `unique`",
                second.place,
                "narrow one of them, or choose another hit policy",
                related=(first.place,),
            )


def _meet(one: Demand, two: Demand) -> bool:
    shared = one.regions.keys() & two.regions.keys()
    return all(not one.regions[name].meet(two.regions[name]).empty for name in shared)
