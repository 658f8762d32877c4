"""The log as its readers see it: entries, heads, keys, and the hashes that prove them. SQL; writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from greenlane.api.ledger.log import topic
from greenlane.api.ledger.log_rows import newest_head, nodes
from greenlane.api.ledger.proof.head import Head, decode_head
from greenlane.api.ledger.proof.signing_key import SigningKey
from greenlane.api.ledger.proof.tree import Hash, Span, hashes_of
from greenlane.api.ledger.tables import log, log_events, proved_tables
from greenlane.api.ledger.unit_of_work import Ledger


@dataclass(frozen=True, slots=True)
class LogEntry:
    """An entry: the data that its leaf hash is of, at its position."""

    position: int
    data: str


@dataclass(frozen=True, slots=True)
class ProvedRow:
    """A row as stored and the entry that tells of it."""

    kind: str
    subject: str
    columns: Mapping[str, Any]
    entry: LogEntry


@dataclass(frozen=True, slots=True)
class LogReader:
    """Reads the log. Every method raises `StoreUnavailableError`."""

    ledger: Ledger

    def head(self) -> Head:
        """The newest head."""
        with self.ledger.reading() as work:
            found = newest_head(work.connection)
        # Opening the ledger has begun the log.
        assert found is not None
        return found

    def head_after(self, position: int) -> Head | None:
        """The first head that was signed with the entry at `position` in the log."""
        query = select(log.c.head).where(log.c.position >= position, log.c.head.is_not(None)).order_by(log.c.position)
        with self.ledger.reading() as work:
            found = work.connection.execute(query.limit(1)).scalar_one_or_none()
        return decode_head(found) if found is not None else None

    def entries(self, first: int, limit: int) -> list[LogEntry]:
        """Entries from a position on, at most `limit`."""
        query = select(log.c.position, log.c.data).where(log.c.position >= first).order_by(log.c.position)
        with self.ledger.reading() as work:
            return [LogEntry(*row) for row in work.connection.execute(query.limit(limit))]

    def hashes(self, spans: Sequence[Span]) -> tuple[Hash, ...]:
        """The hash of each span of entries that are in the log."""
        with self.ledger.reading() as work:
            return hashes_of(spans, lambda wanted: nodes(work.connection, wanted))

    def rows(self, kind: str, **equal: str) -> list[ProvedRow]:
        """Rows of the kind's table with these values, each with its newest entry, in the order of their entries.

        None of a kind that no table is kept for.
        """
        table = proved_tables().get(kind)
        if table is None:
            return []
        query = select(table).where(*(table.c[name] == value for name, value in equal.items()))
        with self.ledger.reading() as work:
            found = [_proved(work.connection, kind, dict(row)) for row in work.connection.execute(query).mappings()]
        return sorted((row for row in found if row is not None), key=lambda row: row.entry.position)

    def events(self, kind: str) -> list[ProvedRow]:
        """The events of a kind, which no table of its own is kept for, each with its entry, in order."""
        query = select(log_events, log.c.data).join(log, log.c.position == log_events.c.seq)
        names = log_events.columns.keys()
        with self.ledger.reading() as work:
            rows = work.connection.execute(query.where(log_events.c.kind == kind).order_by(log_events.c.seq)).mappings()
            return [
                ProvedRow(kind, row["subject"], {name: row[name] for name in names}, LogEntry(row["seq"], row["data"]))
                for row in rows
            ]

    def signing_key(self) -> SigningKey:
        """The key that the log is signed with. Raises `SigningKeyError`."""
        with self.ledger.reading() as work:
            head = newest_head(work.connection)
            assert head is not None
            return self.ledger.signer.key(head.key)


def _proved(connection: Connection, kind: str, row: dict[str, Any]) -> ProvedRow | None:
    told = proved_tables()[kind].info["proved"]
    subject = "/".join(str(row[name]) for name in told.subject)
    query = select(log.c.position, log.c.data).order_by(log.c.position.desc()).limit(1)
    if told.position is not None:
        query = query.where(log.c.position == row[told.position])
    else:
        query = query.where(log.c.topic == topic(kind, subject))
    found = connection.execute(query).one_or_none()
    return ProvedRow(kind, subject, row, LogEntry(*found)) if found is not None else None
