"""The worker's loop in a thread of the test, around any WSGI application: quick to start, and its state can be read."""

from __future__ import annotations

import os
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from greenlane.api.config import Settings
from greenlane.api.server.connection import Connection
from greenlane.api.server.process import Server
from greenlane.api.server.refusals import RefusalResponse
from greenlane.api.server.responding import Application
from greenlane.api.server.worker import Worker

SECONDS = 20.0
"""How long anything is waited for before a test fails."""


class WatchedServer(Server):
    """Notes what its worker answers by itself, and whom it lets go."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.refusals: list[str] = []
        self.ended: dict[str, int] = {}

    def refused(self, refusal: RefusalResponse) -> None:
        """Keeps the code."""
        self.refusals.append(refusal.problem.code)

    def let_go(self, reasons: Mapping[str, int]) -> None:
        """Keeps the sum."""
        for reason, number in reasons.items():
            self.ended[reason] = self.ended.get(reason, 0) + number


class ThreadedLoop(Worker):
    """A worker that is not the main thread of a process: no signals reach it."""

    def begin(self, application: Application) -> None:
        """What `init_process` does, without the process."""
        self.wsgi = application
        self.PIPE = os.pipe()
        for end in self.PIPE:
            os.set_blocking(end, False)
        self._selector = selectors.DefaultSelector()
        self._pool = ThreadPoolExecutor(self.cfg.threads)

    def end(self) -> None:
        """Stops in good order, as at SIGTERM."""
        self.alive = False
        os.write(self.PIPE[1], b"\0")

    @property
    def connections(self) -> list[Connection]:
        """Those open now."""
        return list(self._connections)

    @property
    def held(self) -> int:
        """Bytes kept for clients, as the loop has summed them."""
        return self._held


class Running:
    """A worker at work. `server` tells what it noted."""

    def __init__(self, worker: ThreadedLoop, server: WatchedServer, listener: socket.socket) -> None:
        self.worker = worker
        self.server = server
        self.port: int = listener.getsockname()[1]

    def connect(self, content: bytes = b"", receive_buffer: int | None = None) -> socket.socket:
        """A client that has sent `content`."""
        client = socket.socket()
        client.settimeout(SECONDS)
        if receive_buffer is not None:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        client.connect(("127.0.0.1", self.port))
        client.sendall(content)
        return client

    def ask(self, content: bytes) -> bytes:
        """All that is answered to `content` until the server ends the connection."""
        with self.connect(content) as client:
            return read_all(client)


def read_all(client: socket.socket) -> bytes:
    """Everything until the end of the stream."""
    parts = []
    while part := client.recv(65536):
        parts.append(part)
    return b"".join(parts)


def until(holds: Callable[[], bool], what: str) -> None:
    """Returns once it holds."""
    limit = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < limit, what
        time.sleep(0.01)


@contextmanager
def running(application: Application, **settings: Any) -> Iterator[Running]:
    """A worker with two threads that serves `application`; it has ended in good order afterwards."""
    server = WatchedServer(replace(Settings(matcher="bitmap"), threads=2, **settings))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        worker = ThreadedLoop(0, os.getppid(), [listener], server, 30, server.cfg, None)
        worker.begin(application)
        thread = threading.Thread(target=worker.run, daemon=True)
        thread.start()
        try:
            yield Running(worker, server, listener)
        finally:
            worker.end()
            thread.join(SECONDS)
            assert not thread.is_alive()
            assert worker.held == 0
            for end in worker.PIPE:
                os.close(end)
