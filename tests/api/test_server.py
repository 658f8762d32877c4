"""The service under gunicorn, as it runs in production."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys, tempfile, time
from dataclasses import replace
from pathlib import Path
from greenlane.api import metrics, server
from greenlane.api.config import Settings
from greenlane.api.server import Server
from tests.api.fake_rules import FakeRules, fake_rules

directory, port, slow = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
decide = FakeRules.decide_valid

def slowly(*arguments):
    time.sleep(slow)
    return decide(*arguments)

FakeRules.decide_valid = slowly
server.RECEIVE_SECONDS = 1
(directory / "metrics").mkdir()
metrics.share(str(directory / "metrics"))
settings = Settings(f"sqlite:///{directory}/greenlane.db", directory / "rules", port=port, workers=2, threads=4)
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
    for _ in range(300):
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


@pytest.fixture
def port() -> int:
    """A port that is free."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


def test_a_request_under_way_at_sigterm_is_answered(
    tmp_path: Path, rules_directory: Path, port: int, application: dict[str, Any]
) -> None:
    """Stopping answers what has been begun, stores it, takes nothing new and leaves in good order."""
    with served(tmp_path, port, slow=1.5) as process, ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(send, port, "POST", "/v1/decisions", application) for _ in range(4)]
        time.sleep(0.7)
        process.send_signal(signal.SIGTERM)
        answers = [w.result() for w in waiting]
        assert [status for status, _ in answers] == [201] * 4
        assert process.wait(20) == 0
        with pytest.raises(OSError):
            send(port, "GET", "/healthz")
    (tmp_path / "metrics").rename(tmp_path / "metrics-before")
    with served(tmp_path, port):
        for _, body in answers:
            path = f"/v1/decisions/{json.loads(body)['decision_id']}"
            assert send(port, "GET", path) == (200, body)


def test_what_was_acknowledged_outlives_a_kill(
    tmp_path: Path, rules_directory: Path, port: int, application: dict[str, Any]
) -> None:
    """Killed in the middle of its work the service has every decision that a client was given, byte for byte."""
    acknowledged: list[bytes] = []

    def client() -> None:
        with suppress(OSError, HTTPException):
            while True:
                status, body = send(port, "POST", "/v1/decisions", application)
                if status == 201:
                    acknowledged.append(body)

    with served(tmp_path, port) as process, ThreadPoolExecutor(8) as pool:
        for _ in range(8):
            pool.submit(client)
        time.sleep(1)
        kill(process)
    (tmp_path / "metrics").rename(tmp_path / "metrics-before")
    assert len(acknowledged) > 50
    with served(tmp_path, port):
        for body in acknowledged:
            assert send(port, "GET", f"/v1/decisions/{json.loads(body)['decision_id']}") == (200, body)


def test_workers_share_metrics_and_keys(
    tmp_path: Path, rules_directory: Path, port: int, application: dict[str, Any]
) -> None:
    """Two processes answer; the metrics of either count for both; logs are JSON without personal data."""
    with served(tmp_path, port), ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: send(port, "POST", "/v1/decisions", application), range(40)))
        assert {status for status, _ in answers} == {201}
        text = send(port, "GET", "/metrics")[1].decode()
        assert 'greenlane_decisions_total{product="INNOV",route="STANDARD",status="APPROVE_RECOMMENDED"} 40.0' in text
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert sum(line["event"] == "request" and line.get("status") == 201 for line in lines) == 40
    assert "示例" not in (tmp_path / "log").read_text()


def test_a_body_that_is_too_large_is_refused(tmp_path: Path, rules_directory: Path, port: int) -> None:
    """413, with and without a length announced; the service goes on."""
    with served(tmp_path, port):
        assert send(port, "POST", "/v1/decisions", "x" * 1_200_000)[0] == 413
        with closing(HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
            chunks = (b" " * 100_000 for _ in range(12))
            connection.request("POST", "/v1/decisions", chunks, {"Content-Type": "application/json"})
            assert connection.getresponse().status == 413
        assert send(port, "GET", "/healthz")[0] == 200


def test_clients_that_stop_sending(tmp_path: Path, rules_directory: Path, port: int) -> None:
    """Whoever stops in the middle of a request is let go, so that silent clients cannot take every thread."""
    head = b"POST /v1/decisions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with served(tmp_path, port):
        silent = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(16)]
        for number, connection in enumerate(silent):
            connection.sendall(head + (b'Content-Length: 100\r\n\r\n{"a' if number % 2 else b""))
        assert send(port, "GET", "/healthz")[0] == 200
        answers = [connection.recv(4096) for connection in silent]
        for connection in silent:
            connection.close()
        assert all(answer.startswith(b"HTTP/1.1 408") for answer in answers[1::2])
    assert "Traceback" not in (tmp_path / "log").read_text()
