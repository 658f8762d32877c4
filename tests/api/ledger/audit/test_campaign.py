"""Whatever single thing is damaged in any table of a store, or in its witness file, the audit finds it."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import pytest
from sqlalchemy import Connection

from greenlane.api.ledger.audit.guard_check import GUARDS
from greenlane.api.ledger.audit.verification import verify, verify_in
from greenlane.api.ledger.database import Database
from greenlane.api.ledger.proof.signing_key import PublicKey
from tests.api.databases import Server, fresh_database
from tests.api.ledger.audit.damage import Damage, unprotect
from tests.api.ledger.audit.filled import fill
from tests.campaigns import figures


@pytest.fixture(autouse=True)
def remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a key signed a text is the same each time: most of each audit would be spent on asking again."""
    monkeypatch.setattr(PublicKey, "verifies", lru_cache(maxsize=None)(PublicKey.verifies))


@contextmanager
def unprotected(engine: Database) -> Iterator[Connection]:
    """A connection outside a transaction to a database whose triggers are gone."""
    with engine.reader.connect() as connection:
        if engine.dialect == "sqlite":
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        with connection.begin():
            unprotect(connection)
        yield connection


def campaign(engine: Database, witness: Path, number: int, seed: int) -> list[str]:
    """Damages the store `number` times, each undone; gives what was not found."""
    unnoticed = []
    with unprotected(engine) as connection:
        with connection.begin():
            damage = Damage(connection)
        for at in range(seed, seed + number):
            transaction = connection.begin()
            done = damage.one(at)
            if verify_in(connection, [witness]).clean:
                unnoticed.append(f"{at}: {done}")
            transaction.rollback()
        with connection.begin():
            assert verify_in(connection, [witness]).faults == []
    return unnoticed


def test_nothing_is_found_where_nothing_was_done(database_url: str, tmp_path: Path) -> None:
    """The control: a store with something of everything in it verifies, and everything in it was looked at."""
    engine = fill(database_url, tmp_path)
    found = verify(engine, [tmp_path / "heads.jsonl"])
    assert found.faults == []
    assert found.checked.pop(GUARDS) > 0
    assert found.checked == {
        "decisions": 128,
        "releases": 2,
        "release_evidence": 5,
        "release_steps": 7,
        "reviews": 6,
        "erasures": 2,
        "data_keys": 7,
        "decision_lookups": 94,
        "key_binding": 1,
        "log_events": 16,
        "log_keys": 2,
        "key_steps": 3,
        "log": 173,
        "heads": 53,
        str(tmp_path / "heads.jsonl"): 53,
    }
    engine.dispose()


def test_any_damage_to_sqlite_is_found(tmp_path: Path) -> None:
    """A few hundred of those that the long suite goes through."""
    engine = fill(f"sqlite:///{tmp_path}/greenlane.db", tmp_path)
    assert campaign(engine, tmp_path / "heads.jsonl", 200, 0) == []
    engine.dispose()


def test_any_damage_to_postgresql_is_found(postgres: Server, tmp_path: Path) -> None:
    """The same on the other database."""
    with fresh_database(postgres) as url:
        engine = fill(url, tmp_path)
        assert campaign(engine, tmp_path / "heads.jsonl", 50, 0) == []
        engine.dispose()


DAMAGES = int(os.environ.get("GREENLANE_TEST_DAMAGES", "10000"))
"""How many there are, a thousand in each store."""


@pytest.mark.long
def test_ten_thousand_damages(tmp_path: Path) -> None:
    """All found, in ten stores of different keys."""
    unnoticed = []
    for part in range(DAMAGES // 1000):
        (folder := tmp_path / str(part)).mkdir()
        engine = fill(f"sqlite:///{folder}/greenlane.db", folder, 200)
        unnoticed += campaign(engine, folder / "heads.jsonl", 1000, 1_000_000 + part * 1000)
        engine.dispose()
    figures.record("random damage", "SQLite", damages=DAMAGES, not_found=len(unnoticed))
    assert unnoticed == []


@pytest.mark.long
def test_a_thousand_damages_to_postgresql(postgres: Server, tmp_path: Path) -> None:
    """All found."""
    with fresh_database(postgres) as url:
        engine = fill(url, tmp_path, 200)
        unnoticed = campaign(engine, tmp_path / "heads.jsonl", 1000, 2_000_000)
        engine.dispose()
    figures.record("random damage", "PostgreSQL", damages=1000, not_found=len(unnoticed))
    assert unnoticed == []


def test_any_damage_to_the_witness_file_is_found(tmp_path: Path) -> None:
    """Any byte of any line changed, a line cut short, two lines mixed up; lines left out only tell less."""
    engine = fill(f"sqlite:///{tmp_path}/greenlane.db", tmp_path, 24)
    witness = tmp_path / "heads.jsonl"
    content, chance = witness.read_bytes(), random.Random(7)
    lines = content.splitlines(keepends=True)
    unnoticed = []
    for number in range(90):
        damaged = bytearray(content)
        at = chance.randrange(len(content))
        if number % 3:
            damaged[at] ^= chance.randrange(1, 256)
        else:
            del damaged[at:]
            if damaged.endswith((b"\n", b"}")) or not damaged:
                continue
        witness.write_bytes(bytes(damaged))
        if verify(engine, [witness]).clean:
            unnoticed.append((number, at))
    assert unnoticed == []
    witness.write_bytes(b"".join(lines[::2]))
    assert verify(engine, [witness]).clean
    engine.dispose()
