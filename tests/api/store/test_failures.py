"""A store that is full, read-only or gone gives no decision, and the service recovers by itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import event

from greenlane.api.ledger.database import open_database
from greenlane.api.ledger.errors import DatabaseUrlError, StoreUnavailableError
from greenlane.api.ledger.repository import Store
from tests.api.databases import OwnServer, fresh_database
from tests.api.store.records import RELEASE, content, read, record
from tests.api.store.stores import key_store


def test_a_full_disk(tmp_path: Path) -> None:
    """SQLite answers "database or disk is full"; nothing of the decision is stored; with room again it is."""
    pages = 80
    engine = open_database(f"sqlite:///{tmp_path}/greenlane.db")

    @event.listens_for(engine, "checkout")
    def limit(connection: object, *_others: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}").close()  # type: ignore[attr-defined]

    store = Store(engine, RELEASE, key_store(tmp_path), commit_timeout=5)
    small, large = record(), record(answer='{"x":"' + "A" * 2_000_000 + '"}')
    store.add([small])
    with pytest.raises(StoreUnavailableError):
        store.add([large])
    assert store.decision(large.decision_id) is None
    assert read(store, small.decision_id) == content(small)
    pages = 100_000
    assert store.add([large])[0].created
    store.close()


def test_a_read_only_database(tmp_path: Path) -> None:
    """A database that may only be read refuses decisions and still shows those it holds."""
    engine = open_database(f"sqlite:///{tmp_path}/greenlane.db")
    read_only = False

    @event.listens_for(engine, "checkout")
    def limit(connection: object, *_others: object) -> None:
        connection.execute(f"PRAGMA query_only = {int(read_only)}").close()  # type: ignore[attr-defined]

    store = Store(engine, RELEASE, key_store(tmp_path), commit_timeout=5)
    made = record()
    store.add([made])
    read_only = True
    with pytest.raises(StoreUnavailableError):
        store.add([record()])
    with pytest.raises(StoreUnavailableError):
        store.add([record()])
    read_only = False
    assert store.add([record()])[0].created
    assert read(store, made.decision_id) == content(made)
    store.close()


def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    """A database path below a file is unavailable, not a crash; it works once the path does."""
    (tmp_path / "var").write_text("in the way")
    store = Store(
        open_database(f"sqlite:///{tmp_path}/var/greenlane.db"), RELEASE, key_store(tmp_path), commit_timeout=5
    )
    with pytest.raises(StoreUnavailableError):
        store.ping()
    (tmp_path / "var").unlink()
    store.ping()
    store.close()


def test_postgresql_stopped_and_started(postgres: object, tmp_path: Path) -> None:
    """While the server is down nothing is acknowledged; when it is back, what was acknowledged is there."""
    if not isinstance(postgres, OwnServer):
        pytest.skip("the PostgreSQL server belongs to somebody else and may not be stopped")
    with fresh_database(postgres) as url:
        store = Store(open_database(url), RELEASE, key_store(tmp_path), commit_timeout=5)
        before = record()
        store.add([before])
        postgres.stop()
        try:
            for _ in range(2):
                with pytest.raises(StoreUnavailableError):
                    store.add([record()])
            with pytest.raises(StoreUnavailableError):
                store.decision(before.decision_id)
        finally:
            postgres.start()
        assert read(store, before.decision_id) == content(before)
        assert store.add([record()])[0].created
        store.close()


def test_a_database_emptied_under_the_service(database_url: str, tmp_path: Path) -> None:
    """A database that lost its tables is brought up again after the first failure."""
    from greenlane.api.ledger import migrate

    store = Store(open_database(database_url), RELEASE, key_store(tmp_path), commit_timeout=5)
    store.add([record()])
    engine = open_database(database_url)
    migrate.downgrade(engine, "base")
    engine.dispose()
    with pytest.raises(StoreUnavailableError):
        store.add([record()])
    assert store.add([record()])[0].created
    store.close()


@pytest.mark.parametrize("url", ["mysql://host/name", "sqlite://", "sqlite:///:memory:", "no address", "oracle://x"])
def test_other_databases_are_refused(url: str) -> None:
    """Only SQLite files and PostgreSQL keep what the service promises."""
    with pytest.raises(DatabaseUrlError):
        open_database(url)
