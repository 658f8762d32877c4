"""Check: no row of a rule set asks for more than forward chaining can take."""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagnostics import Diagnostic
from engine.matching import conditions_of
from engine.matching.rete import LIMITS
from engine.model.ruleset import Ruleset
from engine.model.table import Table


def check(ruleset: Ruleset) -> Iterator[Diagnostic]:
    """Rows with more conditions than a native rule has room for (GL318); tables of any number of rows are split."""
    for decision in ruleset.decisions.values():
        table = decision.logic
        if not isinstance(table, Table) or not table.chained:
            continue
        conditions = conditions_of(table)
        for index, row in enumerate(table.rows):
            count = len(conditions.row_conditions(index))
            if count > LIMITS.conditions:
                yield Diagnostic(
                    "GL318",
                    f"row `{row.id}` has {count} conditions, a row of a rule set can have {LIMITS.conditions}",
                    row.place,
                    "decide a part of them in a decision of its own, and let the row read that",
                )
