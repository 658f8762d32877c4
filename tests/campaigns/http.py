"""Single requests to a service on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from http.client import HTTPConnection

TIMEOUT = 45
"""Seconds: on a busy machine new workers take many of them to begin."""


def send(
    port: int, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> tuple[int, bytes, Mapping[str, str]]:
    """Status, body and headers of the answer, on a connection of its own. Raises `OSError` or `HTTPException`."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)) as connection:
        kind = {"Content-Type": "application/json"} if body is not None else {}
        connection.request(method, path, body, {**kind, **(headers or {})})
        response = connection.getresponse()
        return response.status, response.read(), dict(response.getheaders())
