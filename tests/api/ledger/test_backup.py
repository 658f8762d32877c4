"""Copies of the database are whole, hold what was acknowledged, and can be served from."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from greenlane.api.ledger.audit.verification import verify
from greenlane.api.ledger.copying import BackupError, back_up
from greenlane.api.ledger.database import open_database
from greenlane.api.ledger.errors import LogForkError
from tests.api.databases import OwnServer, fresh_database
from tests.api.ledger.records import record
from tests.api.ledger.stores import Stores, open_stores, settle


@contextmanager
def _writing(store: Stores) -> Iterator[None]:
    """Decisions are stored all the while."""
    ended = threading.Event()

    def work() -> None:
        while not ended.is_set():
            store.decisions.add([record()])

    writers = [threading.Thread(target=work) for _ in range(3)]
    for writer in writers:
        writer.start()
    try:
        yield
    finally:
        ended.set()
        for writer in writers:
            writer.join()


def _holds(url: str, directory: Path, made: list[str]) -> None:
    """Asserts that a database verifies, holds these decisions under the keys there, and takes another.

    The copy lacks what was decided while it was made: nothing is signed before somebody settles that.
    """
    engine = open_database(url)
    findings = verify(engine, ())
    assert findings.clean, findings.faults
    refused = open_stores(engine, directory)
    with pytest.raises(LogForkError, match="is the database an older copy"):
        refused.decisions.add([record()])
    refused.decisions.close()
    settle(engine, directory)
    store = open_stores(engine, directory)
    assert all(store.decisions.decision(decision_id) is not None for decision_id in made)
    assert store.decisions.add([record()])[0].created
    found = verify(engine, [directory / "heads.jsonl"])
    assert (found.faults, len(found.settled)) == ([], 1)
    store.close()


def test_a_copy_taken_under_load(tmp_path: Path) -> None:
    """SQLite: everything acknowledged before the copy began is in it, and the log in it verifies."""
    store = open_stores(f"sqlite:///{tmp_path}/greenlane.db", tmp_path)
    made = [record() for _ in range(20)]
    store.decisions.add(made)
    other = open_database(f"sqlite:///{tmp_path}/greenlane.db")
    with _writing(store):
        assert back_up(other, tmp_path / "copy.db") > 0
    other.dispose()
    store.close()
    _holds(f"sqlite:///{tmp_path}/copy.db", tmp_path, [r.decision_id for r in made])


def test_a_copy_never_overwrites(tmp_path: Path) -> None:
    """A file that is there stays as it is, and no half copy is left."""
    store = open_stores(f"sqlite:///{tmp_path}/greenlane.db", tmp_path)
    store.decisions.add([record()])
    (tmp_path / "copy.db").write_text("mine")
    engine = open_database(f"sqlite:///{tmp_path}/greenlane.db")
    with pytest.raises(BackupError, match="is there already: name a new file"):
        back_up(engine, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "mine"
    assert not list(tmp_path.glob("*.part"))
    engine.dispose()
    store.close()


def test_postgresql_has_tools_of_its_own(postgres: OwnServer) -> None:
    """The command says which, rather than do less than they."""
    engine = open_database(postgres.url)
    with pytest.raises(BackupError, match="pg_dump"):
        back_up(engine, Path("copy.db"))
    engine.dispose()


def test_a_dump_of_postgresql_taken_under_load(postgres: OwnServer, tmp_path: Path) -> None:
    """PostgreSQL: pg_dump and pg_restore give a database that verifies and is served from."""
    if not isinstance(postgres, OwnServer):
        pytest.skip("the tools of a server that belongs to somebody else are not at hand")
    tools, dump = postgres.tools, tmp_path / "dump"
    with fresh_database(postgres) as url, fresh_database(postgres) as restored:
        store = open_stores(url, tmp_path)
        made = [record() for _ in range(20)]
        store.decisions.add(made)
        with _writing(store):
            subprocess.run([tools / "pg_dump", "--format=custom", f"--file={dump}", url], check=True)
        store.close()
        subprocess.run([tools / "pg_restore", "--no-owner", f"--dbname={restored}", dump], check=True)
        _holds(restored, tmp_path, [r.decision_id for r in made])
