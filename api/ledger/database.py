"""Connections to SQLite or PostgreSQL, set so that what is committed is on disk."""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from greenlane.api.ledger.errors import DatabaseUrlError, StoreUnavailableError
from greenlane.api.ledger.notary import Notary
from greenlane.api.ledger.proof.head import Head
from greenlane.api.ledger.witness import write

BUSY_SECONDS = 5
TURN_SUFFIX = "-turn"
CONNECT_SECONDS = 3
STATEMENT_MILLISECONDS = 10_000


def open_database(url: str, pool_size: int = 8, notary: Notary | None = None) -> Engine:
    """The engine for `url`: `sqlite:///path` or `postgresql://…`. Connects only when first used.

    `notary` signs and witnesses what is added to the log; without one a key signs that lives as long as the process.
    Raises `DatabaseUrlError` for any other kind of database.
    """
    options = {"notary": notary or Notary()}
    try:
        parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    except ArgumentError:
        raise DatabaseUrlError("DATABASE_URL is not a database address") from None
    backend = parsed.get_backend_name()
    if backend == "sqlite" and parsed.database and parsed.database != ":memory:":
        return _sqlite(parsed.database, pool_size, options)
    if backend == "postgresql":
        server_options = f"-c statement_timeout={STATEMENT_MILLISECONDS} -c synchronous_commit=on -c timezone=UTC"
        return create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            pool_size=pool_size,
            pool_timeout=CONNECT_SECONDS,
            pool_pre_ping=True,
            connect_args={"connect_timeout": CONNECT_SECONDS, "options": server_options},
            execution_options=options,
        )
    raise DatabaseUrlError("DATABASE_URL must name a SQLite file or a PostgreSQL database")


def _sqlite(path: str, pool_size: int, options: Mapping[str, Any]) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        pool_size=pool_size,
        pool_timeout=CONNECT_SECONDS,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        execution_options=options,
    )

    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        # The driver would begin and commit by itself, and leave DDL outside the transaction.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}").close()

    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    def make_directory(*_args: Any) -> None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)

    event.listen(engine, "do_connect", make_directory)
    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection to read with. Raises `StoreUnavailableError` when the store fails."""
    with _failing_as_unavailable(), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction to write in, on disk when the block ends, undone when it raises. Heads signed in it are witnessed.

    Raises `StoreUnavailableError` when the store fails; what the data itself breaks comes as SQLAlchemy's
    `IntegrityError` or `DataError`.
    """
    with _failing_as_unavailable(), _turn(engine), engine.connect() as connection:
        heads: list[Head] = []
        connection = connection.execution_options(writes=True, heads=heads)
        with connection.begin():
            yield connection
        notary = notary_of(connection)
        if heads and notary.witness is not None:
            write(notary.witness, heads)


def notary_of(connection: Connection) -> Notary:
    """Who signs for this database."""
    return cast(Notary, connection.get_execution_options()["notary"])


def signed(connection: Connection, head: Head) -> None:
    """Has a head witnessed once the transaction of `writing` is on disk."""
    cast(list[Head], connection.get_execution_options()["heads"]).append(head)


@contextmanager
def _turn(engine: Engine) -> Iterator[None]:
    """Waits for this process's turn to write to a SQLite file.

    SQLite itself lets writers poll for the lock with growing pauses: with two busy processes one in a hundred requests
    then waits for 100 ms and more. Waiters for a file lock are woken at once.
    """
    if engine.dialect.name != "sqlite":
        yield
        return
    path = Path(f"{engine.url.database}{TURN_SUFFIX}")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


@contextmanager
def _failing_as_unavailable() -> Iterator[None]:
    try:
        yield
    except (IntegrityError, DataError):
        raise
    except (DBAPIError, PoolTimeout, OSError) as error:
        raise StoreUnavailableError from error
