"""Connections to SQLite or PostgreSQL, set so that what is committed is on disk. SQL; knows no table of ours."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, RowMapping, Table, create_engine, event, make_url, select, tuple_
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, DisconnectionError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry

from greenlane.api.ledger import private_files
from greenlane.api.ledger.errors import DatabaseUrlError, StoreUnavailableError
from greenlane.api.ledger.outage import Outage

BUSY_SECONDS = 5
FILE = "file"
"""Where a connection to SQLite keeps which file it opened."""

TURN_SUFFIX = "-turn"
SUFFIXES = ("-wal", "-shm", TURN_SUFFIX)
"""What the names of the files beside a SQLite database end in."""

CONNECT_SECONDS = 3
STATEMENT_MILLISECONDS = 10_000
WRITTEN = "postgresql://USER:PASSWORD@HOST:PORT/DATABASE is expected, with `@ : / ? # %` of a password as `%40 %3A …`"
DRIVER = "postgresql+psycopg"
ADDRESS = "the address"
"""What errors call an address that is no setting."""

CHUNK = 500
"""Values that one statement names at most."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, eq=False)
class Database:
    """A SQLite file or a PostgreSQL database. Safe for many threads.

    `reader` and `writer` are the same connections, on which transactions begin in two ways: that of a writer locks a
    SQLite file at once. `outage` is told here of what fails; that something worked is for whoever knows that there was
    something to write.
    """

    reader: Engine
    writer: Engine
    outage: Outage

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.reader.dialect.name

    @property
    def file(self) -> Path:
        """The file of a SQLite database."""
        return Path(self.reader.url.database or "")

    def dispose(self) -> None:
        """Lets the connections go. New ones are made when they are asked for."""
        self.reader.dispose()


def open_database(url: str, pool_size: int = 8, name: str = "DATABASE_URL") -> Database:
    """The database at `url`: `sqlite:///path` or `postgresql://…`. Connects only when first used.

    Raises `DatabaseUrlError` for what is no such address; the error names the setting by `name`. Neither it nor what
    is raised later holds the password, or what is stored.
    """
    parsed = _parsed(url, name)
    backend = parsed.get_backend_name()
    if backend == "sqlite" and parsed.database and parsed.database != ":memory:":
        return _sqlite(parsed.database, pool_size)
    if backend == "postgresql":
        given = _options(parsed, name)
        options = f"-c statement_timeout={STATEMENT_MILLISECONDS} -c synchronous_commit=on -c timezone=UTC"
        engine = create_engine(
            # Options may be secrets, which the address as the engine knows it would show.
            parsed.set(drivername=DRIVER, query={}),
            pool_size=pool_size,
            pool_timeout=CONNECT_SECONDS,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={**given, "connect_timeout": CONNECT_SECONDS, "options": options},
        )
        return Database(engine, engine, Outage(shown(parsed)))
    raise DatabaseUrlError(f"{name} must name a SQLite file or a PostgreSQL database")


def _parsed(url: str, name: str) -> URL:
    try:
        parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    except (ArgumentError, ValueError):
        raise DatabaseUrlError(f"{name} is not a database address: {WRITTEN}") from None
    # Where a password ends too early its rest would be taken for a host or a database, which errors name.
    if any("@" in str(part) for part in (parsed.host, parsed.database, *parsed.query, *parsed.query.values())):
        raise DatabaseUrlError(f"{name} has an `@` too many: {WRITTEN}")
    return parsed


def _options(parsed: URL, name: str) -> dict[str, Any]:
    """What PostgreSQL is told by an address. An unknown option the driver would refuse later, by its name."""
    # Imported where it is needed: a service on SQLite does without it.
    from psycopg import ProgrammingError, conninfo

    try:
        options = parsed.set(drivername=DRIVER).get_dialect()().create_connect_args(parsed)[1]
        conninfo.make_conninfo(**options)
    except (ArgumentError, ValueError, ProgrammingError):
        raise DatabaseUrlError(f"{name} has an option that PostgreSQL does not know: {WRITTEN}") from None
    return dict(options)


def shown(url: URL) -> str:
    """An address as it may be written to logs: without user, password and whatever else a driver takes."""
    host = url.host or url.query.get("host") or ""
    return f"{url.get_backend_name()}://{host}{f':{url.port}' if url.port else ''}/{url.database or ''}"


@contextmanager
def reading(database: Database) -> Iterator[Connection]:
    """A connection to read with. Raises `StoreUnavailableError` when the database fails."""
    with _failing_as_unavailable(database), database.reader.connect() as connection:
        yield connection


