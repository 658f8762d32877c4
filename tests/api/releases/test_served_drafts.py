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

from greenlane.api.config import read_settings
from greenlane.api.principals import Role
from greenlane.api.wiring.services import build_services
from tests.api.access.callers import key_for
from tests.api.releases.hostile import long_rules
from tests.api.small_rules import FILES, application

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


def test_deciding_goes_on(tmp_path: Path) -> None:
    """One worker of four threads is sent six drafts without end: two run, the others are told to come again."""
    for path, text in FILES.items():
        (tmp_path / "rules" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "rules" / path).write_text(text, encoding="utf-8")
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    variables = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/greenlane.db",
        "GREENLANE_RULES": str(tmp_path / "rules"),
        "GREENLANE_PORT": str(port),
        "GREENLANE_WORKERS": "1",
        "GREENLANE_THREADS": "4",
        "GREENLANE_DRAFT_SECONDS": "600",
    }
    services = build_services(read_settings(variables))
    key = key_for(services, Role.AUTHOR, Role.DECIDE)
    services.close()
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
