"""Bringing a database to the tables this version needs, and back."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from api.store.database import StoreUnavailable, reading, writing

LOCK = 0x677265656E
"""The advisory lock that lets one process at a time migrate a PostgreSQL database."""


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


def current(engine: Engine) -> str | None:
    """The revision the database is at, None when it holds no tables of ours. Raises `StoreUnavailable`."""
    with reading(engine) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Brings the database up to `revision`; changes nothing when it is there. Raises `StoreUnavailable`."""
    with writing(engine) as connection:
        upgrade_in(connection, revision)


def upgrade_in(connection: Connection, revision: str = "head") -> None:
    """The same in a transaction that the caller has begun."""
    _lock(connection)
    command.upgrade(_config(connection), revision)


def bring_up_to_date(engine: Engine) -> None:
    """Makes the tables those of this version. Raises `StoreUnavailable`, also when they are those of a newer one."""
    found = current(engine)
    if found is not None and found not in revisions():
        raise StoreUnavailable("the tables are those of a newer version")
    if found != newest():
        upgrade(engine)


def downgrade(engine: Engine, revision: str) -> None:
    """Takes the database back to `revision` (`base`: no tables). Raises `StoreUnavailable`."""
    with writing(engine) as connection:
        _lock(connection)
        config = _config(connection)
        config.attributes["to"] = revision
        command.downgrade(config, revision)


def _lock(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
