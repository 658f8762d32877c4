"""What a slow client takes its time over is nobody else's: no thread, and no more than its share of memory."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import pytest

from greenlane.api.server.connection import Phase
from tests.api.server.in_thread import Running, read_all, running, until

GET = b"GET /small HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
LARGE = b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n"
POST = b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n"
CHUNKED = b"POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
MANY = 200
SIZE = 300_000
"""Bytes of a large answer: more than the system keeps for a client that has a small buffer of its own."""


def application(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    """Echoes bodies, answers large, fails at `/fail`, in the middle of its answer at `/break`."""
    content, path = environ["wsgi.input"].read(), environ["PATH_INFO"]
    if path == "/fail":
        raise SystemExit("this text is nobody's business")
    answer = {"/large": b"x" * SIZE, "/small": b"small"}.get(path, content)
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(answer)))])
    return broken() if path == "/break" else [answer]


def broken() -> Iterable[bytes]:
    """An answer that fails after its first part."""
    yield b"first"
    raise RuntimeError


def phases(served: Running, phase: Phase) -> int:
    """How many connections are in it."""
    return sum(connection.phase is phase for connection in served.worker.connections)


@pytest.mark.parametrize(
    ("sent", "phase"),
    [
        (b"", Phase.HEAD),
        (b"GET / HT", Phase.HEAD),
        (POST + b"{", Phase.BODY),
        (CHUNKED + b"64\r\n{", Phase.BODY),
        (LARGE, Phase.ANSWER),
    ],
)
def test_others_are_answered(sent: bytes, phase: Phase) -> None:
    """With a hundred times as many slow clients as threads."""
    with running(application) as served:
        slow = [served.connect(sent, 4096) for _ in range(MANY)]
        until(lambda: phases(served, phase) == MANY, "they are slow")
        for _ in range(20):
            assert served.ask(GET).endswith(b"small")
        assert phases(served, phase) == MANY
        for client in slow:
            client.close()


@pytest.mark.parametrize("sent", [b"GET / HT", POST + b"{", CHUNKED + b"64\r\n{"])
def test_the_whole_request_has_a_deadline(sent: bytes) -> None:
    """However steadily a client sends: 408, as a problem."""
    with running(application, head_timeout=1, body_timeout=1) as served, served.connect(sent) as client:
        client.settimeout(0.1)
        answer = b""
        for _ in range(100):
            try:
                client.sendall(b"a")
                answer += client.recv(65536)
            except TimeoutError:
                continue
            except OSError:
                break
            if b"too_slow" in answer:
                break
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert b'"code":"too_slow"' in answer
        assert served.server.refusals == ["too_slow"]


def test_who_says_nothing_is_let_go_without_a_word() -> None:
    """A connection that was opened and never used."""
    with running(application, head_timeout=1) as served, served.connect() as client:
        assert read_all(client) == b""
        assert served.server.refusals == []


def test_the_whole_answer_has_a_deadline() -> None:
    """However steadily a client reads."""
    with running(application, answer_timeout=1) as served, served.connect(LARGE, 4096) as client:
        until(lambda: phases(served, Phase.ANSWER) == 1, "it is slow")
        taken = 0
        with suppress(ConnectionResetError):
            while part := client.recv(64):
                taken += len(part)
                time.sleep(0.01)
        assert taken < SIZE
        until(lambda: served.server.ended == {"answer": 1}, "it is told")


def test_a_large_answer_arrives_whole() -> None:
    """In as many pieces as the client takes it."""
    with (
        running(application) as served,
        served.connect(LARGE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), 4096) as client,
    ):
        assert len(read_all(client).partition(b"\r\n\r\n")[2]) == SIZE


def test_places_are_taken_from_who_waited_longest() -> None:
    """With all places taken by slow clients, a new one is answered at once, at the cost of the oldest."""
    with running(application, connections=16) as served:
        slow = [served.connect(b"GET / HT") for _ in range(16)]
        until(lambda: phases(served, Phase.HEAD) == 16, "all places are taken")
        assert served.ask(GET).endswith(b"small")
        with pytest.raises(ConnectionResetError):
            slow[0].recv(1)
        slow[15].sendall(b"TP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert read_all(slow[15]).startswith(b"HTTP/1.1 200 ")
        until(lambda: served.server.ended == {"room": 1}, "it is told")
        for client in slow:
            client.close()


def test_idle_connections_make_way_first() -> None:
    """A kept connection that nobody uses costs nobody anything, so it is no loss that is told."""
    with running(application, connections=16) as served:
        idle = [served.connect(GET.replace(b"Connection: close\r\n", b"")) for _ in range(15)]
        until(lambda: phases(served, Phase.IDLE) == 15, "they are kept")
        slow = served.connect(b"GET / HT")
        until(lambda: phases(served, Phase.HEAD) == 1, "all places are taken")
        assert served.ask(GET).endswith(b"small")
        assert phases(served, Phase.HEAD) == 1
        assert served.server.ended == {}
        for client in [slow, *idle]:
            client.close()


def test_memory_for_clients_is_bounded() -> None:
    """Clients that do not read large answers, and clients that do not end large bodies, hold no more than the limit."""
    body = POST.replace(b"100", b"400000") + b"x" * 390_000
    with running(application, client_memory=4) as served:
        slow = [served.connect(LARGE if number % 2 else body, 4096) for number in range(20)]
        until(lambda: served.server.ended.get("room", 0) > 0, "some are let go")
        assert served.worker.held <= 4_000_000
        assert served.worker.held == sum(connection.held for connection in served.worker.connections)
        assert served.ask(GET).endswith(b"small")
        for client in slow:
            client.close()


def test_an_answer_is_given_whole_or_not_at_all() -> None:
    """Whatever fails in the application is a problem, even in the middle of its answer, and never its text."""
    with running(application) as served:
        for path in (b"/fail", b"/break"):
            answer = served.ask(GET.replace(b"/small", path).replace(b"close", b"keep-alive"))
            assert answer.startswith(b"HTTP/1.1 500 ")
            assert b'"code":"internal"' in answer
            assert b"first" not in answer
            assert b"business" not in answer
        assert served.server.refusals == ["internal", "internal"]


def test_requests_sent_at_once_are_answered_in_order() -> None:
    """One after another, on one connection, with bodies and without."""
    kept = GET.replace(b"Connection: close\r\n", b"")
    requests = [CHUNKED + b"3\r\none\r\n0\r\n\r\n", kept, POST.replace(b"100", b"3") + b"two", GET]
    with running(application) as served:
        answer = served.ask(b"".join(requests))
    assert [part.partition(b"\r\n\r\n")[2] for part in answer.split(b"HTTP/1.1 200 OK")[1:]] == [
        b"one",
        b"small",
        b"two",
        b"small",
    ]


def test_a_client_is_told_to_go_on() -> None:
    """`Expect: 100-continue`, before the body; not when the body would be refused."""
    expecting = POST.replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n")
    with running(application) as served:
        with served.connect(expecting) as client:
            assert client.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
            client.sendall(b"x" * 100)
            assert read_all(client).endswith(b"x" * 100)
        assert served.ask(expecting.replace(b": 100\r", b": 9000000\r")).startswith(b"HTTP/1.1 413 ")


def test_a_refusal_reaches_a_client_that_is_still_sending() -> None:
    """The connection is not cut while a body that nobody wants is on its way."""
    with running(application) as served, served.connect(POST.replace(b"100", b"9000000")) as client:
        client.sendall(b"x" * 4_000_000)
        client.shutdown(socket.SHUT_WR)
        assert read_all(client).startswith(b"HTTP/1.1 413 ")


def test_stopping_answers_what_has_begun_to_arrive() -> None:
    """A body that is still coming, and a request that comes on a connection kept until now; nothing new."""
    with running(application) as served:
        begun = served.connect(POST.replace(b"100", b"3") + b"o")
        kept = served.connect(GET.replace(b"Connection: close\r\n", b""))
        until(lambda: phases(served, Phase.IDLE) == 1, "it is kept")
        kept.recv(65536)
        served.worker.end()
        kept.sendall(GET.replace(b"close", b"keep-alive"))
        begun.sendall(b"ne")
        for client, body in ((begun, b"one"), (kept, b"small")):
            answer = read_all(client)
            assert answer.endswith(body)
            assert b"\r\nConnection: close\r\n" in answer
            client.close()
