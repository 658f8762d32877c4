"""Check: a row that an earlier one always answers before."""

from __future__ import annotations

from collections.abc import Iterator

from greenlane.engine.check.rows import Demand, demand, in_force_throughout
from greenlane.engine.diagnostics import Diagnostic
from greenlane.engine.rules.ruleset import Ruleset
from greenlane.engine.rules.table import Hit, Row, Table


def check(ruleset: Ruleset) -> Iterator[Diagnostic]:
    """Rows of a `first` table that can never be reached, since one earlier row holds whenever they do (GL321)."""
    for decision in ruleset.decisions.values():
        if isinstance(decision.logic, Table) and decision.logic.hit is Hit.FIRST:
            yield from _table(decision.logic)


def _table(table: Table) -> Iterator[Diagnostic]:
    demands = [(row, demand(row)) for row in table.rows]
    for index, (row, asked) in enumerate(demands):
        for earlier, covering in demands[:index]:
            if _covers(table, earlier, covering, row, asked):
                yield Diagnostic(
                    "GL321",
                    f"row `{row.id}` is never reached: row `{earlier.id}` holds whenever it does",
                    row.place,
                    "put the more special row first, or remove one of them",
                    related=(earlier.place,),
                )
                break


def _covers(table: Table, earlier: Row, covering: Demand, row: Row, asked: Demand) -> bool:
    unguarded = table.sections[earlier.section].guard is None or earlier.section == row.section
    if not (covering.exact and unguarded and in_force_throughout(earlier, row)):
        return False
    return all(name in asked.regions and asked.regions[name].within(r) for name, r in covering.regions.items())
