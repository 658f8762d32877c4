"""A store that is cut off, stopped, full or locked: 503 with Retry-After, nothing lost, well again within 5 s."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.api.databases import OwnServer, fresh_database
from tests.campaigns.checks import each_once
from tests.campaigns.clients import APPLICATIONS, Clients
from tests.campaigns.figures import record
from tests.campaigns.http import send
from tests.campaigns.serving import Service

pytestmark = pytest.mark.long
RECOVERY_SECONDS = 5.0


@pytest.fixture
def own_server() -> OwnServer:
    """A PostgreSQL server that may be stopped."""
    return OwnServer()


def _ask(service: Service) -> tuple[int, str | None]:
    """One decision asked for: the status, and when to try again."""
    status, _, headers = send(service.port, "POST", "/v1/decisions?trace=none", APPLICATIONS[0])
    return status, headers.get("Retry-After")


def _seconds_until_decided(service: Service) -> float:
    begun = time.monotonic()
    while time.monotonic() - begun < 60:
        if _ask(service)[0] == 201:
            return time.monotonic() - begun
        time.sleep(0.05)
    raise TimeoutError("the service did not recover")


def _outage(
    service: Service, name: str, database: str, begin: Callable[[], None], end: Callable[[], None], seconds: float
) -> None:
    """Takes the store away under load and gives it back: refusals in between, and nothing lost."""
    with service, Clients(service.port) as clients:
        time.sleep(1.5)
        begin()
        try:
            until, answers = time.monotonic() + seconds, []
            while time.monotonic() < until:
                answers.append(_ask(service))
        finally:
            end()
        recovery = _seconds_until_decided(service)
        time.sleep(1)
        clients.stop()
        held = each_once(service, clients.acknowledged)
    refused = [again for status, again in answers if status == 503]
    assert refused, "the outage was noticed"
    assert all(refused), "each 503 says when to try again"
    assert {status for status, _ in answers} <= {201, 503}
    assert clients.unanswered == []
    assert recovery < RECOVERY_SECONDS
    record(name, database, acknowledged=held, lost=0, refused_503=len(refused), recovery_s=round(recovery, 2))


def test_postgresql_stopped_and_started(tmp_path: Path, own_server: OwnServer) -> None:
    """A database server that is stopped at once and comes back later, as in a failover."""
    with fresh_database(own_server) as url:
        _outage(Service(tmp_path, url), "database stopped", "PostgreSQL", own_server.stop, own_server.start, 6)


def test_connections_cut_again_and_again(tmp_path: Path, own_server: OwnServer) -> None:
    """Every connection of the service is cut, many times: the next request makes a new one."""
    with fresh_database(own_server) as url, Service(tmp_path, url) as service, Clients(service.port) as clients:
        with psycopg.connect(own_server.url, autocommit=True) as connection:
            for _ in range(60):
                time.sleep(0.1)
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                    [url.partition("@/")[2].partition("?")[0]],
                )
        recovery = _seconds_until_decided(service)
        clients.stop()
        held = each_once(service, clients.acknowledged)
    assert clients.unanswered == []
    assert recovery < RECOVERY_SECONDS
    record(
        "connections cut 60 times",
        "PostgreSQL",
        acknowledged=held,
        lost=0,
        refused_503=clients.refusals.get(503, 0),
        recovery_s=round(recovery, 2),
    )


def test_a_table_locked_on_postgresql(tmp_path: Path, own_server: OwnServer) -> None:
    """Somebody locks the table of decisions and goes away for longer than a request waits."""
    with fresh_database(own_server) as url, psycopg.connect(url) as other:
        service = Service(tmp_path, url, {"GREENLANE_COMMIT_TIMEOUT": "2"})

        def lock() -> None:
            other.execute("LOCK TABLE decisions IN ACCESS EXCLUSIVE MODE")

        _outage(service, "table locked", "PostgreSQL", lock, other.rollback, 8)


def test_a_file_locked_on_sqlite(tmp_path: Path) -> None:
    """Another program holds SQLite's lock for longer than a request waits."""
    file = tmp_path / "greenlane.db"
    service = Service(tmp_path, f"sqlite:///{file}", {"GREENLANE_COMMIT_TIMEOUT": "2"})
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode=WAL").close()
        _outage(
            service,
            "file locked",
            "SQLite",
            lambda: other.execute("BEGIN IMMEDIATE").close(),
            lambda: other.execute("ROLLBACK").close(),
            8,
        )


@contextmanager
def _small_disk(directory: Path, megabytes: int) -> Iterator[None]:
    """A file system of its own with little room, where this process may mount one."""
    directory.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(directory)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this user may not mount a small file system")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(directory)], check=True)


def test_a_full_disk_on_sqlite(tmp_path: Path) -> None:
    """The disk fills up under load; when there is room again decisions go on."""
    disk = tmp_path / "disk"
    with _small_disk(disk, 24):
        filler = disk / "filler"

        def fill() -> None:
            with filler.open("wb", buffering=0) as file:
                try:
                    while True:
                        file.write(os.urandom(65536))
                except OSError:
                    pass

        service = Service(tmp_path, f"sqlite:///{disk}/greenlane.db")
        _outage(service, "disk full", "SQLite", fill, filler.unlink, 4)


def test_a_full_disk_on_postgresql(tmp_path: Path) -> None:
    """The file system of the database server fills up under load; when there is room again decisions go on."""
    disk = tmp_path / "disk"
    with _small_disk(disk, 400):
        server = OwnServer(disk)
        filler = disk / "filler"

        def fill() -> None:
            with filler.open("wb", buffering=0) as file:
                try:
                    while True:
                        file.write(b"x" * 65536)
                except OSError:
                    pass

        def clear() -> None:
            filler.unlink()
            server.start()

        _outage(Service(tmp_path, server.url), "disk full", "PostgreSQL", fill, clear, 6)
        server.stop()