@contextmanager
def outside_transactions(database: Database) -> Iterator[Connection]:
    """A connection for statements that may not stand in a transaction. Raises `StoreUnavailableError`."""
    alone = database.reader.execution_options(isolation_level="AUTOCOMMIT")
    with _failing_as_unavailable(database), alone.connect() as connection:
        yield connection


@contextmanager
def writing(database: Database, committed: Callable[[], None] = lambda: None) -> Iterator[Connection]:
    """A transaction to write in, on disk when the block ends, undone when it raises.

    `committed` is called once it is on disk, before the next writer of this machine has its turn at a SQLite file.
    Raises `StoreUnavailableError` when the database fails; what the data itself breaks comes as SQLAlchemy's
    `IntegrityError` or `DataError`.
    """
    with _failing_as_unavailable(database), _turn(database):
        with database.writer.begin() as connection:
            yield connection
        committed()


def pages(connection: Connection, table: Table, size: int) -> Iterator[list[RowMapping]]:
    """All rows of a table, `size` at a time, in the order of the primary key: memory does not grow with the table."""
    columns = list(table.primary_key.columns)
    after: tuple[Any, ...] | None = None
    while True:
        query = select(table).order_by(*columns).limit(size)
        if after is not None:
            query = query.where(tuple_(*columns) > tuple_(*after))
        page = list(connection.execute(query).mappings())
        if not page:
            return
        yield page
        after = tuple(page[-1][column.name] for column in columns)


def chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """As many at a time as a statement may name."""
    for at in range(0, len(items), CHUNK):
        yield items[at : at + CHUNK]


def _sqlite(path: str, pool_size: int) -> Database:
    engine = create_engine(
        f"sqlite:///{path}",
        pool_size=pool_size,
        pool_timeout=CONNECT_SECONDS,
        hide_parameters=True,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )

    def prepare(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        record.info[FILE] = _identity(path)
        # The driver would begin and commit by itself, and leave DDL outside the transaction.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}").close()

    def refuse_replaced(_connection: sqlite3.Connection, record: ConnectionPoolEntry, _proxy: object) -> None:
        # Of a file that was moved away or replaced, connections would go on with the one that nobody sees any more.
        if record.info[FILE] != _identity(path):
            raise DisconnectionError

    def make_files(*_args: Any) -> None:
        # SQLite gives the files that it makes beside the database the mode of the database.
        private_files.make_file(Path(path))
        for suffix in SUFFIXES:
            private_files.tighten(Path(path + suffix))

    event.listen(engine, "do_connect", make_files)
    event.listen(engine, "connect", prepare)
    event.listen(engine, "checkout", refuse_replaced)
    outage = Outage(str(Path(path).absolute()))
    return Database(_beginning(engine, "BEGIN"), _beginning(engine, "BEGIN IMMEDIATE"), outage)


def _beginning(engine: Engine, statement: str) -> Engine:
    """The same connections, on which a transaction begins with a statement: the driver knows one way only."""
    made = engine.execution_options()
    event.listen(made, "begin", lambda connection: connection.exec_driver_sql(statement))
    return made


def _identity(path: str) -> tuple[int, int] | None:
    """Which file is at a path; None where there is none."""
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


@contextmanager
def _turn(database: Database) -> Iterator[None]:
    """Waits for this process's turn to write to a SQLite file.

    SQLite itself lets writers poll for the lock with growing pauses: with two busy processes one in a hundred requests
    then waits for 100 ms and more. Waiters for a file lock are woken at once.
    """
    if database.dialect != "sqlite":
        yield
        return
    turn = private_files.append_to(Path(f"{database.file}{TURN_SUFFIX}"))
    try:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield
    finally:
        os.close(turn)


@contextmanager
def _failing_as_unavailable(database: Database) -> Iterator[None]:
    try:
        yield
    except (IntegrityError, DataError):
        raise
    except (DBAPIError, PoolTimeout, OSError) as error:
        why = _reason(error)
        database.outage.failed(why)
        raise StoreUnavailableError(f"`{database.outage.what}`: {why}") from error


def _reason(error: Exception) -> str:
    """What failed, in the words of the driver or the system that hold nothing of what was to be written."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorname", None) or type(cause).__name__
    if isinstance(cause, OSError):
        return cause.strerror or type(cause).__name__
    state = getattr(cause, "sqlstate", None)
    return f"{type(cause).__name__} {state}" if state else type(cause).__name__
