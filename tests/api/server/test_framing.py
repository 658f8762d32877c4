"""Requests are found in the bytes of a connection, however these arrive, and what is ambiguous is no request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import pytest
from gunicorn.http.parser import RequestParser  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from greenlane.api.config import Settings
from greenlane.api.server.framing import BODY_LIMIT, CHUNKS_LIMIT, HEAD_LIMIT, RefusedRequestError, RequestReader
from greenlane.api.server.process import Server

PEER = ("127.0.0.1", 50000)
Found = tuple[str, str, bytes]
HEAD = b"POST /a HTTP/1.1\r\nHost: localhost\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


CONFIG = Server(Settings(matcher="bitmap")).cfg
"""As the service sets it."""


def read(pieces: Iterable[bytes]) -> tuple[list[Found], str | None]:
    """Method, address and body of each request, and the problem with what comes after them."""
    reader, found = RequestReader(CONFIG, PEER), []
    try:
        for piece in pieces:
            reader.receive(piece)
            while (request := reader.take()) is not None:
                found.append((request.method, request.uri, request.body.read()))
    except RefusedRequestError as refused:
        return found, refused.code
    return found, None


def by_gunicorn(content: bytes) -> list[Found]:
    """The requests that gunicorn's own parser finds, until it refuses one."""
    found: list[Found] = []
    parser = RequestParser(CONFIG, iter([content]), PEER)
    try:
        while (request := next(parser, None)) is not None:
            found.append((request.method, request.uri, request.body.read()))
    except Exception:
        return found
    return found


FRAGMENTS: Sequence[bytes] = (
    *(
        b"GET /b?c=%20d HTTP/1.1\r\n",
        b"POST /a HTTP/1.1\r\n",
        b"POST http://localhost/a HTTP/1.1\r\n",
        b"GET / HTTP/1.0\r\n",
    ),
    *(b"Host: localhost\r\n", b"Host: localhost\r\nX-A: b\r\n", b"Content-Length: 3\r\n", b"Content-Length: 0\r\n"),
    *(b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding:\tchunked, identity\r\n", b"Connection: close\r\n"),
    *(b"\r\n", b"\r", b"\n", b" ", b"\t", b":", b"\0", b"\x85", b"a", b"abc", b"3\r\nabc\r\n", b"3;x=y\r\nabc\r\n"),
    *(
        b"0\r\n\r\n",
        b"0\r\nX-T: u\r\n\r\n",
        b"0x3\r\nabc\r\n",
        b"+3\r\nabc\r\n",
        b"3 \r\nabc\r\n",
        b"fF\r\n",
        b"Expect: 100-continue\r\n",
    ),
)
WHOLE: Sequence[bytes] = (
    b"GET /b HTTP/1.1\r\nHost: localhost\r\n\r\n",
    HEAD + b"Content-Length: 3\r\n\r\nabc",
    CHUNKED + b"3\r\nabc\r\n0\r\n\r\n",
    CHUNKED + b"1;a=b\r\na\r\n2\r\nbc\r\n0\r\nX-T: u\r\n\r\n",
)


@st.composite
def streams(draw: st.DrawFn) -> bytes:
    """Requests one after another, some of them damaged."""
    parts = draw(st.lists(st.one_of(st.sampled_from(WHOLE), st.sampled_from(FRAGMENTS)), min_size=1, max_size=10))
    content = b"".join(parts)
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(content)))
        content = content[:at] + draw(st.sampled_from(FRAGMENTS)) + content[at + draw(st.integers(0, 3)) :]
    return content


def cut(content: bytes, at: Iterable[int]) -> list[bytes]:
    """The content in pieces that end at these places."""
    ends = [0, *sorted({place % (len(content) + 1) for place in at}), len(content)]
    return [content[begin:end] for begin, end in pairwise(ends)]


@given(streams(), st.lists(st.integers(0, 500), max_size=8))
def test_how_bytes_arrive_makes_no_difference(content: bytes, at: list[int]) -> None:
    """Whole, in pieces, or one by one: the same requests. (Of several faults the first to arrive is told.)"""
    whole, fault = read([content])
    for pieces in (cut(content, at), [content[i : i + 1] for i in range(len(content))]):
        found, other = read(pieces)
        assert found == whole
        assert (other is None) == (fault is None)


