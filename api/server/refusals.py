"""Answers to what never reaches the application, or fails outside of it: problems, as bytes. Touches no socket."""

from __future__ import annotations

import re
from http import HTTPStatus

from gunicorn.util import http_date  # type: ignore[import-untyped]
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from greenlane.api.http.exchange import PROBLEM_JSON, preferred, problem_headers
from greenlane.api.http.middleware import HEADERS, trace_id_of
from greenlane.api.json_objects import encode
from greenlane.api.problems import ProblemDocument, ProblemError

SERVER = "greenlane"
READ = re.compile(
    rb"^(accept-language|traceparent):[ \t]*([\x20-\x7e]{0,256}?)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE
)
"""The header fields that a refusal heeds, in a head that may be no head at all."""


class RefusalResponse:
    """The answer `code` to a request of which `head` is what came of its head. The connection ends with it."""

    def __init__(self, code: str, head: bytes) -> None:
        fields = {name.lower(): value.decode("ascii") for name, value in READ.findall(head)}
        self.problem = ProblemError(code)
        self.trace_id = trace_id_of(fields.get(b"traceparent", ""))
        self._language = preferred(parse_accept_header(fields.get(b"accept-language"), LanguageAccept))
        self._bodiless = head.startswith(b"HEAD ")

    @property
    def status(self) -> int:
        """The status of the answer."""
        return self.problem.kind.status

    def as_bytes(self) -> bytes:
        """The answer, with the header fields that every answer has."""
        content = encode(ProblemDocument.of(self.problem, self._language, self.trace_id))
        headers = {
            "Server": SERVER,
            "Date": http_date(),
            "Connection": "close",
            "Content-Type": PROBLEM_JSON,
            "Content-Length": str(len(content)),
            **problem_headers(self.problem, self._language),
            **HEADERS,
            "Trace-Id": self.trace_id,
        }
        lines = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}", *(f"{k}: {v}" for k, v in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode("ascii") + (b"" if self._bodiless else content)
