"""A database that is lost under load is put back from a backup, with proof of what it holds and what it lacks."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from tests.api.databases import OwnServer, fresh_database
from tests.campaigns.clients import APPLICATIONS, Clients
from tests.campaigns.figures import record
from tests.campaigns.http import send
from tests.campaigns.serving import Service

pytestmark = pytest.mark.long
SECONDS = 4.0
"""How long clients are at work before the copy is made, and after it."""

SETTLE = ("audit", "settle", "--by", "admin", "--reason", "disk lost, backup put back", "--yes")
Answers = Mapping[str, Sequence[bytes]]


def greenlane(service: Service, *arguments: str) -> tuple[int, str]:
    """What a command on the machine of a service says, and how it ended."""
    command = [sys.executable, "-c", "from greenlane.api.cli import main; main()", *arguments]
    done = subprocess.run(
        command, cwd=service.directory, env=service.environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_restored_on_sqlite(tmp_path: Path) -> None:
    """From the file that `greenlane db backup` made."""
    service = Service(tmp_path, f"sqlite:///{tmp_path}/var/greenlane.db")

    def put_back() -> None:
        for file in (tmp_path / "var").glob("greenlane.db*"):
            file.unlink()
        (tmp_path / "copy.db").rename(tmp_path / "var" / "greenlane.db")

    _restored(service, "SQLite", lambda: greenlane(service, "db", "backup", "copy.db"), put_back)


def test_restored_on_postgresql(tmp_path: Path) -> None:
    """From a dump, into an empty database."""
    server, dump = OwnServer(), tmp_path / "dump"
    with fresh_database(server) as url, fresh_database(server) as empty:
        service = Service(tmp_path, url)

        def copy() -> None:
            subprocess.run([server.tools / "pg_dump", "--format=custom", f"--file={dump}", url], check=True)

        def put_back() -> None:
            subprocess.run([server.tools / "pg_restore", "--no-owner", f"--dbname={empty}", dump], check=True)
            service.environment["DATABASE_URL"] = empty

        _restored(service, "PostgreSQL", copy, put_back)


def _restored(service: Service, database: str, copy: Callable[[], object], put_back: Callable[[], None]) -> None:
    """Clients work, a copy is made, clients work on, the database is lost and the copy put in its place."""
    with service, Clients(service.port) as clients:
        time.sleep(SECONDS)
        before = {key: list(answers) for key, answers in clients.acknowledged.items()}
        head = send(service.port, "GET", "/v1/log/head")[1]
        copy()
        time.sleep(SECONDS)
        clients.stop()
        service.kill()
    put_back()
    (service.directory / "kept.jsonl").write_bytes(head)
    missing = _named(service)
    begun = time.monotonic()
    assert greenlane(service, *SETTLE)[0] == 0
    with service:
        recovery = time.monotonic() - begun
        code, said = greenlane(service, "audit", "verify", "--head", "kept.jsonl")
        assert (code, "the log was set back before" in said) == (0, True), said
        held, again = _asked_again(service, clients.acknowledged)
        assert before.keys() <= held
        assert greenlane(service, "replay", "--all")[0] == 0
        _packed(service, json.loads(before[next(iter(before))][0])["decision_id"])
    assert len(held) + again == len(clients.acknowledged)
    assert missing
    record(
        "restored from a backup",
        database,
        acknowledged=len(clients.acknowledged),
        recovery_s=round(recovery, 2),
        in_the_copy=len(held),
        asked_again=again,
        heads_named_missing=missing,
    )


def _named(service: Service) -> int:
    """How many heads the audit names that the copy lacks; it finds nothing else."""
    code, said = greenlane(service, "audit", "verify", "--head", "kept.jsonl")
    assert (code, said.count("✗")) == (1, 1), said
    found = re.search(r"heads\.jsonl +[\d,]+ +([\d,]+) ✗", said)
    assert found is not None, said
    return int(found[1].replace(",", ""))


def _asked_again(service: Service, acknowledged: Answers) -> tuple[set[str], int]:
    """The keys whose decision the copy holds, answered to the byte as before; and how many were decided anew."""
    held, again = set(), 0
    for turn, (key, answers) in enumerate(acknowledged.items()):
        decision_id = json.loads(answers[0])["decision_id"]
        status, body, _ = send(service.port, "GET", f"/v1/decisions/{decision_id}")
        if status == 200:
            assert body == answers[0]
            held.add(key)
            continue
        assert status == 404
        application = APPLICATIONS[turn % len(APPLICATIONS)]
        status, _, _ = send(service.port, "POST", "/v1/decisions?trace=none", application, {"Idempotency-Key": key})
        assert status == 201
        again += 1
    return held, again


def _packed(service: Service, decision_id: str) -> None:
    """A decision of before the copy has its evidence, whole and true for who knows the key of the log."""
    key = json.loads(send(service.port, "GET", "/v1/log/key")[1])["public_key"]
    assert greenlane(service, "evidence", decision_id, "-o", "pack.zip")[0] == 0
    code, said = greenlane(service, "audit", "verify-pack", "pack.zip", "--key", key)
    assert code == 0, said
