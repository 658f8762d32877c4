"""Answers as bytes."""

from __future__ import annotations

from typing import Any

from flask import Response

from greenlane.api.http.context import language, trace_id
from greenlane.api.json_text import encode
from greenlane.api.problems import RETRY_AFTER, Problem, document

CHALLENGES = {
    "unauthenticated": 'Bearer realm="greenlane"',
    "credential_refused": 'Bearer realm="greenlane", error="invalid_token"',
}
"""What `WWW-Authenticate` says (RFC 6750)."""

PROBLEM_JSON = "application/problem+json"


def json_response(body: Any, status: int = 200) -> Response:
    """`body` as JSON; bytes are sent as they are."""
    content = body if isinstance(body, bytes) else encode(body)
    return Response(content, status, mimetype="application/json")


def problem_document(problem: Problem) -> dict[str, object]:
    """The problem in the client's language."""
    return document(problem, language(), trace_id())


def problem_response(problem: Problem) -> Response:
    """The problem as the answer; a 401 says how to authenticate, a 429 and a 503 when to try again."""
    response = Response(encode(problem_document(problem)), problem.kind.status, mimetype=PROBLEM_JSON)
    response.headers["Content-Language"] = language()
    response.headers["Vary"] = "Accept-Language"
    if problem.code in CHALLENGES:
        response.headers["WWW-Authenticate"] = CHALLENGES[problem.code]
    retry_after = problem.retry_after or (RETRY_AFTER if problem.kind.status == 503 else None)
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response
