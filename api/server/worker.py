"""The worker of gunicorn: one loop reads and writes for all clients, and never waits for one; threads answer requests.

A thread is given a request when all of it is there, and gives its answer back whole: what a client takes its time over
is a place among the connections, and the memory of what it has sent or not yet read. Both are bounded.
"""

from __future__ import annotations

import os
import queue
import selectors
import socket
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from gunicorn.workers.base import Worker as BaseWorker  # type: ignore[import-untyped]

from greenlane.api.logs import logger, where
from greenlane.api.server.connection import Connection, Phase
from greenlane.api.server.framing import RefusedRequestError
from greenlane.api.server.refusals import RefusalResponse
from greenlane.api.server.responding import respond

IDLE_SECONDS = 5.0
"""How long a connection is kept for the next request."""

LINGER_SECONDS = 2.0
"""How long a client is given to read the end, and, when the worker stops, to send what it may have begun to send."""

LOOK_SECONDS = 0.5
"""How often deadlines are looked at."""

UNSENT_LIMIT = 131_072
"""Bytes of an answer that the system keeps before they are on their way; the rest we keep, and count."""

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
MEGABYTE = 1_000_000
WAITING = frozenset({Phase.HEAD, Phase.BODY, Phase.ANSWER, Phase.CLOSING})
"""What a connection may be taken from for, the oldest first, once no idle one is left."""


