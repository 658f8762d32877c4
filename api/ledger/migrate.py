"""Bringing a database to the tables this version needs, and back, by Alembic; one process at a time. SQL."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from greenlane.api.ledger.database import Database, reading, writing
from greenlane.api.ledger.errors import StoreUnavailableError

LOCK = 0x677265656E
"""The advisory lock that lets one process at a time migrate a PostgreSQL database."""

WAIT_MILLISECONDS = 5000
"""How long a migration of a PostgreSQL database waits for a table that others use; then it is tried again later."""

_ALEMBIC = threading.Lock()
"""Alembic keeps the migration that runs in globals: one at a time in a process, whichever database it is of."""


class DowngradeError(Exception):
    """The tables that a database is to go back to cannot hold what is in it; `lost` says what, and how many of each."""

    def __init__(self, revision: str, lost: Sequence[str]) -> None:
        self.lost = tuple(lost)
        super().__init__(f"the tables of {revision} cannot hold what is stored")


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def newest() -> str:
    """The revision this version of the service needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise LookupError("there are no migrations")
    return head


def revisions() -> tuple[str, ...]:
    """Every revision, oldest first."""
    found = ScriptDirectory.from_config(_config()).walk_revisions()
    return tuple(reversed([script.revision for script in found]))


def current(database: Database) -> str | None:
    """The revision the database is at, None when it holds no tables of ours. Raises `StoreUnavailableError`."""
    with reading(database) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(database: Database, revision: str = "head") -> None:
    """Brings the database up to `revision`; changes nothing when it is there. Raises `StoreUnavailableError`."""
    with writing(database) as connection:
        upgrade_in(connection, revision)


def upgrade_in(connection: Connection, revision: str = "head") -> None:
    """The same in a transaction that the caller has begun."""
    _lock(connection)
    with _ALEMBIC:
        command.upgrade(_config(connection), revision)


def bring_up_to_date(database: Database) -> None:
    """Makes the tables those of this version. Raises `StoreUnavailableError`, also where they are of a newer one."""
    found = current(database)
    if found is not None and found not in revisions():
        raise StoreUnavailableError("the tables are those of a newer version")
    if found != newest():
        upgrade(database)


def downgrade(database: Database, revision: str) -> None:
    """Takes the database back to `revision`, with all it holds, if it is beyond it; `base` drops everything.

    Raises `DowngradeError` when the tables of that revision could not hold what is there, `StoreUnavailableError`,
    also when the tables are those of a newer version. Nothing is changed then.
    """
    with writing(database) as connection:
        _lock(connection)
        config = _config(connection)
        config.attributes["to"] = revision
        undone = _undone(connection, revision)
        lost = _lost(connection, undone) if revision != "base" else ()
        if lost:
            raise DowngradeError(revision, lost)
        if undone:
            with _ALEMBIC:
                command.downgrade(config, revision)


def _undone(connection: Connection, revision: str) -> Sequence[str]:
    """The revisions that the database is beyond `revision`."""
    found, known = MigrationContext.configure(connection).get_current_revision(), revisions()
    if found is None:
        return ()
    if found not in known:
        raise StoreUnavailableError("the tables are those of a newer version")
    first = 0 if revision == "base" else known.index(revision) + 1
    return known[first : known.index(found) + 1]


def _lost(connection: Connection, undone: Sequence[str]) -> list[str]:
    """What the tables and columns hold that these revisions made."""
    scripts = ScriptDirectory.from_config(_config())
    counted = [
        (what, connection.execute(text(query)).scalar_one())
        for revision in undone
        for what, query in scripts.get_revision(revision).module.HELD.items()
    ]
    return [f"{what}: {number:,}" for what, number in counted if number]


def _lock(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        # An index takes as long as there are rows. Whoever waits for a table has everybody else wait behind it.
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {WAIT_MILLISECONDS}")
