"""The store as the services see it: prepared by itself, decisions written in groups."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import Engine, text

from api.json_text import canonical
from api.proof.keys import KeyRefused
from api.store import adopt, decisions, migrate, releases
from api.store.database import StoreUnavailable, reading, writing
from api.store.group_commit import GroupCommit
from api.store.records import DecisionRecord, DecisionSummary, ReleaseRecord, ReleaseSummary, Stored

PREPARE_SECONDS = 5
"""How long a request waits while another one tries to reach a store that is away."""


class Store:
    """Decisions and releases in one database. Safe for many threads; one per process.

    Tables are brought up to date, and `release` is stored, the first time the database can be reached. Every method
    raises `StoreUnavailable` when the database cannot do its part, and works again once it can.
    """

    def __init__(
        self,
        engine: Engine,
        release: ReleaseRecord,
        commit_timeout: float = 10.0,
        observe: Callable[[int, float], None] = lambda _size, _seconds: None,
    ) -> None:
        self._engine = engine
        self._release = release
        self._prepared = threading.Event()
        self._preparing = threading.Lock()
        self._writer: GroupCommit[DecisionRecord, Stored] = GroupCommit(self._commit, commit_timeout, observe)

    def prepare(self) -> None:
        """Brings the tables up to date, begins the log and stores the release that decides now."""
        if self._prepared.is_set():
            return
        if not self._preparing.acquire(timeout=PREPARE_SECONDS):
            raise StoreUnavailable("another request is still trying to reach the store")
        try:
            if not self._prepared.is_set():
                self._bring_up_to_date()
                with _keyed(), writing(self._engine) as connection:
                    adopt.begin(connection)
                    releases.add(connection, self._release, canonical)
                with reading(self._engine) as connection:
                    adopt.catch_up(connection)
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
        self, equal: Mapping[str, str], since: str | None, before: str | None, below: int | None, limit: int
    ) -> list[DecisionSummary]:
        """Decisions newest first; see `api.store.decisions.search`."""
        self.prepare()
        with reading(self._engine) as connection:
            return decisions.search(connection, equal, since, before, below, limit)

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

    def _bring_up_to_date(self) -> None:
        found = migrate.current(self._engine)
        if found is not None and found not in migrate.revisions():
            raise StoreUnavailable("the tables are those of a newer version")
        if found != migrate.newest():
            migrate.upgrade(self._engine)

    def _commit(self, records: Sequence[DecisionRecord]) -> Sequence[Stored]:
        try:
            with _keyed(), writing(self._engine) as connection:
                return decisions.add(connection, records)
        except StoreUnavailable:
            # Whatever comes back may be another database: one restored, or emptied.
            self._prepared.clear()
            raise


@contextmanager
def _keyed() -> Iterator[None]:
    """Nothing is stored that cannot be proved: without the log's signing key the store is not available."""
    try:
        yield
    except KeyRefused as refused:
        raise StoreUnavailable(str(refused)) from refused