@given(streams())
def test_a_second_reader_finds_the_same_requests(content: bytes) -> None:
    """What is taken here gunicorn's own parser takes too, with the same body: nothing hides between two requests."""
    found, _ = read([content])
    assert by_gunicorn(content)[: len(found)] == found


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"GARBAGE\r\n\r\n", "bad_request"),
        (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", "bad_request"),
        (b"GET / HTTP/1.1\nHost: localhost\n\n", "bad_request"),
        (b"GET / HTTP/1.1\r\n\r\n", "bad_request"),
        (b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "bad_request"),
        (b"GET / HTTP/1.1\r\nHost: localhost@evil.example\r\n\r\n", "bad_request"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", "bad_request"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://a\r\nOrigin: http://b\r\n\r\n", "bad_request"),
        (HEAD + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\na", "bad_request"),
        (HEAD + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", "bad_request"),
        (HEAD + b"Content-Length: +1\r\n\r\na", "bad_request"),
        (HEAD + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", "bad_request"),
        (HEAD + b"Content-Length: %d\r\n\r\n" % (BODY_LIMIT + 1), "too_large"),
        (HEAD + b"Transfer-Encoding: gzip\r\n\r\n", "bad_request"),
        (HEAD + b"Transfer-Encoding: x\r\n\r\n", "transfer_coding_unknown"),
        (HEAD + b"Expect: x\r\n\r\n", "expectation_failed"),
        (CHUNKED + b"ZZ\r\n", "bad_request"),
        (CHUNKED + b"-2\r\n", "bad_request"),
        (CHUNKED + b"0x2\r\n", "bad_request"),
        (CHUNKED + b"\r\n", "bad_request"),
        (CHUNKED + b"000000002\r\n", "bad_request"),
        (CHUNKED + b"1\r\nab\r\n", "bad_request"),
        (CHUNKED + b"1\na\n0\n\n", "bad_request"),
        (CHUNKED + b"1;" + b"a" * 300, "bad_request"),
        (CHUNKED + b"0\r\nHost: b\r\n\r\n", "bad_request"),
        (CHUNKED + b"0\r\n" + b"X: y\r\n" * 2000, "headers_too_large"),
        (CHUNKED + b"FFFFFFFF\r\n", "too_large"),
        (CHUNKED + b"1\r\na\r\n" * (CHUNKS_LIMIT + 1), "too_large"),
        (b"GET /" + b"a" * 4100 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", "address_too_long"),
        (b"GET /" + b"a" * HEAD_LIMIT, "address_too_long"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 8200 + b"\r\n\r\n", "headers_too_large"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 101 + b"\r\n", "headers_too_large"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n" + (b"X: " + b"a" * 4000 + b"\r\n") * 17, "headers_too_large"),
    ],
)
def test_what_is_no_request(content: bytes, code: str) -> None:
    """Each fault of the protocol has its problem, and nothing is made of the rest of the connection."""
    assert read([content, b"GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"]) == ([], code)


def headers(content: bytes) -> dict[str, Any]:
    """The header fields of the one request."""
    reader = RequestReader(CONFIG, PEER)
    reader.receive(content)
    return dict(reader.take().headers)


def test_fields_that_set_nothing() -> None:
    """A field whose name has an underscore is passed over: it could be taken for another, or for a variable."""
    assert headers(b"GET / HTTP/1.1\r\nHost: localhost\r\nSCRIPT_NAME: /a\r\nX_A: b\r\nX-C: d\r\n\r\n") == {
        "HOST": "localhost",
        "X-C": "d",
    }


def test_a_host_in_the_address_wins() -> None:
    """An address that names its host is for that host, whatever `Host` says."""
    assert headers(b"GET http://evil.example/a HTTP/1.1\r\nHost: localhost\r\n\r\n")["HOST"] == "evil.example"


def test_a_chunked_body_has_its_length() -> None:
    """The application is told how long the body is, and nothing of chunks."""
    assert headers(CHUNKED + b"3\r\nabc\r\n0\r\n\r\n") == {"HOST": "localhost", "CONTENT-LENGTH": "3"}


def test_when_a_client_is_told_to_go_on() -> None:
    """Once, and only while nothing of the body is there."""
    reader = RequestReader(CONFIG, PEER)
    reader.receive(HEAD + b"Content-Length: 3\r\nExpect: 100-continue\r\n\r\n")
    assert reader.take() is None
    assert reader.awaits_content
    assert [reader.expects_continue(), reader.expects_continue()] == [True, False]
    reader.receive(b"abc")
    assert reader.take().body.read() == b"abc"
    reader.receive(HEAD + b"Content-Length: 3\r\nExpect: 100-continue\r\n\r\na")
    assert reader.take() is None
    assert not reader.expects_continue()
