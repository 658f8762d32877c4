"""Check: a row that gives a reason says it in Chinese and in English, and under a code."""

from __future__ import annotations

from collections.abc import Iterator

from greenlane.engine.diagnostics import Diagnostic
from greenlane.engine.rules.ruleset import Ruleset
from greenlane.engine.rules.table import Row, Table


def check(ruleset: Ruleset) -> Iterator[Diagnostic]:
    """Rows without zh or en text (GL312), and without a code where other rows of the decision have one (GL313)."""
    for decision in ruleset.decisions.values():
        if isinstance(decision.logic, Table):
            yield from _table(decision.logic)


def _table(table: Table) -> Iterator[Diagnostic]:
    code_is_output = any(o.name == "code" for o in table.outputs)
    coded = code_is_output or any(r.code for r in table.rows)
    told = coded or any(r.text for r in table.rows)
    for row in table.rows:
        if told:
            yield from _texts(row)
        if coded and not row.code:
            yield Diagnostic("GL313", f"row `{row.id}` has no code", row.place, "every row of this decision needs one")


def _texts(row: Row) -> Iterator[Diagnostic]:
    for language, text in (("zh", row.text.zh if row.text else ""), ("en", row.text.en if row.text else "")):
        if not text.strip():
            yield Diagnostic(
                "GL312", f"row `{row.id}` has no `{language}` text", row.place, "reasons are given in both languages"
            )
