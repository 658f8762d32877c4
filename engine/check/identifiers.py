"""Check: a row id and a reason code mean one row, for ever."""

from __future__ import annotations

from collections.abc import Iterator

from greenlane.engine.diagnostics import Diagnostic
from greenlane.engine.rules.ruleset import Ruleset
from greenlane.engine.rules.table import Row, Table
from greenlane.engine.source import Place


def check(ruleset: Ruleset) -> Iterator[Diagnostic]:
    """Ids (GL310) and codes (GL311) that two rows of the ruleset share."""
    ids: dict[str, Row] = {}
    codes: dict[str, Row] = {}
    for decision in ruleset.decisions.values():
        for row in decision.logic.rows if isinstance(decision.logic, Table) else ():
            first = ids.setdefault(row.id, row)
            if first is not row:
                message, help_ = f"row id `{row.id}` is used twice", "every row has an id of its own, for ever"
                yield Diagnostic("GL310", message, _id_of(row), help_, related=(_id_of(first),))
            if row.code is None:
                continue
            first = codes.setdefault(row.code, row)
            if first is not row:
                message, help_ = f"code `{row.code}` is used twice", "a code says one thing: give each row its own"
                yield Diagnostic("GL311", message, row.place, help_, related=(first.place,))


def _id_of(row: Row) -> Place:
    place = row.place
    return Place(place.path, place.line, place.column, place.column + len(row.id))
