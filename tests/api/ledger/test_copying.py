"""A store moved to another database is the same store: every row, hash and head; and it goes on."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import inspect, select, text

from greenlane.api.ledger.audit.verification import verify
from greenlane.api.ledger.copying import CopyError, copy_store
from greenlane.api.ledger.database import Database, open_database, writing
from greenlane.api.ledger.errors import StoreUnavailableError
from greenlane.api.ledger.key_store import KeyStore
from greenlane.api.ledger.sealing.master_key import key_ring
from greenlane.api.ledger.tables import metadata
from tests.api.databases import Server, fresh_database
from tests.api.ledger.audit.damage import unprotect
from tests.api.ledger.audit.filled import fill
from tests.api.ledger.records import content, read, record
from tests.api.ledger.stores import key_store, open_stores


def silent(_done: int, _total: int) -> None:
    """Nobody watches."""


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Database]:
    """A SQLite store with rows in every table."""
    made = fill(f"sqlite:///{tmp_path}/greenlane.db", tmp_path, 16)
    yield made
    made.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        made = open_database(f"sqlite:///{tmp_path}/target.db")
        yield made
        made.dispose()
        return
    with fresh_database(request.getfixturevalue("postgres")) as url:
        made = open_database(url)
        yield made
        made.dispose()


def rows(engine: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in a store, by table."""
    with engine.reader.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
        }


def test_there_and_back(source: Database, postgres: Server, tmp_path: Path) -> None:
    """From SQLite to PostgreSQL and back: the same rows, the same head under the same witness, and it goes on."""
    witness = tmp_path / "heads.jsonl"
    with fresh_database(postgres) as url:
        there = open_database(url)
        found = copy_store(source, there, [witness], silent)
        assert rows(there) == rows(source)
        before = verify(source, [witness])
        assert (found.size, found.root) == (before.size, before.root)
        assert verify(there, [witness]).clean
        store = open_stores(there, tmp_path)
        made = record(idempotency_key="k-new")
        store.decisions.add([made])
        back = open_database(f"sqlite:///{tmp_path}/back.db")
        copy_store(there, back, [witness], silent)
        assert rows(back) == rows(there)
        store.close()
        again = open_stores(back, tmp_path)
        assert read(again.decisions, made.decision_id) == content(made)
        again.decisions.add([record()])
        assert verify(back, [witness]).faults == []
        again.close()


def test_how_far_it_is(source: Database, target: Database, tmp_path: Path) -> None:
    """Every row and every entry is counted, up to all of them."""
    told: list[tuple[int, int]] = []
    copy_store(source, target, [], lambda done, total: told.append((done, total)))
    total = sum(len(found) for found in rows(source).values()) + len(rows(source)["log"])
    assert told[-1] == (total, total)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert {of for _, of in told} == {total}


def test_a_target_that_is_not_empty(source: Database, target: Database, tmp_path: Path) -> None:
    """Is refused, whatever is in it, and left as it is; so is the source itself."""
    with writing(target) as connection:
        connection.execute(text("CREATE TABLE mine (x INTEGER)"))
    with pytest.raises(CopyError, match="the target is not empty: it has the table `mine`"):
        copy_store(source, target, [], silent)
    assert inspect(target.reader).get_table_names() == ["mine"]
    same = open_database(f"sqlite:///{tmp_path}/../{tmp_path.name}/greenlane.db")
    with pytest.raises(CopyError, match="not empty"):
        copy_store(source, same, [], silent)
    same.dispose()
    assert verify(source, []).clean


