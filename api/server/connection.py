"""One client's connection: what came in on it, what is still to go out, what it waits for. Never waits itself."""

from __future__ import annotations

import socket
import struct
from contextlib import suppress
from enum import Enum
from typing import Any

from greenlane.api.server.framing import BODY_LIMIT, RequestReader

READ_SIZE = 65_536
DISCARD_LIMIT = 2 * BODY_LIMIT
"""Bytes that are read and forgotten after a refusal, so that the client comes to read it."""

NOTHING = memoryview(b"")
AT_ONCE = struct.pack("ii", 1, 0)
"""The value of `SO_LINGER` that drops what was not sent."""


class Phase(Enum):
    """What a connection waits for."""

    IDLE = "the first byte of a request"
    HEAD = "the rest of its head"
    BODY = "the rest of its body"
    DECIDING = "a thread of the worker"
    ANSWER = "the client, to take its answer"
    CLOSING = "the client, to end its side"


class Connection:
    """A connection and the phase it is in, since a moment of the monotonic clock.

    `keep` says whether another request may follow the answer, `watched` which events the loop waits for, `counted` how
    many bytes of it the loop has in its sum. A thread that answers touches it only in the phase `DECIDING`, the loop in
    all others.
    """

    __slots__ = (
        "_discarded",
        "_kept",
        "_out",
        "counted",
        "keep",
        "peer",
        "phase",
        "reader",
        "server",
        "since",
        "sock",
        "watched",
    )

    def __init__(self, sock: socket.socket, peer: Any, server: Any, config: Any, now: float) -> None:
        sock.setblocking(False)
        self.sock = sock
        self.peer = peer
        self.server = server
        self.reader = RequestReader(config, peer)
        self.phase = Phase.HEAD
        self.since = now
        self.watched = 0
        self.counted = 0
        self.keep = True
        self._kept = 0
        self._discarded = 0
        self._out = NOTHING

    @property
    def held(self) -> int:
        """Bytes kept for the client: of what it sent and of what it has not taken."""
        return self.reader.held + self._kept

    def receive(self) -> bool:
        """Takes what is there; false at the end of the stream. Raises `BlockingIOError`, `OSError`."""
        data = self.sock.recv(READ_SIZE)
        self.reader.receive(data)
        return bool(data)

    def discard(self) -> bool:
        """Reads past what is there; false at the end of it or of our patience. Raises `BlockingIOError`, `OSError`."""
        size = len(self.sock.recv(READ_SIZE))
        self._discarded += size
        return size > 0 and self._discarded <= DISCARD_LIMIT

    def take_request(self) -> Any:
        """The next request, None until all of it is there. Raises `RefusedRequestError`."""
        request = self.reader.take()
        self._kept = request.size if request is not None else 0
        return request

    def queue(self, answer: bytes) -> None:
        """Has `answer` sent by calls of `send`."""
        self._kept = len(answer)
        self._out = memoryview(answer)

    def send(self) -> bool:
        """Sends what the system takes now; whether nothing is left. Raises `OSError`."""
        while self._out:
            try:
                self._out = self._out[self.sock.send(self._out) :]
            except BlockingIOError:
                return False
        # An empty view would keep the whole answer.
        self._out, self._kept = NOTHING, 0
        return True

    def end_stream(self) -> None:
        """Tells the client that nothing more comes."""
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_WR)

    def close(self, *, at_once: bool = False) -> None:
        """Lets go of the client; at once: with whatever the system has not sent yet."""
        if at_once:
            with suppress(OSError):
                self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        self.sock.close()
