"""The service under gunicorn as a process of its own, with small rules; and single requests to it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
PROGRAM = """
import sys, tempfile, time
from dataclasses import replace
from pathlib import Path
from greenlane.api import metrics
from greenlane.api.config import Settings
from greenlane.api.server.process import Server
from tests.api.fake_rules import FakeRules, fake_rules

directory, port, slow = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
decide = FakeRules.decide_valid

def slowly(*arguments):
    time.sleep(slow)
    return decide(*arguments)

FakeRules.decide_valid = slowly
(directory / "metrics").mkdir()
metrics.share(str(directory / "metrics"))
settings = Settings(f"sqlite:///{directory}/greenlane.db", directory / "rules", port=port, workers=2, threads=4)
settings = replace(settings, head_timeout=1, body_timeout=1)
with fake_rules():
    Server(settings).run()
"""


@contextmanager
def served(directory: Path, port: int, slow: float = 0) -> Iterator[subprocess.Popen[bytes]]:
    """A running server, ended afterwards."""
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(directory), str(port), str(slow)],
            cwd=ROOT,
            stderr=log,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            start_new_session=True,
        )
        try:
            _wait_until_ready(port, process)
            yield process
        finally:
            kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """Ends the server and its workers at once, as a power cut would."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _wait_until_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    limit = time.monotonic() + 120
    while time.monotonic() < limit:
        assert process.poll() is None
        try:
            if send(port, "GET", "/readyz")[0] == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError


def send(port: int, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
    """One request on a connection of its own."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        content = None if body is None else json.dumps(body).encode()
        connection.request(method, path, content, {"Content-Type": "application/json"} if content else {})
        response: HTTPResponse = connection.getresponse()
        return response.status, response.read()


def free_port() -> int:
    """A port that is free."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number