def nothing_in(target: Database) -> bool:
    """Whether the target is as empty as it was, and no file was made for it."""
    if target.dialect == "sqlite":
        return not list(target.file.parent.glob("target.db*"))
    return inspect(target.reader).get_table_names() == []


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("UPDATE decisions SET tier = 'x' WHERE seq = 7", "the log does not verify in the copy: decisions/"),
        ("DELETE FROM log WHERE position = 7", "the log does not verify in the copy: log/7..7: entries are missing"),
        ("UPDATE erasures SET data_key_id = 'x'", "`erasures` holds what the other database does not take: "),
    ],
)
def test_a_damaged_store_is_not_moved(source: Database, target: Database, damage: str, said: str) -> None:
    """A fault in the source is told, and nothing is left in the target."""
    with source.reader.connect() as connection:
        connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        with connection.begin():
            unprotect(connection)
            connection.execute(text(damage))
    with pytest.raises(CopyError) as refused:
        copy_store(source, target, [], silent)
    assert str(refused.value).startswith(said)
    assert "greenlane audit verify" in refused.value.hints[0]
    assert nothing_in(target)


def test_what_postgresql_cannot_hold(source: Database, postgres: Server) -> None:
    """A text that only SQLite takes is refused with the table that has it."""
    with fresh_database(postgres) as url:
        target = open_database(url)
        with writing(source) as connection:
            unprotect(connection)
            connection.execute(text("UPDATE log_events SET content = 'a' || char(0)"))
        with pytest.raises(CopyError, match="`log_events` holds what the other database does not take"):
            copy_store(source, target, [], silent)
        assert nothing_in(target)
        target.dispose()


def test_an_interrupted_copy(source: Database, target: Database) -> None:
    """Leaves nothing behind, and the source can be written to again."""

    def interrupt(done: int, total: int) -> None:
        if done > total / 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_store(source, target, [], interrupt)
    assert nothing_in(target)
    copy_store(source, target, [], silent)
    assert rows(target) == rows(source)


def test_a_connection_that_is_lost(source: Database, postgres: Server) -> None:
    """PostgreSQL ends the connection in the middle: the store is not available, and nothing is in the target."""
    with fresh_database(postgres) as url:
        target = open_database(url)

        def cut(done: int, total: int) -> None:
            if done > total / 3:
                with psycopg.connect(postgres.url, autocommit=True) as connection:
                    connection.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                        [target.reader.url.database],
                    )

        with pytest.raises(StoreUnavailableError):
            copy_store(source, target, [], cut)
        assert nothing_in(target)
        target.dispose()


def test_tables_of_another_version(source: Database, target: Database) -> None:
    """Only a store of this version is moved, since its log must verify."""
    with writing(source) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0004'"))
    with pytest.raises(CopyError, match="not those of this version"):
        copy_store(source, target, [], silent)


def test_nobody_writes_meanwhile(source: Database, target: Database, tmp_path: Path) -> None:
    """A service that was forgotten cannot store what the copy would lack: its requests wait, then fail."""
    url = f"sqlite:///{tmp_path}/greenlane.db"
    store = open_stores(url, tmp_path, commit_timeout=0.2)
    store.ledger.ping()
    refused = []

    def decide(done: int, total: int) -> None:
        if not refused:
            with pytest.raises(StoreUnavailableError) as found:
                store.decisions.add([record()])
            refused.append(found.value)

    copy_store(source, target, [], decide)
    assert len(refused) == 1
    store.close()


def test_the_key_store_moves_as_well(postgres: Server, tmp_path: Path) -> None:
    """The keys stay wrapped by the same master key; a file of them is its owner's alone."""
    before = key_store(tmp_path)
    name = before.open().name
    before.add({"a" * 32: b"s" * 32})
    with fresh_database(postgres) as url:
        assert before.copy_to(url) == 2
        with pytest.raises(CopyError, match="not empty"):
            before.copy_to(url)
        there = KeyStore(url, key_ring(None, tmp_path / "keys" / "master.key"))
        assert there.open() == before.open()
        assert there.get(["a" * 32]) == {"a" * 32: b"s" * 32}
        assert there.copy_to(f"sqlite:///{tmp_path}/other/back.db") == 2
        there.close()
    back = KeyStore(f"sqlite:///{tmp_path}/other/back.db", key_ring(None, tmp_path / "keys" / "master.key"))
    assert back.open().name == name
    assert stat.S_IMODE((tmp_path / "other" / "back.db").stat().st_mode) == 0o600
    back.close()
    before.close()
