"""Rows against the entries that tell of them: none without the other, no value changed. SQL; reads only.

Rows that tell the position of their entry are compared page by page along the log. Of the others what entries tell of
is looked up in their tables page by page, and at the end rows look up their newest entries by topic: so memory grows
with neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import Any

from sqlalchemy import (
    Boolean,
    Connection,
    Integer,
    RowMapping,
    Select,
    Table,
    bindparam,
    func,
    select,
    tuple_,
    type_coerce,
)

from greenlane.api.ledger.audit.report import AuditReport
from greenlane.api.ledger.log import RETIRED, topic
from greenlane.api.ledger.log_rows import ASKED
from greenlane.api.ledger.proof.leaf import Leaf, decode_leaf, digest
from greenlane.api.ledger.tables import log, log_events, proved_tables
from greenlane.api.whole_numbers import whole

CHANGED = "值已被更改", "the value was changed"
NO_LEAF = "日志中没有此行", "the log has no entry of this row"
NO_ROW = "日志中的行已不存在", "the row that the log tells of is not there"
STILL_THERE = "已注销的行仍然存在", "the row is there though the log says that it was removed"

MAY_WAIT = {
    "key_binding": (
        "日志中没有此行：若由旧版本写入，首次启动服务（greenlane serve）即有条目；否则为他人所加",
        "the log has no entry of this row: one that an earlier version wrote gets it at the first start of the service "
        "(`greenlane serve`), any other was put there",
    )
}
"""What is said of a row of these kinds that has no entry: earlier versions gave it none."""

LARGEST_KEY = 10**9 - 1
"""Of whole numbers in subjects; larger ones name no row."""


class RowCheck:
    """Takes the leaves in order. Rows that tell the position of their leaf are compared at once, the others later."""

    def __init__(self, connection: Connection, report: AuditReport) -> None:
        self._connection = connection
        self._report = report
        self._placed = {kind: t for kind, t in proved_tables().items() if t.info["proved"].position}
        others = {kind: t for kind, t in proved_tables().items() if not t.info["proved"].position}
        self._others = TopicCheck(connection, report, others)
        self._other_kinds = frozenset(others)
        self._after: int | None = None
        self._rows: dict[str, dict[int, RowMapping]] = {}
        self._missing: dict[tuple[str, str], int] = {}

    def page(self, last: int | None) -> None:
        """Fetches the rows of the leaves that come next, up to that at `last`; None: whatever is left."""
        for table in self._placed.values():
            column = table.c[table.info["proved"].position]
            query = _stored(table)
            if self._after is not None:
                query = query.where(column > self._after)
            if last is not None:
                query = query.where(column <= last)
            found = self._connection.execute(query).mappings()
            self._rows[table.name] = {row[column.name]: row for row in found}
            self._report.count(table.name, len(self._rows[table.name]))
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
            compare(self._report, table, row, leaf)
        if leaf.kind == RETIRED:
            self._retired(*leaf.subject.partition("/")[::2])

    def page_end(self) -> None:
        """After the leaves of a page: rows left over have none."""
        for table in self._placed.values():
            for row in self._rows[table.name].values():
                self._report.fault(table.name, subject_of(table, row), None, *NO_LEAF)
        self._others.page_end()

    def end(self) -> None:
        """After the last leaf."""
        self.page(None)
        self.page_end()
        for name, subject in self._missing:
            self._report.fault(name, subject, None, *NO_ROW)
        self._others.end()

    def _retired(self, kind: str, subject: str) -> None:
        if kind in self._other_kinds:
            self._others.retired(kind, subject)
            return
        table = self._placed.get(kind, log_events)
        if self._missing.pop((table.name, subject), None) is None:
            self._report.fault(table.name, subject, None, *STILL_THERE)


class TopicCheck:
    """Takes what the leaves tell of rows that do not tell their position; keeps what is not there and was removed."""

    def __init__(self, connection: Connection, report: AuditReport, tables: Mapping[str, Table]) -> None:
        self._connection = connection
        self._report = report
        self._tables = tables
        self._subjects = {kind: [t.c[name] for name in t.info["proved"].subject] for kind, t in tables.items()}
        # Made once: a statement made anew for each page is a cycle that keeps the page until the collector comes by.
        self._present = {
            kind: select(*columns).where(tuple_(*columns).in_(bindparam("keys", expanding=True)))
            for kind, columns in self._subjects.items()
        }
        self._told: dict[str, set[str]] = {kind: set() for kind in tables}
        self._missing: dict[tuple[str, str], None] = {}
        self._removed: dict[tuple[str, str], None] = {}

    def leaf(self, kind: str, subject: str) -> None:
        """There is to be such a row from this leaf on."""
        self._told[kind].add(subject)
        self._removed.pop((kind, subject), None)

    def retired(self, kind: str, subject: str) -> None:
        """There is to be none from this leaf on."""
        self._told[kind].discard(subject)
        self._missing.pop((kind, subject), None)
        self._removed[kind, subject] = None

    def page_end(self) -> None:
        """After the leaves of a page."""
        for kind, subjects in self._told.items():
            for subject in sorted(subjects - self._there(kind, subjects)):
                self._missing[kind, subject] = None
            subjects.clear()

    def end(self) -> None:
        """After the last leaf."""
        for kind, subject in self._missing:
            self._report.fault(self._tables[kind].name, subject, None, *NO_ROW)
        for kind, table in self._tables.items():
            removed = {subject for of, subject in self._removed if of == kind}
            for subject in sorted(self._there(kind, removed)):
                self._report.fault(table.name, subject, None, *STILL_THERE)
            self._rows(kind, table, removed)

    def _rows(self, kind: str, table: Table, removed: set[str]) -> None:
        query = _stored(table).order_by(*table.primary_key.columns)
        for rows in self._connection.execute(query, execution_options={"yield_per": ASKED}).mappings().partitions():
            self._report.count(table.name, len(rows))
            leaves = self._newest(kind, [subject_of(table, row) for row in rows])
            for row in rows:
                subject = subject_of(table, row)
                if subject in leaves:
                    compare(self._report, table, row, leaves[subject])
                elif subject not in removed:
                    self._report.fault(table.name, subject, None, *MAY_WAIT.get(kind, NO_LEAF))

    def _there(self, kind: str, subjects: Iterable[str]) -> set[str]:
        """Those of the subjects that are rows."""
        table, columns = self._tables[kind], self._subjects[kind]
        found: set[str] = set()
        for part in _parts([key for subject in subjects if (key := _key(columns, subject)) is not None]):
            rows = self._connection.execute(self._present[kind], {"keys": part}).mappings()
            found.update(subject_of(table, row) for row in rows)
        return found

    def _newest(self, kind: str, subjects: Sequence[str]) -> dict[str, Leaf]:
        """The newest leaf about each of the subjects that there is one about."""
        topics = [topic(kind, subject) for subject in subjects if subject.isprintable()]
        found: dict[str, Leaf] = {}
        for row in self._connection.execute(_NEWEST, {"topics": topics}):
            with suppress(ValueError):
                found[row.topic.removeprefix(f"{kind}/")] = decode_leaf(row.data)
        return found


_NEWEST = select(log.c.topic, log.c.data).where(
    log.c.position.in_(
        select(func.max(log.c.position))
        .where(log.c.topic.in_(bindparam("topics", expanding=True)))
        .group_by(log.c.topic)
    )
)


def compare(report: AuditReport, table: Table, row: RowMapping, leaf: Leaf) -> None:
    """Finds each column whose value is not the one that the entry was written of."""
    key = subject_of(table, row)
    for name, kind in _types(table):
        found: Any = row[name]
        value: Any = found == 1 if kind is bool and found in (0, 1) else found
        # A column that the table got after the leaf was written has no value in old rows.
        if value is not None and type(value) is not kind:
            report.fault(table.name, key, name, "值的类型有误", "the value is of another type")
        elif digest(value) != leaf.columns.get(name):
            report.fault(table.name, key, name, *CHANGED)
    for name in leaf.columns.keys() - table.columns.keys():
        report.fault(table.name, key, name, "列已不存在", "the column is not there any more")
    if table is not log_events and key != leaf.subject:
        report.fault(table.name, key, None, "日志条目属于另一行", "the entry is of another row")


def subject_of(table: Table, row: RowMapping) -> str:
    """What entries name the row by."""
    return "/".join(str(row[name]) for name in table.info["proved"].subject)


@cache
def _stored(table: Table) -> Select[Any]:
    """Asks for rows as they are stored: SQLite holds true as 1, and any number would be read as true."""
    return select(*(type_coerce(c, Integer).label(c.name) if isinstance(c.type, Boolean) else c for c in table.columns))


@cache
def _types(table: Table) -> Sequence[tuple[str, type[Any]]]:
    return [(name, column.type.python_type) for name, column in table.columns.items()]


def _key(columns: Sequence[Any], subject: str) -> tuple[Any, ...] | None:
    """The values that a subject names; None where no row can have them (nor a database be asked for them)."""
    parts = subject.split("/")
    if len(parts) != len(columns) or not subject.isprintable():
        return None
    values = [_value(column, part) for column, part in zip(columns, parts, strict=True)]
    return None if None in values else tuple(values)


def _value(column: Any, part: str) -> Any:
    if column.type.python_type is not int:
        return part
    return whole(part, 0, LARGEST_KEY)


def _parts(keys: Sequence[tuple[Any, ...]]) -> Iterator[Sequence[tuple[Any, ...]]]:
    for at in range(0, len(keys), ASKED):
        yield keys[at : at + ASKED]
