"""Rows against the leaves that tell of them: no row without a leaf, no leaf without a row, no value changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache

from sqlalchemy import Connection, RowMapping, Table, select

from api.proof.leaf import Leaf, decode_leaf, digest
from api.store.audit.findings import Findings
from api.store.log import ASKED, RETIRED
from api.store.tables import log, log_events, proved_tables

PAGE = 1000
NO_LEAF = "日志中没有此行", "the log has no entry of this row"
NO_ROW = "日志中的行已不存在", "the row that the log tells of is not there"
STILL_THERE = "已注销的行仍然存在", "the row is there though the log says that it was removed"


class RowCheck:
    """Takes the leaves in order. Rows that are written once are compared at once, the others after the last leaf."""

    def __init__(self, connection: Connection, findings: Findings) -> None:
        self._connection = connection
        self._findings = findings
        self._tables = proved_tables()
        self._once = [t for t in self._tables.values() if t.info["proved"].position]
        self._after: int | None = None
        self._rows: dict[str, dict[int, RowMapping]] = {}
        self._missing: dict[tuple[str, str], int] = {}
        self._newest: dict[tuple[str, str], int | None] = {}

    def page(self, last: int | None) -> None:
        """Fetches the rows of the leaves that come next, up to that at `last`; None: whatever is left."""
        for table in self._once:
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
        table = self._tables.get(leaf.kind, log_events)
        if table.info["proved"].position is None:
            self._newest[leaf.kind, leaf.subject] = position
            return
        row = self._rows[table.name].pop(position, None)
        if row is None:
            self._missing[table.name, leaf.subject] = position
        else:
            self._compare(table, row, leaf)
        if leaf.kind == RETIRED:
            self._retired(*leaf.subject.partition("/")[::2])

    def page_end(self) -> None:
        """After the leaves of a page: rows left over have none."""
        for table in self._once:
            for row in self._rows[table.name].values():
                self._findings.fault(table.name, _subject(table, row), None, *NO_LEAF)

    def end(self) -> None:
        """After the last leaf."""
        self.page(None)
        self.page_end()
        for name, subject in self._missing:
            self._findings.fault(name, subject, None, *NO_ROW)
        for kind, table in self._tables.items():
            if table.info["proved"].position is None:
                self._changing(kind, table)

    def _retired(self, kind: str, subject: str) -> None:
        table = self._tables.get(kind, log_events)
        if table.info["proved"].position is None:
            self._newest[kind, subject] = None
        elif self._missing.pop((table.name, subject), None) is None:
            self._findings.fault(table.name, subject, None, *STILL_THERE)

    def _changing(self, kind: str, table: Table) -> None:
        """Rows that may be written again: each is as the newest leaf about it says."""
        query = select(table).order_by(*table.primary_key.columns)
        for rows in self._connection.execute(query, execution_options={"yield_per": PAGE}).mappings().partitions():
            self._findings.count(table.name, len(rows))
            at = [self._newest.pop((kind, _subject(table, row)), None) for row in rows]
            leaves = self._leaves([position for position in at if position is not None])
            for row, position in zip(rows, at, strict=True):
                leaf = leaves.get(position) if position is not None else None
                if leaf is None:
                    self._findings.fault(table.name, _subject(table, row), None, *NO_LEAF)
                else:
                    self._compare(table, row, leaf)
        for (of, subject), position in self._newest.items():
            if of == kind and position is not None:
                self._findings.fault(table.name, subject, None, *NO_ROW)

    def _leaves(self, positions: Sequence[int]) -> Mapping[int, Leaf]:
        found: dict[int, Leaf] = {}
        for at in range(0, len(positions), ASKED):
            query = select(log.c.position, log.c.data).where(log.c.position.in_(positions[at : at + ASKED]))
            for row in self._connection.execute(query):
                with suppress(ValueError):
                    found[row.position] = decode_leaf(row.data)
        return found

    def _compare(self, table: Table, row: RowMapping, leaf: Leaf) -> None:
        key = _subject(table, row)
        for name, kind in _types(table):
            value = row[name]
            # A column that the table got after the leaf was written has no value in old rows.
            if value is not None and type(value) is not kind:
                self._findings.fault(table.name, key, name, "值的类型有误", "the value is of another type")
            elif digest(row[name]) != leaf.columns.get(name):
                self._findings.fault(table.name, key, name, "值已被更改", "the value was changed")
        for name in leaf.columns.keys() - table.columns.keys():
            self._findings.fault(table.name, key, name, "列已不存在", "the column is not there any more")
        if table is not log_events and key != leaf.subject:
            self._findings.fault(table.name, key, None, "日志条目属于另一行", "the entry is of another row")


@cache
def _types(table: Table) -> Sequence[tuple[str, type]]:
    return [(name, column.type.python_type) for name, column in table.columns.items()]


def _subject(table: Table, row: RowMapping) -> str:
    return "/".join(str(row[name]) for name in table.info["proved"].subject)
