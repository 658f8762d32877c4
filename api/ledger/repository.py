"""The store as the services see it: prepared by itself, decisions written in groups."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from sqlalchemy import Connection, Engine, text

from greenlane.api.ledger import adopt, contents, data_keys, decisions, log, releases
from greenlane.api.ledger.contents import Unread, content_of
from greenlane.api.ledger.customer_keys import CustomerKeys
from greenlane.api.ledger.database import reading, writing
from greenlane.api.ledger.errors import StoreUnavailableError
from greenlane.api.ledger.group_commit import GroupCommit
from greenlane.api.ledger.key_store import KeyStore
from greenlane.api.ledger.life import Opening, ReleaseLife, open_with
from greenlane.api.ledger.log import Entry
from greenlane.api.ledger.log_view import LogView, Opened, ProvedRow
from greenlane.api.ledger.records import (
    Content,
    DecisionRecord,
    DecisionRow,
    DecisionSummary,
    ReleaseRecord,
    ReleaseSummary,
    Stored,
    StoredDecision,
)
from greenlane.api.ledger.sealed_rows import CONTENT, asks_the_same, lookups_of, opened_columns, owner_of, row_of
from greenlane.api.ledger.sealing.values import DataKey
from greenlane.api.ledger.summaries import READ, summaries
from greenlane.api.principals import EVERYTHING, Scope

BEGINNING = "0001-01-01T00:00:00.000000Z"
PREPARE_SECONDS = 5
"""How long a request waits while another one tries to reach a store that is away."""


class Store:
    """Decisions and releases in one database. Safe for many threads; one per process.

    Tables are brought up to date, and `release` is stored, the first time the database can be reached: as the one that
    decides, or as the first of the store, in force from `since`, where it has none (`opening`). `life` holds the steps
    of releases. Every method raises `StoreUnavailableError` when the database or the key store cannot do its part, and
    works again once it can; `EncryptionKeyError` when the keys at hand are not those the database was used with.
    """

    def __init__(
        self,
        engine: Engine,
        release: ReleaseRecord | None,
        key_store: KeyStore,
        commit_timeout: float = 10.0,
        observe: Callable[[int, float], None] = lambda _size, _seconds: None,
        opening: Opening = "loaded",
        since: str = BEGINNING,
    ) -> None:
        self._engine = engine
        self._opening = partial(open_with, release=release, opening=opening, since=since)
        self.life = ReleaseLife(engine, self.prepare)
        self.keys = CustomerKeys(engine, key_store)
        self._prepared = threading.Event()
        self._preparing = threading.Lock()
        self._writer: GroupCommit[DecisionRecord, Stored] = GroupCommit(self._commit, commit_timeout, observe)

    @property
    def log(self) -> LogView:
        """The log that proves what is stored."""
        return LogView(self._engine, self.prepare)

    def prepare(self) -> None:
        """Brings the tables up to date, begins the log and stores the release of the rule files."""
        if self._prepared.is_set():
            return
        if not self._preparing.acquire(timeout=PREPARE_SECONDS):
            raise StoreUnavailableError("another request is still trying to reach the store")
        try:
            if not self._prepared.is_set():
                adopt.make_ready(self._engine, self.keys)
                with writing(self._engine) as connection:
                    self._opening(connection)
                self._prepared.set()
        finally:
            self._preparing.release()

    def add(self, records: Sequence[DecisionRecord]) -> Sequence[Stored]:
        """Stores decisions, all or none; returns when they are on disk."""
        self.prepare()
        return self._writer.write(records)

    def with_keys(self, hashes: Mapping[str, str]) -> Mapping[str, Stored]:
        """The stored decision of each idempotency key that has one; `hashes` are those of the requests, by key."""
        self.prepare()
        # Rows of earlier versions have the key itself.
        at_rest = {form: key for key in hashes for form in (self.keys.token("idempotency", key), key)}
        with reading(self._engine) as connection:
            rows = decisions.with_keys(connection, list(at_rest))
            return {at_rest[form]: self._earlier(connection, row, hashes[at_rest[form]]) for form, row in rows.items()}

    def decision(self, decision_id: str) -> StoredDecision | None:
        """The decision with this id."""
        self.prepare()
        with reading(self._engine) as connection:
            row = decisions.get(connection, decision_id)
            if row is None:
                return None
            (found,) = contents.read(connection, self.keys, [row], CONTENT)
        return StoredDecision(row, content_of(found), altered=found is Unread.ALTERED)

    def search(
        self,
        equal: Mapping[str, str],
        since: str | None,
        before: str | None,
        below: int | None,
        limit: int,
        scope: Scope = EVERYTHING,
    ) -> list[DecisionSummary]:
        """Decisions newest first; see `api.ledger.decisions.search`. `customer` and `application` are in the clear."""
        self.prepare()
        at_rest = {n: self.keys.token(n, v) if n in decisions.TOKENS else v for n, v in equal.items()}
        with reading(self._engine) as connection:
            rows = decisions.search(connection, at_rest, since, before, below, limit, scope)
            found = contents.read(connection, self.keys, rows, READ)
        return summaries(rows, found)

    def newest(self, below: int | None, limit: int) -> list[tuple[int, str]]:
        """`seq` and id of decisions, the newest first, below a `seq`."""
        self.prepare()
        with reading(self._engine) as connection:
            return decisions.newest(connection, below, limit)

    def was_asked(self, row: DecisionRow, hashes: Sequence[str]) -> bool:
        """Whether the decision was made for a request with one of these hashes."""
        with reading(self._engine) as connection:
            keys = self._keys_of(connection, row)
        return any(asks_the_same(row, keys, sha256) for sha256 in hashes)

    def tell(self, entries: Sequence[Entry]) -> None:
        """Adds entries to the log that tell of no row."""
        self.prepare()
        with writing(self._engine) as connection:
            log.append(connection, entries)

    def opened(self, row: ProvedRow) -> Mapping[str, Opened] | None:
        """What `inputs`, `answer` and `trace` of a decision's row hold in clear; None once its key was destroyed.

        Raises `api.ledger.sealing.values.Unreadable` for what was altered (`StoredDecision` says so).
        """
        with reading(self._engine) as connection:
            key_id = row.columns["data_key_id"]
            keys = self.keys.by_id(connection, [key_id] if key_id is not None else [])
        return opened_columns(row.columns, keys)

    def release(self, release_id: str) -> ReleaseRecord | None:
        """The release with this id."""
        self.prepare()
        with reading(self._engine) as connection:
            return releases.get(connection, release_id)

    def releases(self) -> list[ReleaseSummary]:
        """All releases, the last stored first."""
        self.prepare()
        with reading(self._engine) as connection:
            return releases.newest_first(connection)

    def ping(self) -> None:
        """Returns when the database answers and is ready to be written to."""
        self.prepare()
        with reading(self._engine) as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Writes what waits and lets the connections go."""
        self._writer.close()
        self._engine.dispose()
        self.keys.key_store.close()

    def _keys_of(self, connection: Connection, row: DecisionRow) -> Mapping[str, DataKey]:
        return self.keys.by_id(connection, [row.data_key_id] if row.data_key_id else [])

    def _earlier(self, connection: Connection, row: DecisionRow, sha256: str) -> Stored:
        keys = self._keys_of(connection, row)
        if not asks_the_same(row, keys, sha256):
            return Stored(row.decision_id, None, created=False, same=False)
        (found,) = contents.read(connection, self.keys, [row], CONTENT)
        return Stored(row.decision_id, content_of(found), created=False, altered=found is Unread.ALTERED)

    def _commit(self, records: Sequence[DecisionRecord]) -> Sequence[Stored]:
        token = self.keys.token
        owners = [owner_of(record, token) for record in records]
        try:
            keys = self.keys.at_hand(owners)
            rows = [row_of(record, keys[owner], token) for record, owner in zip(records, owners, strict=True)]
            with writing(self._engine) as connection:
                log.lock(connection)
                settled = self.keys.settle(connection, keys, records[0].decided_at)
                if settled != keys:
                    rows = [row_of(r, settled[owner], token) for r, owner in zip(records, owners, strict=True)]
                held = decisions.add(connection, rows)
                stored = [self._settled(connection, *pair, held) for pair in zip(records, rows, strict=True)]
                created = [record for record, found in zip(records, stored, strict=True) if found.created]
                data_keys.add_lookups(connection, lookups_of(created, token))
        except StoreUnavailableError:
            # Whatever comes back may be another database: one restored, or emptied.
            self._prepared.clear()
            raise
        self.keys.remember(settled)
        return stored

    def _settled(
        self, connection: Connection, record: DecisionRecord, row: DecisionRow, held: Mapping[str, DecisionRow]
    ) -> Stored:
        earlier = held.get(row.idempotency_key or "", row)
        if earlier.decision_id != row.decision_id:
            return self._earlier(connection, earlier, record.request_sha256)
        return Stored(record.decision_id, Content(record.inputs, record.answer, record.trace), created=True)
