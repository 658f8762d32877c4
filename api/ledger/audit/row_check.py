"""Rows against the leaves that tell of them: no row without a leaf, no leaf without a row, no value changed."""

from __future__ import annotations

from sqlalchemy import Connection, RowMapping, select

from greenlane.api.ledger.audit.compare import NO_LEAF, NO_ROW, STILL_THERE, compare, subject_of
from greenlane.api.ledger.audit.findings import Findings
from greenlane.api.ledger.audit.newest_check import NewestCheck
from greenlane.api.ledger.log import RETIRED
from greenlane.api.ledger.proof.leaf import Leaf
from greenlane.api.ledger.tables import log_events, proved_tables

PAGE = 1000


class RowCheck:
    """Takes the leaves in order. Rows that tell the position of their leaf are compared at once, the others later."""

    def __init__(self, connection: Connection, findings: Findings) -> None:
        self._connection = connection
        self._findings = findings
        self._placed = {kind: t for kind, t in proved_tables().items() if t.info["proved"].position}
        others = {kind: t for kind, t in proved_tables().items() if not t.info["proved"].position}
        self._others = NewestCheck(connection, findings, others)
        self._other_kinds = frozenset(others)
        self._after: int | None = None
        self._rows: dict[str, dict[int, RowMapping]] = {}
        self._missing: dict[tuple[str, str], int] = {}

    def page(self, last: int | None) -> None:
        """Fetches the rows of the leaves that come next, up to that at `last`; None: whatever is left."""
        for table in self._placed.values():
            column = table.c[table.info["proved"].position]
            query = select(table)
            if self._after is not None:
                query = query.where(column > self._after)
            if last is not None:
                query = query.where(column <= last)
            found = self._connection.execute(query).mappings()
            self._rows[table.name] = {row[column.name]: row for row in found}
            self._findings.count(table.name, len(self._rows[table.name]))
        self._after = last

    def leaf(self, position: int, leaf: Leaf) -> None:
        """Checks the row that one leaf tells of."""
        if leaf.kind in self._other_kinds:
            self._others.leaf(leaf.kind, leaf.subject)
            return
        table = self._placed.get(leaf.kind, log_events)
        row = self._rows[table.name].pop(position, None)
        if row is None:
            self._missing[table.name, leaf.subject] = position
        else:
            compare(self._findings, table, row, leaf)
        if leaf.kind == RETIRED:
            self._retired(*leaf.subject.partition("/")[::2])

    def page_end(self) -> None:
        """After the leaves of a page: rows left over have none."""
        for table in self._placed.values():
            for row in self._rows[table.name].values():
                self._findings.fault(table.name, subject_of(table, row), None, *NO_LEAF)
        self._others.page_end()

    def end(self) -> None:
        """After the last leaf."""
        self.page(None)
        self.page_end()
        for name, subject in self._missing:
            self._findings.fault(name, subject, None, *NO_ROW)
        self._others.end()

    def _retired(self, kind: str, subject: str) -> None:
        if kind in self._other_kinds:
            self._others.retired(kind, subject)
            return
        table = self._placed.get(kind, log_events)
        if self._missing.pop((table.name, subject), None) is None:
            self._findings.fault(table.name, subject, None, *STILL_THERE)
