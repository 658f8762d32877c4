"""Migrations lead up and down, with data in the tables."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from greenlane.api.ledger import migrate
from greenlane.api.ledger.database import open_database, writing
from greenlane.api.ledger.errors import StoreUnavailableError
from greenlane.api.ledger.tables import metadata
from tests.api.databases import Server, fresh_database
from tests.api.ledger.records import content, read, record
from tests.api.ledger.stores import open_stores, settle


@pytest.fixture
def database_url(empty_database_url: str) -> str:
    """These tests make their own tables."""
    return empty_database_url


def test_up_down_up_with_data(database_url: str, tmp_path: Path) -> None:
    """Taking the tables away and bringing them back works while they hold data; then they are empty."""
    store = open_stores(database_url, tmp_path)
    made = record()
    store.decisions.add([made])
    store.close()
    engine = open_database(database_url)
    migrate.downgrade(engine, "base")
    assert migrate.current(engine) is None
    assert set(inspect(engine.reader).get_table_names()) <= {"alembic_version"}
    migrate.upgrade(engine)
    assert migrate.current(engine) == migrate.newest()
    engine.dispose()
    settle(database_url, tmp_path)
    again = open_stores(database_url, tmp_path)
    assert again.decisions.decision(made.decision_id) is None
    again.close()


def test_upgrading_twice_changes_nothing(database_url: str, tmp_path: Path) -> None:
    """Data survive an upgrade to where the database already is."""
    store = open_stores(database_url, tmp_path)
    made = record()
    store.decisions.add([made])
    engine = open_database(database_url)
    migrate.upgrade(engine)
    engine.dispose()
    assert read(store.decisions, made.decision_id) == content(made)
    store.close()


def test_the_migrations_make_the_tables_of_the_code(database_url: str) -> None:
    """Columns and indexes in the database are those that the queries are written for."""
    engine = open_database(database_url)
    migrate.upgrade(engine)
    inspector = inspect(engine.reader)
    for table in metadata.sorted_tables:
        assert {c["name"] for c in inspector.get_columns(table.name)} == set(table.columns.keys())
        made = {i["name"] for i in inspector.get_indexes(table.name) if not i.get("unique")}
        assert made == {i.name for i in table.indexes}
    engine.dispose()


def test_tables_of_a_newer_version_are_left_alone(database_url: str, tmp_path: Path) -> None:
    """After going back to an older version of the service its store is not available, and nothing is changed."""
    engine = open_database(database_url)
    migrate.upgrade(engine)
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store = open_stores(database_url, tmp_path)
    with pytest.raises(StoreUnavailableError, match="newer version"):
        store.ledger.ping()
    with engine.reader.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"
    engine.dispose()
    store.close()


def test_several_processes_start_at_once(database_url: str, tmp_path: Path) -> None:
    """Workers that all find an empty database bring it up together without harm."""
    stores = [open_stores(database_url, tmp_path) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda each: each.ledger.ping(), stores))
    for store in stores:
        store.close()


def test_two_databases_at_once(tmp_path: Path) -> None:
    """In one process, each by a thread of its own."""
    engines = [open_database(f"sqlite:///{tmp_path}/{number}.db") for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(migrate.upgrade, engines))
    for engine in engines:
        assert migrate.current(engine) == migrate.newest()
        engine.dispose()


def test_a_table_that_somebody_uses(postgres: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL: is not waited for so long that everybody else waits behind; what the migration does may take long."""
    monkeypatch.setattr(migrate, "WAIT_MILLISECONDS", 50)
    with fresh_database(postgres) as url:
        engine = open_database(url)
        migrate.upgrade(engine, "0006")
        with engine.reader.connect() as other:
            other.execute(text("LOCK TABLE decisions IN ACCESS SHARE MODE"))
            with pytest.raises(StoreUnavailableError):
                migrate.upgrade(engine)
        assert migrate.current(engine) == "0006"
        with writing(engine) as connection:
            migrate.upgrade_in(connection)
            assert connection.execute(text("SHOW statement_timeout")).scalar_one() == "0"
        engine.dispose()
