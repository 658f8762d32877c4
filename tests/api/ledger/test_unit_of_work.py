"""A unit of work is stored whole or not at all; a store that is full, read-only or gone recovers by itself."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import event, func, select

from greenlane.api.ledger import migrate
from greenlane.api.ledger.audit.verification import verify
from greenlane.api.ledger.database import Database, open_database, reading
from greenlane.api.ledger.errors import DatabaseUrlError, LogForkError, SigningKeyError, StoreUnavailableError
from greenlane.api.ledger.log import NewEntry
from greenlane.api.ledger.proof.signing_key import new_signing_key
from greenlane.api.ledger.tables import log
from greenlane.api.ledger.unit_of_work import Ledger, UnitOfWork
from tests.api.databases import OwnServer, fresh_database
from tests.api.ledger.records import content, read, record
from tests.api.ledger.stores import Stores, key_store, open_stores, settle, signer_in


def counted(engine: Database, part: str) -> list[str]:
    """A list that gets each statement from now on that has this part."""
    found: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if part in statement:
            found.append(statement)

    for begun in {engine.reader, engine.writer}:
        event.listen(begun, "before_cursor_execute", count)
    return found


def entries(engine: Database) -> int:
    """How many entries the log has."""
    with reading(engine) as connection:
        return int(connection.execute(select(func.count()).select_from(log)).scalar_one())


def test_the_end_of_the_log_is_read_once(store: Stores) -> None:
    """And it is locked once, however much is added in a unit of work."""
    store.ledger.open()
    engine = store.ledger.database
    locks, heads = counted(engine, "pg_advisory_xact_lock"), counted(engine, "ORDER BY log.position DESC")
    before = entries(engine)
    with store.ledger.writing() as work:
        for number in range(3):
            assert work.log.next_position() == before + number
            work.append([NewEntry("note", f"{number}", {})])
    assert len(heads) == 1
    assert len(locks) == (engine.dialect == "postgresql")
    assert entries(engine) == before + 3
    assert verify(engine, []).clean


def test_a_unit_of_work_that_fails(store: Stores, tmp_path: Path) -> None:
    """Leaves no row, no entry, no head in the witness file, and no data key to seal with."""
    store.ledger.open()
    engine, keys = store.ledger.database, store.ledger.keys
    before, witnessed = entries(engine), (tmp_path / "heads.jsonl").read_bytes()
    owner = keys.owner("somebody", "d", "2026", "DONE")
    with suppress(RuntimeError), store.ledger.writing() as work:
        lost = work.settle(keys.at_hand([owner]), "now")[owner]
        work.append([NewEntry("note", "x", {})])
        raise RuntimeError
    assert (entries(engine), (tmp_path / "heads.jsonl").read_bytes()) == (before, witnessed)
    with store.ledger.reading() as look:
        assert look.data_keys([lost.id]) == {}
    assert keys.at_hand([owner])[owner].id != lost.id


def test_opened_once_by_whoever_comes_first(database_url: str, tmp_path: Path) -> None:
    """What a process does at its start it does once, before anything else is read or written."""
    started: list[int] = []
    ledger = Ledger(
        open_database(database_url), key_store(tmp_path), signer_in(tmp_path), lambda _work: started.append(1)
    )
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: ledger.ping(), range(16)))
    assert started == [1]
    ledger.close()


def test_nobody_waits_long_for_a_store_that_is_away(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one request tries to reach it the others are told so."""
    monkeypatch.setattr("greenlane.api.ledger.unit_of_work.OPENING_SECONDS", 0.05)
    entered, leave = threading.Event(), threading.Event()

    def wait(_work: UnitOfWork) -> None:
        entered.set()
        leave.wait(5)

    ledger = Ledger(open_database(database_url), key_store(tmp_path), signer_in(tmp_path), wait)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(ledger.ping)
        entered.wait(5)
        with pytest.raises(StoreUnavailableError, match="another request is still trying"):
            ledger.ping()
        leave.set()
        first.result()
    ledger.ping()
    ledger.close()


def test_without_the_key_of_the_log(store: Stores) -> None:
    """Nothing is stored, which is one way of being unavailable; what is stored can be read all the same."""
    made = record()
    store.decisions.add([made])
    with store.ledger.writing() as work:
        work.log.rotate(new_signing_key())
    before = entries(store.ledger.database)
    with pytest.raises(StoreUnavailableError) as refused, store.ledger.writing() as work:
        work.append([NewEntry("note", "x", {})])
    assert isinstance(refused.value, SigningKeyError)
    assert entries(store.ledger.database) == before
    assert read(store.decisions, made.decision_id) == content(made)


def test_a_full_disk(tmp_path: Path) -> None:
    """SQLite answers "database or disk is full"; nothing of the decision is stored; with room again it is."""
    pages = 80
    engine = open_database(f"sqlite:///{tmp_path}/greenlane.db")

    @event.listens_for(engine.reader, "checkout")
    def limit(connection: object, *_others: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}").close()  # type: ignore[attr-defined]

    store = open_stores(engine, tmp_path)
    small, large = record(), record(answer=b'{"x":"' + b"A" * 2_000_000 + b'"}')
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

    @event.listens_for(engine.reader, "checkout")
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
    """A database that lost its tables is brought up again, once somebody settles that what was signed is gone."""
    store = open_stores(database_url, tmp_path)
    store.decisions.add([record()])
    engine = open_database(database_url)
    migrate.downgrade(engine, "base")
    engine.dispose()
    with pytest.raises(StoreUnavailableError):
        store.decisions.add([record()])
    with pytest.raises(LogForkError):
        store.decisions.add([record()])
    settle(database_url, tmp_path)
    assert store.decisions.add([record()])[0].created
    store.close()


@pytest.mark.parametrize("url", ["mysql://host/name", "sqlite://", "sqlite:///:memory:", "no address", "oracle://x"])
def test_other_databases_are_refused(url: str) -> None:
    """Only SQLite files and PostgreSQL keep what the service promises."""
    with pytest.raises(DatabaseUrlError):
        open_database(url)
