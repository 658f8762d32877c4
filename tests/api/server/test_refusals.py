"""What never reaches the application is answered as everything else is: a problem, a trace id, security headers."""

from __future__ import annotations

import json
import socket
from http.client import HTTPResponse
from typing import Any

import pytest

from greenlane.api.http.middleware import HEADERS
from greenlane.api.problem_kinds import KINDS
from greenlane.api.server.framing import CODES
from greenlane.api.server.refusals import RefusalResponse

TRACE = "0af7651916cd43dd8448eb211c80319c"
HEAD = (
    "POST /a HTTP/1.1\r\nHost: localhost\r\nAccept-Language: zh-CN, en;q=0.5\r\n"
    f"traceparent: 00-{TRACE}-b7ad6b7169203331-01\r\n"
).encode()
ALL = sorted({"bad_request", "internal", "overloaded", "too_large", "too_slow", *(code for _, code in CODES)})


def answered(code: str, head: bytes = b"", method: str | None = None) -> tuple[HTTPResponse, Any]:
    """The answer as a client reads it, and its body."""
    client, server = socket.socketpair()
    with client, server:
        server.sendall(RefusalResponse(code, head).as_bytes())
        server.shutdown(socket.SHUT_WR)
        response = HTTPResponse(client, method=method)
        response.begin()
        content = response.read()
    return response, json.loads(content) if content else None


@pytest.mark.parametrize("code", ALL)
def test_every_refusal_is_a_problem(code: str) -> None:
    """With the status of its kind; the connection ends with it."""
    response, problem = answered(code)
    assert (response.status, problem["status"]) == (KINDS[code].status, KINDS[code].status)
    assert (problem["code"], problem["type"]) == (code, f"urn:greenlane:problem:{code}")
    assert problem["title"] == KINDS[code].title.en
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Connection"] == "close"
    assert len(problem["trace_id"]) == 32
    assert response.headers["Trace-Id"] == problem["trace_id"]
    assert {name: response.headers[name] for name in HEADERS} == HEADERS
    assert (response.headers["Retry-After"] is not None) == (response.status == 503)


def test_what_can_be_read_of_the_head_is_heeded() -> None:
    """Language and trace id, even of a head that is cut off."""
    response, problem = answered("too_slow", HEAD)
    assert problem["title"] == KINDS["too_slow"].title.zh
    assert response.headers["Content-Language"] == "zh"
    assert problem["trace_id"] == TRACE


@pytest.mark.parametrize(
    "head", [b"\xff\xfe\r\n", b"Accept-Language: \xff\r\ntraceparent: \0\r\n", b"accept-language:" + b"a" * 70000]
)
def test_nothing_else_of_it_is(head: bytes) -> None:
    """Bytes that mean nothing change nothing, and nothing of them is sent back."""
    response, problem = answered("bad_request", head)
    assert response.headers["Content-Language"] == "en"
    assert problem["title"] == KINDS["bad_request"].title.en


def test_head_has_no_body() -> None:
    """A client that asked for the head alone would take a body for the next answer."""
    whole = RefusalResponse("internal", b"HEAD / HTTP/1.1\r\n").as_bytes()
    assert whole.endswith(b"\r\n\r\n")
    assert answered("internal", b"HEAD / HTTP/1.1\r\n", "HEAD")[0].headers["Content-Length"] != "0"
