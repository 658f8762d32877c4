"""Where one HTTP/1.1 request ends in the bytes of a connection, and what of it is refused. Touches no socket."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from gunicorn.http.body import CHUNK_EXT_RE, ChunkedReader, LengthReader  # type: ignore[import-untyped]
from gunicorn.http.errors import (  # type: ignore[import-untyped]
    ExpectationFailed,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
    UnsupportedTransferCoding,
)
from gunicorn.http.message import Request  # type: ignore[import-untyped]
from gunicorn.http.unreader import IterUnreader  # type: ignore[import-untyped]

from greenlane.api.http.exchange import BATCH_LIMIT

HEAD_LIMIT = 65_536
"""Bytes of a request's line and headers."""

BODY_LIMIT = BATCH_LIMIT + 1
"""Bytes of a body: one more than any operation takes, so that the operation itself says what its limit is."""

CHUNKS_LIMIT = 100_000
"""Chunks of one body: each costs more than its bytes."""

CHUNK_LINE_LIMIT = 256
TRAILER_LIMIT = 8_192
LINE_LIMIT = 4_094
"""Bytes of a request's line."""

END = b"\r\n\r\n"
BARE_LINE_FEED = re.compile(rb"(?<!\r)\n")
CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(;.*)?", re.DOTALL)
HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+,;=%-]+)(:[0-9]{0,5})?")
ONCE = frozenset(("AUTHORIZATION", "CONTENT-ENCODING", "IDEMPOTENCY-KEY", "ORIGIN"))
"""Header fields, besides those that gunicorn itself refuses twice, that mean nothing when they are given twice."""

CODES = (
    (LimitRequestLine, "address_too_long"),
    (LimitRequestHeaders, "headers_too_large"),
    (ExpectationFailed, "expectation_failed"),
    (UnsupportedTransferCoding, "transfer_coding_unknown"),
)


