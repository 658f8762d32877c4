"""A store that is full, read-only or gone gives no decision, and the service recovers by itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import event

from greenlane.api.ledger import migrate
from greenlane.api.ledger.database import open_database
from greenlane.api.ledger.errors import DatabaseUrlError, StoreUnavailableError
from tests.api.databases import OwnServer, fresh_database
from tests.api.ledger.records import content, read, record
from tests.api.ledger.stores import open_stores


def test_a_full_disk(tmp_path: Path) -> None:
    """SQLite answers "database or disk is full"; nothing of the decision is stored; with room again it is."""
    pages = 80
    engine = open_database(f"sqlite:///{tmp_path}/greenlane.db")

    @event.listens_for(engine, "checkout")
    def limit(connection: object, *_others: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}").close()  # type: ignore[attr-defined]

    store = open_stores(engine, tmp_path)
    small, large = record(), record(answer='{"x":"' + "A" * 2_000_000 + '"}')
    store.decisions.add([small])
    with pytest.raises(StoreUnavailableError):
        store.decisions.add([large])
    assert store.decisions.decision(large.decision_id) is None
    assert read(store.decisions, small.decision_id) == content(small)
    pages = 100_000
    assert store.decisions.add([large])[0].created
    store.close()


def test_a_read_only_database(tmp_path: Path) -> None:
    """A database that may only be read refuses decisions and still shows those it holds."""
    engine = open_database(f"sqlite:///{tmp_path}/greenlane.db")
    read_only = False

    @event.listens_for(engine, "checkout")
    def limit(connection: object, *_others: object) -> None:
        connection.execute(f"PRAGMA query_only = {int(read_only)}").close()  # type: ignore[attr-defined]

    store = open_stores(engine, tmp_path)
    made = record()
    store.decisions.add([made])
    read_only = True
    with pytest.raises(StoreUnavailableError):
        store.decisions.add([record()])
    with pytest.raises(StoreUnavailableError):
        store.decisions.add([record()])
    read_only = False
    assert store.decisions.add([record()])[0].created
    assert read(store.decisions, made.decision_id) == content(made)
    store.close()


def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    """A database path below a file is unavailable, not a crash; it works once the path does."""
    (tmp_path / "var").write_text("in the way")
    store = open_stores(f"sqlite:///{tmp_path}/var/greenlane.db", tmp_path)
    with pytest.raises(StoreUnavailableError):
        store.ledger.ping()
    (tmp_path / "var").unlink()
    store.ledger.ping()
    store.close()


def test_postgresql_stopped_and_started(postgres: object, tmp_path: Path) -> None:
    """While the server is down nothing is acknowledged; when it is back, what was acknowledged is there."""
    if not isinstance(postgres, OwnServer):
        pytest.skip("the PostgreSQL server belongs to somebody else and may not be stopped")
    with fresh_database(postgres) as url:
        store = open_stores(url, tmp_path)
        before = record()
        store.decisions.add([before])
        postgres.stop()
        try:
            for _ in range(2):
                with pytest.raises(StoreUnavailableError):
                    store.decisions.add([record()])
            with pytest.raises(StoreUnavailableError):
                store.decisions.decision(before.decision_id)
        finally:
            postgres.start()
        assert read(store.decisions, before.decision_id) == content(before)
        assert store.decisions.add([record()])[0].created
        store.close()


def test_a_database_emptied_under_the_service(database_url: str, tmp_path: Path) -> None:
    """A database that lost its tables is brought up again after the first failure."""
    store = open_stores(database_url, tmp_path)
    store.decisions.add([record()])
    engine = open_database(database_url)
    migrate.downgrade(engine, "base")
    engine.dispose()
    with pytest.raises(StoreUnavailableError):
        store.decisions.add([record()])
    assert store.decisions.add([record()])[0].created
    store.close()


@pytest.mark.parametrize("url", ["mysql://host/name", "sqlite://", "sqlite:///:memory:", "no address", "oracle://x"])
def test_other_databases_are_refused(url: str) -> None:
    """Only SQLite files and PostgreSQL keep what the service promises."""
    with pytest.raises(DatabaseUrlError):
        open_database(url)
