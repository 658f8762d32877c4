"""A copy of a SQLite database that is whole, taken while the service goes on."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from greenlane.api.ledger.errors import StoreUnavailableError


class BackupError(Exception):
    """No copy was made; the text says why and what to do."""


def back_up(engine: Engine, file: Path) -> int:
    """Writes the database as it is at this moment to a new file, on disk when this returns; gives its bytes.

    Decisions go on being made; those acknowledged before the call are in the copy. The copy holds nothing of deleted
    rows. Raises `BackupError` for PostgreSQL (use its own tools) or when the file is there, `StoreUnavailableError`.
    """
    if engine.dialect.name != "sqlite":
        raise BackupError("PostgreSQL is backed up with its own tools: `pg_dump --format=custom`")
    if file.exists():
        raise BackupError(f"`{file}` is there already: name a new file")
    whole = file.with_name(file.name + ".part")
    whole.unlink(missing_ok=True)
    try:
        _copy(engine, whole)
        _to_disk(whole)
        os.link(whole, file)
        _to_disk(file.parent)
    except FileExistsError:
        raise BackupError(f"`{file}` is there already: name a new file") from None
    except (OSError, sqlite3.Error, DBAPIError) as error:
        raise StoreUnavailableError from error
    finally:
        whole.unlink(missing_ok=True)
    return file.stat().st_size


def _copy(engine: Engine, file: Path) -> None:
    # Below SQLAlchemy, which begins a transaction by itself: this statement cannot be in one.
    connection = engine.raw_connection()
    try:
        connection.cursor().execute("VACUUM INTO ?", (str(file),))
    finally:
        connection.close()


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