class Worker(BaseWorker):  # type: ignore[misc]
    """One process of the service. `app` is the `Server`."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        settings = self.app.settings
        self._connections: set[Connection] = set()
        self._answered: queue.SimpleQueue[Connection] = queue.SimpleQueue()
        self._listening = False
        self._looked = 0.0
        self._held = 0
        self._held_limit = settings.client_memory * MEGABYTE
        self._let_go: Counter[str] = Counter()
        self._seconds: dict[Phase, float] = {
            Phase.IDLE: IDLE_SECONDS,
            Phase.HEAD: settings.head_timeout,
            Phase.BODY: settings.body_timeout,
            Phase.ANSWER: settings.answer_timeout,
            Phase.CLOSING: LINGER_SECONDS,
        }

    def init_process(self) -> None:
        """Begins in the new process, and serves until it ends."""
        self._selector = selectors.DefaultSelector()
        self._pool = ThreadPoolExecutor(self.cfg.threads, "answers")
        super().init_process()

    def run(self) -> None:
        """Serves until told to stop, then answers what has begun to arrive, for as long as gunicorn lets it."""
        self._selector.register(self.PIPE[0], READ, self._woken)
        self._listen(True)
        while self.alive and self.ppid == os.getppid():
            self._turn()
        self._listen(False)
        until = time.monotonic() + self.cfg.graceful_timeout
        self._seconds[Phase.IDLE] = LINGER_SECONDS
        for connection in self._connections:
            if connection.phase is Phase.IDLE or (connection.phase is Phase.HEAD and not connection.reader.held):
                connection.phase, connection.since = Phase.IDLE, time.monotonic()
        while self._connections and time.monotonic() < until:
            self._turn()
        for connection in list(self._connections):
            self._drop(connection)
        self._pool.shutdown(wait=False)
        self._selector.close()

    def _turn(self) -> None:
        """What has happened until now, and what is over."""
        self.notify()
        for key, _ in self._selector.select(LOOK_SECONDS):
            if isinstance(key.data, Connection):
                self._guarded(self._ready, key.data)
            else:
                key.data(key.fileobj)
        now = time.monotonic()
        if now - self._looked >= LOOK_SECONDS:
            self._looked = now
            self._look(now)

    def _look(self, now: float) -> None:
        seconds = self._seconds
        for connection in list(self._connections):
            if connection.phase is not Phase.DECIDING and now - connection.since >= seconds[connection.phase]:
                self._guarded(self._expire, connection)
        if self._let_go:
            self.app.let_go(self._let_go)
            self._let_go = Counter()
        # It may have been turned off when there was no descriptor left.
        self._listen(self.alive)

    def _listen(self, wanted: bool) -> None:
        if wanted == self._listening:
            return
        self._listening = wanted
        for listener in self.sockets:
            listener.setblocking(False)
            if wanted:
                self._selector.register(listener, READ, self._accept)
            else:
                self._selector.unregister(listener)

    def _accept(self, listener: Any) -> None:
        try:
            sock, peer = listener.accept()
        except (BlockingIOError, ConnectionError):
            return
        except OSError as error:
            logger.error("connection not accepted", reason=error.strerror)
            self._listen(self._make_way())
            return
        # Set on the listener it would not hold for who connected before that.
        with suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_LIMIT)
        connection = Connection(sock, peer, listener.getsockname(), self.cfg, time.monotonic())
        full = len(self._connections) >= self.cfg.worker_connections and not self._make_way()
        self._connections.add(connection)
        self._watch(connection, READ)
        if full:
            self._guarded(lambda new: self._refuse(new, "overloaded"), connection)

    def _make_way(self, besides: Connection | None = None) -> bool:
        """Drops the connection that has waited longest for its client; false when none does."""
        others = [each for each in self._connections if each is not besides]
        waiting = [each for each in others if each.phase is Phase.IDLE]
        waiting = waiting or [each for each in others if each.phase in WAITING]
        if not waiting:
            return False
        oldest = min(waiting, key=lambda each: each.since)
        if oldest.phase is not Phase.IDLE:
            self._let_go["room"] += 1
        self._drop(oldest, at_once=True)
        return True

    def _woken(self, pipe: int) -> None:
        """A signal has come, or threads have answers."""
        with suppress(BlockingIOError):
            os.read(pipe, 4096)
        with suppress(queue.Empty):
            while True:
                self._guarded(self._sent, self._answered.get_nowait())

    def _guarded(self, step: Callable[[Connection], None], connection: Connection) -> None:
        """Does what may fail with the client, which then is let go."""
        try:
            step(connection)
            self._count(connection)
        except BlockingIOError:
            return
        except OSError:
            self._drop(connection)
        except Exception as error:
            logger.error("connection failed", error=type(error).__name__, where=where(error))
            self._drop(connection, at_once=True)

    def _ready(self, connection: Connection) -> None:
        if connection.phase is Phase.ANSWER:
            self._sent(connection)
        elif connection.phase is Phase.CLOSING:
            if not connection.discard():
                self._drop(connection)
        elif connection.receive():
            self._advance(connection)
        else:
            self._drop(connection)

    def _advance(self, connection: Connection) -> None:
        """Has the request answered once all of it is there."""
        try:
            request = connection.take_request()
        except RefusedRequestError as refused:
            self._refuse(connection, refused.code)
            return
        if request is not None:
            self._add(connection)
            self._enter(connection, Phase.DECIDING, 0)
            self._pool.submit(self._answer, connection, request)
            return
        if connection.reader.expects_continue():
            connection.queue(CONTINUE)
            connection.send()
        rest = Phase.HEAD if connection.reader.held else Phase.IDLE
        self._enter(connection, Phase.BODY if connection.reader.awaits_content else rest, READ)

    def _answer(self, connection: Connection, request: Any) -> None:
        """In a thread: the answer, sent as far as it can be without waiting."""
        try:
            answer = respond(self.wsgi, connection, request, self.cfg, not self.alive)
        except BaseException as error:
            refusal = RefusalResponse("internal", connection.reader.head)
            logger.error("failed", error=type(error).__name__, where=where(error), trace_id=refusal.trace_id)
            self.app.refused(refusal)
            answer, connection.keep = refusal.as_bytes(), False
        connection.queue(answer)
        try:
            connection.send()
        except OSError:
            connection.keep = False
        self._answered.put(connection)
        with suppress(BlockingIOError):
            os.write(self.PIPE[1], b"\0")

    def _sent(self, connection: Connection) -> None:
        """Goes on with the answer, and after its end with the next request."""
        if not connection.send():
            self._enter(connection, Phase.ANSWER, WRITE)
        elif not connection.keep:
            self._end(connection)
        else:
            connection.phase = Phase.IDLE
            self._advance(connection)

    def _end(self, connection: Connection) -> None:
        """Ends our side. With more on its way from the client, to close at once would take the answer from it."""
        if self.alive and connection.phase is Phase.DECIDING and not connection.reader.held:
            self._drop(connection)
            return
        connection.end_stream()
        self._enter(connection, Phase.CLOSING, READ)

    def _refuse(self, connection: Connection, code: str) -> None:
        refusal = RefusalResponse(code, connection.reader.head)
        self.app.refused(refusal)
        connection.reader.forget()
        connection.keep = False
        connection.queue(refusal.as_bytes())
        self._sent(connection)

    def _expire(self, connection: Connection) -> None:
        if connection.phase in (Phase.HEAD, Phase.BODY) and connection.reader.held:
            self._refuse(connection, "too_slow")
            return
        if connection.phase is Phase.ANSWER:
            self._let_go["answer"] += 1
        self._drop(connection, at_once=connection.phase is Phase.ANSWER)

    def _enter(self, connection: Connection, phase: Phase, events: int) -> None:
        """The connection is in `phase`, since now unless it was in it before."""
        if phase is not connection.phase or phase is Phase.IDLE:
            connection.phase, connection.since = phase, time.monotonic()
        self._watch(connection, events)

    def _watch(self, connection: Connection, events: int) -> None:
        if connection.watched == events:
            return
        if not events:
            self._selector.unregister(connection.sock)
        elif connection.watched:
            self._selector.modify(connection.sock, events, connection)
        else:
            self._selector.register(connection.sock, events, connection)
        connection.watched = events

    def _add(self, connection: Connection) -> None:
        """Has what is held for the connection in the sum."""
        held = connection.held
        self._held += held - connection.counted
        connection.counted = held

    def _count(self, connection: Connection) -> None:
        """Keeps the sum of what is held within its limit."""
        if connection not in self._connections or connection.phase is Phase.DECIDING:
            return
        self._add(connection)
        while self._held > self._held_limit and self._make_way(besides=connection):
            pass
        if self._held > self._held_limit and connection.phase in (Phase.HEAD, Phase.BODY):
            self._guarded(lambda last: self._refuse(last, "overloaded"), connection)

    def _drop(self, connection: Connection, *, at_once: bool = False) -> None:
        self._watch(connection, 0)
        self._connections.discard(connection)
        self._held -= connection.counted
        connection.counted = 0
        connection.close(at_once=at_once)
