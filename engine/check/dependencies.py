"""Check of dependencies: cycles, unread facts, and more of them than evaluation takes: GL315 to GL319. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from greenlane.engine.decide.matching import conditions_of
from greenlane.engine.decide.matching.rete_groups import LIMITS
from greenlane.engine.decide.plan import decision_cycles, decision_reads, plan_of, row_cycles
from greenlane.engine.diagnostics import Diagnostic, Severity
from greenlane.engine.rules.ruleset import Ruleset
from greenlane.engine.rules.table import Table

LONGEST_CHAIN = 100
"""Decisions each of which reads the next: all are under way at once, in the frames that Python has for a thread."""


def check(ruleset: Ruleset) -> Iterator[Diagnostic]:
    """Faults of the graph of facts, decisions and rows of rule sets; edges go from a reader to what it reads."""
    yield from _unread_facts(ruleset)
    yield from _decision_cycles(ruleset)
    yield from _row_cycles(ruleset)
    yield from _many_conditions(ruleset)
    yield from _long_chains(ruleset)


def _unread_facts(ruleset: Ruleset) -> Iterator[Diagnostic]:
    """Facts of the vocabulary that no decision reads (GL315, a warning). Required facts identify the application."""
    read = {name for decision in ruleset.decisions.values() for name in decision_reads(decision)}
    for fact in ruleset.vocabulary.facts.values():
        if fact.name not in read and not fact.required:
            help_ = "remove it, or keep it if the bank records it for other uses"
            yield Diagnostic("GL315", f"no rule reads the fact `{fact.name}`", fact.place, help_, Severity.WARNING)


def _decision_cycles(ruleset: Ruleset) -> Iterator[Diagnostic]:
    """Decisions that depend on each other in a cycle (GL316)."""
    for cycle in decision_cycles(ruleset):
        first, *others = [ruleset.decisions[name] for name in cycle]
        yield Diagnostic(
            "GL316",
            "these decisions wait for each other: " + " → ".join(f"`{n}`" for n in (*cycle, cycle[0])),
            first.place,
            "one of them must be decided from facts alone",
            related=tuple(d.place for d in others),
        )


def _row_cycles(ruleset: Ruleset) -> Iterator[Diagnostic]:
    """Rows of a rule set that depend on each other in a cycle (GL317)."""
    for rows in row_cycles(ruleset):
        yield Diagnostic(
            "GL317",
            "these rows read what each other asserts: " + ", ".join(f"`{r.id}`" for r in rows),
            rows[0].place,
            "a row of a rule set may read only what rows before it assert",
            related=tuple(r.place for r in rows[1:]),
        )


def _many_conditions(ruleset: Ruleset) -> Iterator[Diagnostic]:
    """Rows of rule sets with more conditions than a native rule takes (GL318); any number of rows is split."""
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


def _long_chains(ruleset: Ruleset) -> Iterator[Diagnostic]:
    """The first decision of each chain that is one too many (GL319); what reads that is not reported again."""
    plan = plan_of(ruleset)
    length: dict[str, int] = {}
    for name in plan.order:
        length[name] = 1 + max((length.get(needed, 0) for needed in plan.needs(name)), default=0)
        if length[name] == LONGEST_CHAIN + 1:
            yield Diagnostic(
                "GL319",
                f"`{name}` stands on a chain of {LONGEST_CHAIN} decisions, which is as long as one can be",
                ruleset.decisions[name].place,
                "decide more in one decision: a table, or a context with an entry for each step",
            )
