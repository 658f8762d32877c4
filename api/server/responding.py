"""A whole request given to the WSGI application, and its whole answer as bytes. Touches no socket."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from gunicorn.http import wsgi  # type: ignore[import-untyped]

from greenlane.api.server.connection import Connection
from greenlane.api.server.refusals import SERVER

Application = Callable[..., Iterable[bytes]]


class AnswerBytes:
    """What gunicorn writes an answer to in place of a socket: keeps it."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def sendall(self, data: bytes) -> None:
        """Keeps what would be sent."""
        self.parts.append(data)


def respond(application: Application, connection: Connection, request: Any, config: Any, last: bool) -> bytes:
    """The answer of `application`, and in `connection` whether another request may follow it, never after the `last`.

    Raises what the application raises: nothing has been sent then.
    """
    written = AnswerBytes()
    response, environ = wsgi.create(request, written, connection.peer, connection.server, config)
    response.version = SERVER
    environ["wsgi.multithread"] = True
    if last:
        response.force_close()
    parts = application(environ, response.start_response)
    try:
        for part in parts:
            response.write(part)
        response.close()
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()
    connection.keep = not response.should_close()
    return b"".join(written.parts)
