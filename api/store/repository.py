"""The store as the services see it: prepared by itself, decisions written in groups."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from sqlalchemy import Engine, text

from api.principals import EVERYTHING, Scope
from api.store import adopt, decisions, releases
from api.store.database import StoreUnavailable, reading, writing
from api.store.group_commit import GroupCommit
from api.store.life import Opening, ReleaseLife, open_with
from api.store.log_view import LogView, Opened, ProvedRow
from api.store.records import DecisionRecord, DecisionSummary, ReleaseRecord, ReleaseSummary, Stored

BEGINNING = "0001-01-01T00:00:00.000000Z"
PREPARE_SECONDS = 5
"""How long a request waits while another one tries to reach a store that is away."""


class Store:
    """Decisions and releases in one database. Safe for many threads; one per process.

    Tables are brought up to date, and `release` is stored, the first time the database can be reached: as the one that
    decides, or as the first of the store, in force from `since`, where it has none (`opening`). `life` holds the steps
    of releases. Every method raises `StoreUnavailable` when the database cannot do its part, and works again once it
    can.
    """

    def __init__(
        self,
        engine: Engine,
        release: ReleaseRecord | None,
        commit_timeout: float = 10.0,
        observe: Callable[[int, float], None] = lambda _size, _seconds: None,
        opening: Opening = "loaded",
        since: str = BEGINNING,
    ) -> None:
        self._engine = engine
        self._opening = partial(open_with, release=release, opening=opening, since=since)
        self.life = ReleaseLife(engine, self.prepare)
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
            raise StoreUnavailable("another request is still trying to reach the store")
        try:
            if not self._prepared.is_set():
                adopt.make_ready(self._engine)
                with adopt.keyed(), writing(self._engine) as connection:
                    self._opening(connection)
                self._prepared.set()
        finally:
            self._preparing.release()

    def add(self, records: Sequence[DecisionRecord]) -> Sequence[Stored]:
        """Stores decisions, all or none; returns when they are on disk."""
        self.prepare()
        return self._writer.write(records)

    def with_keys(self, keys: Sequence[str]) -> Mapping[str, Stored]:
        """The stored decision of each idempotency key that has one."""
        self.prepare()
        with reading(self._engine) as connection:
            return decisions.with_keys(connection, keys)

    def decision(self, decision_id: str) -> DecisionRecord | None:
        """The decision with this id."""
        self.prepare()
        with reading(self._engine) as connection:
            return decisions.get(connection, decision_id)

    def search(
        self,
        equal: Mapping[str, str],
        since: str | None,
        before: str | None,
        below: int | None,
        limit: int,
        scope: Scope = EVERYTHING,
    ) -> list[DecisionSummary]:
        """Decisions newest first; see `api.store.decisions.search`."""
        self.prepare()
        with reading(self._engine) as connection:
            return decisions.search(connection, equal, since, before, below, limit, scope)

    def opened(self, row: ProvedRow) -> Mapping[str, Opened] | None:
        """What `inputs`, `answer` and `trace` of a decision's row hold in clear; None once they cannot be read."""
        columns = row.columns
        return {
            "inputs": Opened(columns["inputs"].encode()),
            "answer": Opened(columns["answer"].encode()),
            "trace": Opened(columns["trace"]),
        }

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

    def _commit(self, records: Sequence[DecisionRecord]) -> Sequence[Stored]:
        try:
            with adopt.keyed(), writing(self._engine) as connection:
                return decisions.add(connection, records)
        except StoreUnavailable:
            # Whatever comes back may be another database: one restored, or emptied.
            self._prepared.clear()
            raise
