"""Check: a row id and a reason code mean one row, for ever."""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagnostics import Diagnostic
from engine.model.ruleset import Ruleset
from engine.model.table import Row, Table


def check(ruleset: Ruleset) -> Iterator[Diagnostic]:
    """Ids (GL310) and codes (GL311) that two rows of the ruleset share."""
    ids: dict[str, Row] = {}
    codes: dict[str, Row] = {}
    for decision in ruleset.decisions.values():
        for row in decision.logic.rows if isinstance(decision.logic, Table) else ():
            first = ids.setdefault(row.id, row)
            if first is not row:
                message = f"row id `{row.id}` is used twice"
                yield Diagnostic("GL310", message, row.place, f"first used at {first.place}", related=(first.place,))
            if row.code is None:
                continue
            first = codes.setdefault(row.code, row)
            if first is not row:
                message = f"code `{row.code}` is used twice"
                yield Diagnostic("GL311", message, row.place, f"first used at {first.place}", related=(first.place,))
