"""A store copied whole: moved to another database row by row, or a SQLite file backed up while it is used. SQL."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Table, func, insert, inspect, select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from greenlane.api.ledger import migrate, private_files
from greenlane.api.ledger.audit.report import AuditReport
from greenlane.api.ledger.audit.verification import verify_in
from greenlane.api.ledger.database import SUFFIXES, Database, pages, reading, writing
from greenlane.api.ledger.errors import StoreUnavailableError
from greenlane.api.ledger.log import lock
from greenlane.api.ledger.log_rows import newest_head
from greenlane.api.ledger.tables import metadata

PAGE = 500
Told = Callable[[int, int], None]
"""Is told how many rows and entries are done, and how many there are to do."""


class CopyError(Exception):
    """Nothing was copied; the texts say why, and what to do."""

    def __init__(self, reason: str, *hints: str) -> None:
        self.hints = hints
        super().__init__(reason)


def copy_store(source: Database, target: Database, witnesses: Sequence[Path], told: Told) -> AuditReport:
    """Copies a store to an empty database in one transaction, and audits it there; gives what the audit looked at.

    Nobody writes to the source meanwhile; services that do must not be let go on afterwards, for two databases would
    then go on with one log. Raises `CopyError`, after which the target is as empty as before, and
    `StoreUnavailableError`.
    """
    if migrate.current(source) != migrate.newest():
        raise CopyError("the tables are not those of this version", "run `greenlane db upgrade` first")
    with copying(source, target) as (origin, copy):
        migrate.upgrade_in(copy)
        total = sum(count(origin, table) for table in metadata.sorted_tables)
        todo = total + count(origin, metadata.tables["log"])
        done = 0
        for table in metadata.sorted_tables:
            for number in copy_table(origin, copy, table):
                done += number
                told(done, todo)
        return _audited(origin, copy, witnesses, lambda at, _of: told(total + at, todo))


@contextmanager
def copying(source: Database, target: Database) -> Iterator[tuple[Connection, Connection]]:
    """A transaction in each; nobody else writes to either, and the second is empty before, and when the block fails.

    Raises `CopyError`, `StoreUnavailableError`.
    """
    with removed_unless_done(target):
        # Asked before the source is held: the target may be the source under another name.
        with reading(target) as connection:
            refuse_unless_empty(connection)
        with writing(source) as origin, writing(target) as copy:
            for connection in (origin, copy):
                _hold(connection)
            refuse_unless_empty(copy)
            yield origin, copy


def copy_table(origin: Connection, copy: Connection, table: Table) -> Iterator[int]:
    """Copies the rows of a table page by page, telling how many after each; then asserts that they are the same."""
    try:
        for page in pages(origin, table, PAGE):
            copy.execute(insert(table), [dict(row) for row in page])
            yield len(page)
    except (DataError, IntegrityError) as error:
        told = str(error.orig).partition("\n")[0]
        raise CopyError(
            f"`{table.name}` holds what the other database does not take: {told}",
            "run `greenlane audit verify`: most likely somebody changed it",
        ) from None
    if fingerprint(origin, table) != fingerprint(copy, table):
        raise CopyError(f"`{table.name}` is not in the copy as it was: please report this")


def fingerprint(connection: Connection, table: Table) -> tuple[int, int]:
    """How many rows there are, and a sum of their hashes: databases do not sort texts alike."""
    number, found = 0, 0
    for page in pages(connection, table, PAGE):
        for row in page:
            found += int.from_bytes(hashlib.sha256(repr(tuple(row.values())).encode()).digest())
        number += len(page)
    return number, found % 2**256


def count(connection: Connection, table: Table) -> int:
    """The number of rows."""
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _hold(connection: Connection) -> None:
    """Keeps others from writing until the transaction ends, which may take as long as it takes."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
    lock(connection)


def refuse_unless_empty(connection: Connection) -> None:
    """Raises `CopyError` when the database has any table."""
    there = inspect(connection).get_table_names()
    if there:
        raise CopyError(
            f"the target is not empty: it has the table `{there[0]}`", "name a new file, or a new empty database"
        )


@contextmanager
def removed_unless_done(target: Database) -> Iterator[None]:
    """Leaves no SQLite file where there was none, when the block fails."""
    file = target.file if target.dialect == "sqlite" else None
    before = file is None or file.exists()
    try:
        yield
    except BaseException:
        target.dispose()
        if file is not None and not before:
            for suffix in ("", *SUFFIXES):
                file.with_name(file.name + suffix).unlink(missing_ok=True)
        raise


def _audited(
    origin: Connection, copy: Connection, witnesses: Sequence[Path], progress: Callable[[int, int], None]
) -> AuditReport:
    found = verify_in(copy, witnesses, progress)
    if not found.clean:
        first = found.faults[0]
        raise CopyError(
            f"the log does not verify in the copy: {first.table}/{first.key}: {first.text.en}",
            "run `greenlane audit verify` on the source: only a store that is as it was written is moved",
        )
    head = newest_head(origin)
    if head is not None and (head.size, head.root) != (found.size, found.root):
        raise StoreUnavailableError("the source was changed meanwhile")
    return found


class BackupError(Exception):
    """No copy was made; the text says why and what to do."""


def back_up(database: Database, file: Path) -> int:
    """Writes the database as it is at this moment to a new file, on disk when this returns; gives its bytes.

    Decisions go on being made; those acknowledged before the call are in the copy. The copy holds nothing of deleted
    rows. Raises `BackupError` for PostgreSQL (use its own tools) or when the file is there, `StoreUnavailableError`.
    """
    if database.dialect != "sqlite":
        raise BackupError("PostgreSQL is backed up with its own tools: `pg_dump --format=custom`")
    if file.exists():
        raise BackupError(f"`{file}` is there already: name a new file")
    whole = file.with_name(file.name + ".part")
    whole.unlink(missing_ok=True)
    try:
        # SQLite takes an empty file for a new one.
        os.close(private_files.create(whole))
        _vacuum_into(database, whole)
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


def _vacuum_into(database: Database, file: Path) -> None:
    # Below SQLAlchemy, which begins a transaction by itself: this statement cannot be in one.
    connection = database.reader.raw_connection()
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
