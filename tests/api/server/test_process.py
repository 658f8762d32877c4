"""The service under gunicorn, as it runs in production."""

from __future__ import annotations

import json
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import pytest

from tests.api.server.running import free_port, kill, send, served


@pytest.fixture
def port() -> int:
    """A port that is free."""
    return free_port()


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
        limit = time.monotonic() + 60
        while len(acknowledged) <= 50 and time.monotonic() < limit:
            time.sleep(0.05)
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
    """Whoever stops in the middle of a request is told so, as a problem, and meanwhile takes no thread from anybody."""
    head = b"POST /v1/decisions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with served(tmp_path, port):
        silent = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(32)]
        for number, connection in enumerate(silent):
            connection.sendall(head + (b'Content-Length: 100\r\n\r\n{"a' if number % 2 else b""))
        assert send(port, "GET", "/healthz")[0] == 200
        answers = [connection.recv(4096) for connection in silent]
        for connection in silent:
            connection.close()
        assert all(answer.startswith(b"HTTP/1.1 408 ") for answer in answers)
        assert all(b'"code":"too_slow"' in answer for answer in answers)
        text = send(port, "GET", "/metrics")[1].decode()
        assert 'greenlane_requests_total{method="none",route="none",status="408"} 32.0' in text
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert sum(line.get("code") == "too_slow" and len(line["trace_id"]) == 32 for line in lines) == 32


def test_no_field_sets_the_path(tmp_path: Path, rules_directory: Path, port: int) -> None:
    """A proxy that lets nothing through but `/public` is not got around by a header field."""
    with served(tmp_path, port), closing(HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        for path, status in (("/public/healthz", 404), ("/healthz", 200)):
            connection.request("GET", path, headers={"SCRIPT_NAME": "/public", "PATH_INFO": "/healthz"})
            response = connection.getresponse()
            response.read()
            assert response.status == status
