"""Clients that are slow on purpose, and bytes that are no requests, against the real service under load."""

from __future__ import annotations

import os
import random
import signal
import socket
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.api.server.in_thread import read_all
from tests.api.server.test_framing import FRAGMENTS, WHOLE
from tests.campaigns.checks import each_once
from tests.campaigns.clients import Clients
from tests.campaigns.figures import record
from tests.campaigns.http import send
from tests.campaigns.serving import Service

pytestmark = pytest.mark.long
SLOW = 200
SECONDS = 15.0
REQUESTS = int(os.environ.get("GREENLANE_TEST_REQUESTS", "20000"))
POST = b"POST /v1/decisions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
KINDS = {
    "slow heads": POST + b"X-A: a",
    "slow bodies": POST + b"Content-Length: 900000\r\n\r\n{",
    "slow chunks": POST + b"Transfer-Encoding: chunked\r\n\r\nF0000\r\n{",
    "unread answers": b"GET /docs/assets/swagger-ui-bundle.js HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "silence": b"",
}


@contextmanager
def slow_clients(port: int, content: bytes) -> Iterator[Sequence[socket.socket]]:
    """So many clients that have sent `content`, and read nothing."""
    clients = []
    for _ in range(SLOW):
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", port))
        client.sendall(content)
        client.setblocking(False)
        clients.append(client)
    try:
        yield clients
    finally:
        for client in clients:
            client.close()


def descriptors(service: Service) -> int:
    """Open files of all workers together."""
    return sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in service.workers())


def threads(service: Service) -> int:
    """Threads of all workers together."""
    return sum(len(list(Path(f"/proc/{pid}/task").iterdir())) for pid in service.workers())


def test_slow_clients(tmp_path: Path) -> None:
    """Two hundred at a time, of each kind: all others are answered, nothing is lost, and nothing stays behind."""
    with Service(tmp_path, f"sqlite:///{tmp_path}/greenlane.db") as service, Clients(service.port) as clients:
        time.sleep(2)
        before = descriptors(service), threads(service)
        answered: dict[str, int] = {}
        for kind, content in KINDS.items():
            with slow_clients(service.port, content) as slow:
                until = time.monotonic() + SECONDS
                while time.monotonic() < until:
                    assert send(service.port, "GET", "/healthz")[0] == 200
                    answered[kind] = answered.get(kind, 0) + 1
                    for client in slow:
                        with suppress(OSError):
                            client.send(b"a" if content else b"")
                    time.sleep(0.5)
        clients.stop()
        held = each_once(service, clients.acknowledged)
        # What they held is given back, but for the answers that were under way when the clients ended.
        limit = time.monotonic() + 30
        while descriptors(service) > before[0] + 8 and time.monotonic() < limit:
            time.sleep(0.5)
        assert descriptors(service) <= before[0] + 8
        assert threads(service) <= before[1] + 2
    assert clients.unanswered == []
    assert clients.broken == 0
    assert min(answered.values()) >= 3
    record(f"{SLOW} slow clients of each kind", "SQLite", acknowledged=held, lost=0, refused_503=0, health=answered)


def test_workers_are_replaced_among_slow_clients(tmp_path: Path) -> None:
    """The old workers end when their slow clients have had their time; nobody else notices."""
    settings = {"GREENLANE_HEAD_TIMEOUT": "5"}
    service = Service(tmp_path, f"sqlite:///{tmp_path}/greenlane.db", settings)
    with service, Clients(service.port) as clients, slow_clients(service.port, KINDS["slow heads"]):
        before = set(service.workers())
        assert service.process is not None
        service.process.send_signal(signal.SIGHUP)
        limit = time.monotonic() + 60
        while before & set(service.workers()) and time.monotonic() < limit:
            time.sleep(0.1)
        assert not before & set(service.workers())
        clients.stop()
        held = each_once(service, clients.acknowledged)
    assert clients.unanswered == []
    assert clients.broken == 0
    record("workers replaced among slow clients", "SQLite", acknowledged=held, lost=0, refused_503=0)


def damaged(chance: random.Random) -> bytes:
    """Requests one after another, some of them damaged."""
    content = b"".join(
        chance.choice(WHOLE if chance.random() < 0.4 else FRAGMENTS) for _ in range(chance.randint(1, 8))
    )
    for _ in range(chance.randint(0, 2)):
        at = chance.randint(0, len(content))
        content = content[:at] + chance.choice(FRAGMENTS) + content[at + chance.randint(0, 3) :]
    return content


def test_bytes_that_are_no_requests(tmp_path: Path) -> None:
    """Each is answered as a problem or not at all: never with a failure, never without a trace id, never as HTML."""
    chance, found = random.Random(20261129), Counter[str]()
    with Service(tmp_path, f"sqlite:///{tmp_path}/greenlane.db") as service:
        for _ in range(REQUESTS):
            content = damaged(chance)
            with suppress(ConnectionResetError), socket.create_connection(("127.0.0.1", service.port), 20) as client:
                client.sendall(content)
                client.shutdown(socket.SHUT_WR)
                for head in (b"\n" + read_all(client)).split(b"\nHTTP/1.1 ")[1:]:
                    status = head[:3].decode()
                    found[status] += 1
                    assert status == "100" or b"\r\nTrace-Id: " in head, content
                    assert b"<html" not in head, content
        assert send(service.port, "GET", "/healthz")[0] == 200
    assert not found.keys() - {
        "100",
        "200",
        "400",
        "401",
        "404",
        "405",
        "413",
        "414",
        "415",
        "417",
        "422",
        "431",
        "501",
    }
    assert found["400"] > REQUESTS / 10
    record("bytes that are no requests", "SQLite", requests=REQUESTS, answers=dict(found))
