"""Whichever guard of the store is taken away, the audit names it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from greenlane.api.ledger import migrate
from greenlane.api.ledger.audit.guard_check import check_guards, triggers
from greenlane.api.ledger.audit.report import AuditReport
from greenlane.api.ledger.audit.verification import verify
from greenlane.api.ledger.database import Database, open_database
from greenlane.api.ledger.tables import metadata
from tests.api.databases import Server, fresh_database
from tests.api.ledger.audit.filled import fill

TRIGGERS = {dialect: {one.name: one for one in triggers(dialect)} for dialect in ("sqlite", "postgresql")}
INDEXES = dict(sorted((str(i.name), i) for t in metadata.sorted_tables for i in t.indexes))


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A SQLite database with its tables; each test undoes what it does."""
    folder = tmp_path_factory.mktemp("guards")
    yield from _migrated(f"sqlite:///{folder}/greenlane.db")


@pytest.fixture(scope="module")
def postgresql(postgres: Server) -> Iterator[Database]:
    """The same on PostgreSQL."""
    with fresh_database(postgres) as url:
        yield from _migrated(url)


def _migrated(url: str) -> Iterator[Database]:
    engine = open_database(url)
    migrate.upgrade(engine)
    yield engine
    engine.dispose()


def found_after(engine: Database, *statements: str) -> list[str]:
    """What the audit says of the guards after some statements, which are undone."""

    def do(connection: Connection) -> None:
        for statement in statements:
            connection.exec_driver_sql(statement)

    return found_when(engine, do)


def found_when(engine: Database, do: Callable[[Connection], None]) -> list[str]:
    """The same after whatever `do` does."""
    with engine.reader.connect() as connection:
        transaction = connection.begin()
        do(connection)
        findings = AuditReport()
        check_guards(connection, findings)
        transaction.rollback()
    return [f"{fault.key}: {fault.text.en}" for fault in findings.faults]


def test_all_are_there(database_url: str, tmp_path: Path) -> None:
    """The control, on a store in use; they are counted like everything else."""
    engine = fill(database_url, tmp_path, 8)
    found = verify(engine, [])
    assert found.faults == []
    assert found.checked["guards"] == {"sqlite": 68, "postgresql": 76}[engine.dialect]
    engine.dispose()


@pytest.mark.parametrize("name", TRIGGERS["sqlite"])
def test_a_trigger_of_sqlite(sqlite: Database, name: str) -> None:
    """Dropped, or made anew to do nothing."""
    trigger = TRIGGERS["sqlite"][name]
    assert found_after(sqlite, f"DROP TRIGGER {name}") == [f"{name}: this guard is missing"]
    idle = f"CREATE TRIGGER {name} BEFORE UPDATE ON {trigger.table} BEGIN SELECT 1; END"
    assert found_after(sqlite, f"DROP TRIGGER {name}", idle) == [f"{name}: this guard is not the one that was made"]


@pytest.mark.parametrize("name", TRIGGERS["postgresql"])
def test_a_trigger_of_postgresql(postgresql: Database, name: str) -> None:
    """Dropped, switched off, made anew for something else, or calling a function that does nothing any more."""
    trigger = TRIGGERS["postgresql"][name]
    table, function = trigger.table, trigger.function
    assert function is not None
    drop = f"DROP TRIGGER {name} ON {table}"
    assert found_after(postgresql, drop) == [f"{name}: this guard is missing"]
    off = [f"{name}: this guard is switched off"]
    assert found_after(postgresql, f"ALTER TABLE {table} DISABLE TRIGGER {name}") == off
    assert found_after(postgresql, f"ALTER TABLE {table} ENABLE REPLICA TRIGGER {name}") == off
    assert found_after(postgresql, f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}") == []
    other = f"{name}: this guard is not the one that was made"
    late = f"CREATE TRIGGER {name} AFTER DELETE ON {table} EXECUTE FUNCTION {function.name}()"
    assert found_after(postgresql, drop, late) == [other]
    idle = f"CREATE OR REPLACE FUNCTION {function.name}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
    assert other in found_after(postgresql, idle)


@pytest.mark.parametrize("name", INDEXES)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_an_index(request: pytest.FixtureRequest, kind: str, name: str) -> None:
    """Dropped, or made over another column."""
    engine: Database = request.getfixturevalue(kind)
    table = INDEXES[name].table
    missing = [f"index {name} ({', '.join(c.name for c in INDEXES[name].columns)}): this guard is missing"]
    assert found_after(engine, f"DROP INDEX {name}") == missing
    other = next(c.name for c in table.columns if c.name not in INDEXES[name].columns)
    assert found_after(engine, f"DROP INDEX {name}", f"CREATE INDEX {name} ON {table.name} ({other})") == missing


def test_every_constraint_of_postgresql(postgresql: Database) -> None:
    """Keys, unique columns and references, each dropped in turn, with what hangs on it."""
    query = text(
        "SELECT conrelid::regclass::text AS table, conname AS name, contype::text AS kind FROM pg_constraint "
        "WHERE contype IN ('p', 'u', 'f') AND connamespace = 'public'::regnamespace ORDER BY 1, 2"
    )
    with postgresql.reader.connect() as connection:
        rows = [row for row in connection.execute(query) if row.table in metadata.tables]
    assert len(rows) > 20
    words = {"p": "primary key", "u": "unique", "f": "references"}
    for row in rows:
        said = found_after(postgresql, f"ALTER TABLE {row.table} DROP CONSTRAINT {row.name} CASCADE")
        assert any(line.startswith(f"{row.table} ") and words[row.kind] in line for line in said), row


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
def test_a_table_of_sqlite_without_its_constraints(sqlite: Database, table: object) -> None:
    """SQLite drops a constraint only with its table: one that was made anew from its rows has none left."""
    name = table.name  # type: ignore[attr-defined]
    said = found_after(
        sqlite,
        f"CREATE TEMP TABLE plain AS SELECT * FROM {name}",
        f"DROP TABLE {name}",
        f"CREATE TABLE {name} AS SELECT * FROM plain",
    )
    (key,) = [line for line in said if line.startswith(f"{name} primary key (")]
    assert key.endswith(": this guard is missing")
    unique = [line for line in said if line.startswith(f"{name} unique (")]
    assert len(unique) == {"decisions": 2, "releases": 1, "data_keys": 1}.get(name, 0)
    references = [line for line in said if line.startswith(f"{name} (")]
    assert len(references) == len(table.foreign_key_constraints)  # type: ignore[attr-defined]


def test_in_chinese(sqlite: Database) -> None:
    """By the same name."""
    with sqlite.reader.connect() as connection, connection.begin() as transaction:
        connection.exec_driver_sql("DROP TRIGGER log_no_update")
        findings = AuditReport()
        check_guards(connection, findings)
        transaction.rollback()
    assert [(f.table, f.key, f.text.zh) for f in findings.faults] == [("guards", "log_no_update", "守护缺失")]


@pytest.mark.parametrize("revision", migrate.revisions())
def test_there_after_every_way_up_and_down(empty_database_url: str, revision: str) -> None:
    """Migrations leave all guards as a new database has them."""
    engine = open_database(empty_database_url)
    migrate.upgrade(engine, revision)
    migrate.upgrade(engine)
    assert verify(engine, []).faults == []
    migrate.downgrade(engine, revision)
    migrate.upgrade(engine)
    assert verify(engine, []).faults == []
    engine.dispose()
