"""Check: nothing asks for more than deciding can take: no row of a rule set, no chain of decisions."""

from __future__ import annotations

from collections.abc import Iterator

from greenlane.engine.decide.matching import conditions_of
from greenlane.engine.decide.matching.rete import LIMITS
from greenlane.engine.decide.plan import plan_of
from greenlane.engine.diagnostics import Diagnostic
from greenlane.engine.rules.ruleset import Ruleset
from greenlane.engine.rules.table import Table

CHAIN = 100
"""Decisions each of which reads the next: all are under way at once, in the frames that Python has for a thread."""


def check(ruleset: Ruleset) -> Iterator[Diagnostic]:
    """Rows of rule sets with too many conditions (GL318), decisions that stand on too many others (GL319)."""
    yield from _rows(ruleset)
    yield from _chains(ruleset)


def _chains(ruleset: Ruleset) -> Iterator[Diagnostic]:
    """The first decision of each chain that is one too many; what reads that is not told of again."""
    plan = plan_of(ruleset)
    length: dict[str, int] = {}
    for name in plan.order:
        length[name] = 1 + max((length.get(needed, 0) for needed in plan.needs(name)), default=0)
        if length[name] == CHAIN + 1:
            yield Diagnostic(
                "GL319",
                f"`{name}` stands on a chain of {CHAIN} decisions, which is as long as one can be",
                ruleset.decisions[name].place,
                "decide more in one decision: a table, or a context with an entry for each step",
            )


def _rows(ruleset: Ruleset) -> Iterator[Diagnostic]:
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
