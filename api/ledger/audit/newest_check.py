"""Rows that do not tell where their entry is: each is as the newest entry about it says.

What entries tell of is looked up in their tables page by page, and at the end rows look up their entries by topic, so
that memory does not grow with either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Table, func, select, tuple_

from greenlane.api.ledger.audit.compare import NO_LEAF, NO_ROW, STILL_THERE, compare, subject_of
from greenlane.api.ledger.audit.findings import Findings
from greenlane.api.ledger.log import ASKED, topic
from greenlane.api.ledger.proof.leaf import Leaf, decode_leaf
from greenlane.api.ledger.tables import log

DIGITS = 9
"""Of whole numbers in subjects; longer ones name no row."""


class NewestCheck:
    """Takes what the leaves tell, in order; keeps what is not there and what was removed."""

    def __init__(self, connection: Connection, findings: Findings, tables: Mapping[str, Table]) -> None:
        self._connection = connection
        self._findings = findings
        self._tables = tables
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
            self._findings.fault(self._tables[kind].name, subject, None, *NO_ROW)
        for kind, table in self._tables.items():
            removed = {subject for of, subject in self._removed if of == kind}
            for subject in sorted(self._there(kind, removed)):
                self._findings.fault(table.name, subject, None, *STILL_THERE)
            self._rows(kind, table, removed)

    def _rows(self, kind: str, table: Table, removed: set[str]) -> None:
        query = select(table).order_by(*table.primary_key.columns)
        for rows in self._connection.execute(query, execution_options={"yield_per": ASKED}).mappings().partitions():
            self._findings.count(table.name, len(rows))
            leaves = self._newest(kind, [subject_of(table, row) for row in rows])
            for row in rows:
                subject = subject_of(table, row)
                if subject in leaves:
                    compare(self._findings, table, row, leaves[subject])
                elif subject not in removed:
                    self._findings.fault(table.name, subject, None, *NO_LEAF)

    def _there(self, kind: str, subjects: Iterable[str]) -> set[str]:
        """Those of the subjects that are rows."""
        table = self._tables[kind]
        columns = [table.c[name] for name in table.info["proved"].subject]
        found: set[str] = set()
        for part in _parts([key for subject in subjects if (key := _key(columns, subject)) is not None]):
            query = select(*columns).where(tuple_(*columns).in_(part))
            found.update(subject_of(table, row) for row in self._connection.execute(query).mappings())
        return found

    def _newest(self, kind: str, subjects: Sequence[str]) -> dict[str, Leaf]:
        """The newest leaf about each of the subjects that there is one about."""
        topics = [topic(kind, subject) for subject in subjects if subject.isprintable()]
        last = select(func.max(log.c.position)).where(log.c.topic.in_(topics)).group_by(log.c.topic)
        query = select(log.c.topic, log.c.data).where(log.c.position.in_(last))
        found: dict[str, Leaf] = {}
        for row in self._connection.execute(query):
            with suppress(ValueError):
                found[row.topic.removeprefix(f"{kind}/")] = decode_leaf(row.data)
        return found


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
    return int(part) if part.isdecimal() and len(part) <= DIGITS else None


def _parts(keys: Sequence[tuple[Any, ...]]) -> Iterator[Sequence[tuple[Any, ...]]]:
    for at in range(0, len(keys), ASKED):
        yield keys[at : at + ASKED]
