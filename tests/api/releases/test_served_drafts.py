"""A served service goes on deciding while drafts are examined that would take all it has."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from greenlane.api.config import read_settings
from greenlane.api.principals import Role
from greenlane.api.releases import sandbox_process as child
from greenlane.api.wiring.services import build_services
from tests.api.access.callers import key_for
from tests.api.releases.hostile import long_rules
from tests.api.small_rules import FILES, LOWER, application

ROOT = Path(__file__).parents[3]
DECISIONS = 30


@contextmanager
def served(variables: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """`greenlane serve`, ended with its workers as by a power cut."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GREENLANE_")}
    command = [sys.executable, "-c", "from greenlane.api.cli import main; main()", "serve"]
    process = subprocess.Popen(
        command, cwd=ROOT, env={**environment, **variables}, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def send(port: int, method: str, path: str, headers: Mapping[str, str], body: Any = None) -> tuple[int, Any]:
    """One request on a connection of its own."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=300)) as connection:
        content = None if body is None else json.dumps(body).encode()
        connection.request(method, path, content, {**headers, "Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, json.loads(response.read())


def variables_of(directory: Path, **more: str) -> dict[str, str]:
    """What a service is served with that has the small rules and a free port."""
    for path, text in FILES.items():
        (directory / "rules" / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / "rules" / path).write_text(text, encoding="utf-8")
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return {
        "DATABASE_URL": f"sqlite:///{directory}/greenlane.db",
        "GREENLANE_RULES": str(directory / "rules"),
        "GREENLANE_PORT": str(port),
        "GREENLANE_THREADS": "4",
        **more,
    }


def caller(variables: Mapping[str, str]) -> dict[str, str]:
    """The headers of somebody who writes releases and has applications decided."""
    services = build_services(read_settings(variables))
    key = key_for(services, Role.AUTHOR, Role.DECIDE)
    services.close()
    return key


def test_deciding_goes_on(tmp_path: Path) -> None:
    """One worker of four threads is sent six drafts without end: two run, the others are told to come again."""
    variables = variables_of(tmp_path, GREENLANE_WORKERS="1", GREENLANE_DRAFT_SECONDS="600")
    port, key = int(variables["GREENLANE_PORT"]), caller(variables)
    draft = {"files": long_rules(300)}
    with ThreadPoolExecutor(6) as pool, served(variables):
        _wait_until_ready(port)
        drafts = [pool.submit(send, port, "POST", "/v1/releases", key, draft) for _ in range(6)]
        refused = _ended(drafts, 4)
        assert [(status, body["code"]) for status, body in refused] == [(503, "drafts_busy")] * 4
        for number in range(DECISIONS):
            assert send(port, "GET", "/healthz", {})[0] == 200
            assert send(port, "POST", "/v1/decisions", key, application(number))[0] == 201
        assert sum(not each.done() for each in drafts) == 2


@pytest.mark.long
def test_a_worker_that_is_killed(tmp_path: Path) -> None:
    """While it judges a submission (kill -9): another worker takes over once that is overdue, and records the step."""
    variables = variables_of(tmp_path, GREENLANE_WORKERS="2", GREENLANE_DRAFT_SECONDS="20", GREENLANE_DRAFT_WAIT="1")
    port, key = int(variables["GREENLANE_PORT"]), caller(variables)
    with served(variables) as service:
        _wait_until_ready(port)
        status, drafted = send(port, "POST", "/v1/releases", key, {"files": LOWER})
        assert status == 201, drafted
        path = f"/v1/releases/{drafted['release']}"
        assert send(port, "POST", f"{path}/submit", key, {})[0] == 202
        os.kill(_judging(service.pid), signal.SIGKILL)
        assert send(port, "GET", path, key)[1]["submission"]["state"] == "pending"
        for _ in range(2400):
            state = send(port, "GET", path, key)[1]["submission"]["state"]
            if state != "pending":
                break
            time.sleep(0.1)
        assert state == "submitted"


def _judging(service: int) -> int:
    """The worker of a service that examines rules now, by the parent of the process that does."""
    for _ in range(12000):
        for found in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if child.__name__.encode() in (found / "cmdline").read_bytes():
                    worker = int(_stat(found)[1])
                    if int(_stat(Path("/proc", str(worker)))[3]) == service:
                        return worker
        time.sleep(0.005)
    raise TimeoutError


def _stat(process: Path) -> list[str]:
    """State, parent, group and session of a process, and what follows."""
    return (process / "stat").read_text().rpartition(")")[2].split()


def _wait_until_ready(port: int) -> None:
    for _ in range(2400):
        with suppress(OSError):
            if send(port, "GET", "/readyz", {})[0] == 200:
                return
        time.sleep(0.05)
    raise TimeoutError


def _ended(calls: Any, count: int) -> list[tuple[int, Any]]:
    """The answers of the first that end."""
    for _ in range(2400):
        done = [each.result() for each in calls if each.done()]
        if len(done) >= count:
            return done
        time.sleep(0.05)
    raise TimeoutError