class RefusedRequestError(Exception):
    """What came is no request, or one that is not taken: `code` names the problem. Nothing after it can be read."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class ChunkedContent:
    """Takes a body in chunks (RFC 9112, section 7.1) out of a buffer, as far as it is there."""

    def __init__(self) -> None:
        self.content = bytearray()
        self._left = 0
        self._count = 0
        self._ended = False

    def take(self, buffer: bytearray) -> bytes | None:
        """Takes what is there from `buffer`; the trailer section once all is taken. Raises `RefusedRequestError`."""
        while not self._ended:
            if self._left and not self._chunk(buffer):
                return None
            line = _line(buffer, CHUNK_LINE_LIMIT)
            if line is None:
                return None
            self._begin(line)
        return _trailers(buffer)

    def _begin(self, line: bytes) -> None:
        size = CHUNK_SIZE.fullmatch(line)
        if size is None or (size[2] is not None and not CHUNK_EXT_RE.fullmatch(size[2])):
            raise RefusedRequestError("bad_request")
        number = int(size[1], 16)
        self._count += 1
        if len(self.content) + number > BODY_LIMIT or self._count > CHUNKS_LIMIT:
            raise RefusedRequestError("too_large")
        # The line end after a chunk belongs to it.
        self._left = number + 2 if number else 0
        self._ended = not number

    def _chunk(self, buffer: bytearray) -> bool:
        content = min(len(buffer), self._left - 2)
        if content > 0:
            self.content += buffer[:content]
            del buffer[:content]
            self._left -= content
        if self._left > 2 or len(buffer) < 2:
            return False
        if buffer[:2] != b"\r\n":
            raise RefusedRequestError("bad_request")
        del buffer[:2]
        self._left = 0
        return True


class RequestReader:
    """Makes requests, each whole with its body, of what comes in on one connection."""

    def __init__(self, config: Any, peer: Any) -> None:
        self._config = config
        self._peer = peer
        self._buffer = bytearray()
        self._looked = 0
        self._count = 0
        self._request: Any = None
        self._chunks: ChunkedContent | None = None
        self._length = 0
        self._head = b""

    @property
    def head(self) -> bytes:
        """The head of the request that is read, or was read last, as far as it is there."""
        return self._head or bytes(self._buffer[:HEAD_LIMIT])

    @property
    def held(self) -> int:
        """Bytes kept of what is no whole request yet."""
        return len(self._buffer) + (len(self._chunks.content) if self._chunks is not None else 0)

    @property
    def awaits_content(self) -> bool:
        """Whether the head of a request is there and its body is not."""
        return self._request is not None

    def receive(self, data: bytes) -> None:
        """Keeps what came in."""
        self._buffer += data

    def forget(self) -> None:
        """Lets go of what came in: nothing more is read of it."""
        self._buffer.clear()
        self._request, self._chunks = None, None

    def take(self) -> Any:
        """The next request, None until all of it is there. Raises `RefusedRequestError`."""
        if self._request is None and not self._take_head():
            return None
        content = self._take_content()
        if content is None:
            return None
        request, self._request, self._chunks = self._request, None, None
        request.body, request.size = BytesIO(content), len(content)
        headers = [field for field in request.headers if field[0] not in ("CONTENT-LENGTH", "TRANSFER-ENCODING")]
        request.headers = [*headers, ("CONTENT-LENGTH", str(len(content)))] if content else headers
        return request

    def expects_continue(self) -> bool:
        """Whether the client waits to be told that it may send the body; true once."""
        request = self._request
        if request is None or not request._expected_100_continue:
            return False
        request._expected_100_continue = False
        return not self.held

    def _take_head(self) -> bool:
        buffer, looked, self._head = self._buffer, self._looked, b""
        end = buffer.find(END, max(0, looked - len(END) + 1))
        if (len(buffer) if end < 0 else end) > HEAD_LIMIT:
            raise RefusedRequestError("headers_too_large" if b"\r\n" in buffer[:LINE_LIMIT] else "address_too_long")
        if end < 0:
            if BARE_LINE_FEED.search(buffer, max(0, looked - 1)):
                raise RefusedRequestError("bad_request")
            self._looked = len(buffer)
            return False
        self._looked = 0
        self._head = bytes(buffer[: end + len(END)])
        del buffer[: len(self._head)]
        self._request = self._parsed(self._head)
        return True

    def _parsed(self, head: bytes) -> Any:
        self._count += 1
        try:
            request = Request(self._config, IterUnreader([head]), self._peer, self._count)
        except (ParseException, OSError, StopIteration) as refused:
            raise RefusedRequestError(_code(refused)) from None
        _check(request)
        _settle_host(request)
        reader = request.body.reader
        self._chunks = ChunkedContent() if isinstance(reader, ChunkedReader) else None
        self._length = reader.length if isinstance(reader, LengthReader) else 0
        if self._length > BODY_LIMIT:
            raise RefusedRequestError("too_large")
        return request

    def _take_content(self) -> bytes | None:
        buffer = self._buffer
        if self._chunks is None:
            if len(buffer) < self._length:
                return None
            content = bytes(buffer[: self._length])
            del buffer[: self._length]
            return content
        trailers = self._chunks.take(buffer)
        if trailers is None:
            return None
        if trailers:
            try:
                self._request.parse_headers(trailers, from_trailer=True)
            except ParseException as refused:
                raise RefusedRequestError(_code(refused)) from None
        return bytes(self._chunks.content)


def _check(request: Any) -> None:
    """Refuses what gunicorn leaves open: no `Host` or an impossible one, and fields twice that may be there once."""
    names = [name for name, _ in request.headers]
    if any(names.count(name) > 1 for name in ONCE.intersection(names)):
        raise RefusedRequestError("bad_request")
    hosts = [value for name, value in request.headers if name == "HOST"]
    if any(not HOST.fullmatch(host) for host in hosts) or (not hosts and request.version >= (1, 1)):
        raise RefusedRequestError("bad_request")


def _settle_host(request: Any) -> None:
    """An address that names a host is what `Host` says, whatever that field says (RFC 9112, section 3.2.2)."""
    if request.uri.startswith("/") or "://" not in request.uri:
        return
    host = urlsplit(request.uri).netloc
    if not HOST.fullmatch(host):
        raise RefusedRequestError("bad_request")
    request.headers = [("HOST", host), *(field for field in request.headers if field[0] != "HOST")]


def _code(refused: BaseException) -> str:
    return next((code for kind, code in CODES if isinstance(refused, kind)), "bad_request")


def _line(buffer: bytearray, limit: int) -> bytes | None:
    end = buffer.find(b"\r\n", 0, limit)
    if end < 0:
        if len(buffer) >= limit or BARE_LINE_FEED.search(buffer):
            raise RefusedRequestError("bad_request")
        return None
    line = bytes(buffer[:end])
    del buffer[: end + 2]
    return line


def _trailers(buffer: bytearray) -> bytes | None:
    """The trailer section without its end, None until it is there."""
    if buffer[:2] == b"\r\n":
        del buffer[:2]
        return b""
    end = buffer.find(END, 0, TRAILER_LIMIT)
    if end < 0:
        if len(buffer) >= TRAILER_LIMIT or BARE_LINE_FEED.search(buffer):
            raise RefusedRequestError("headers_too_large" if len(buffer) >= TRAILER_LIMIT else "bad_request")
        return None
    trailers = bytes(buffer[:end])
    del buffer[: end + len(END)]
    return trailers
