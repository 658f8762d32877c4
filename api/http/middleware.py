"""Flask middleware around every request: its trace id, log line and metrics, the security headers of its answer."""

from __future__ import annotations

import re
import secrets
import time

import structlog
from flask import Flask, Response, g, request

from greenlane.api.http.exchange import service
from greenlane.api.logs import logger
from greenlane.api.metrics import OTHER, Metrics
from greenlane.api.problems import ProblemError

TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
NO_CONTENT_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
TRANSPORT = "max-age=31536000"
"""Said of requests that a proxy on this machine took over TLS (`X-Forwarded-Proto`): for a year use nothing else."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Methods that metrics and log lines name; all others are `other` there."""

HEADERS = {
    "Content-Security-Policy": NO_CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Cache-Control": "no-store",
}


def add_middleware(app: Flask) -> None:
    """Has every request of `app` go through this."""
    app.before_request(_begin)
    app.after_request(_end)


def trace_id_of(traceparent: str) -> str:
    """The trace id that a `traceparent` header (W3C) gives, or a new one."""
    given = TRACEPARENT.fullmatch(traceparent)
    return given[1] if given else secrets.token_hex(16)


def _begin() -> None:
    g.started = time.perf_counter()
    g.trace_id = trace_id_of(request.headers.get("traceparent", ""))
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(trace_id=g.trace_id)
    try:
        request.query_string.decode()
    except UnicodeDecodeError:
        # Whoever reads the parameters would fail of it.
        raise ProblemError("bad_request") from None


def _end(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", TRANSPORT)
    response.headers["Trace-Id"] = g.trace_id
    seconds = time.perf_counter() - g.started
    route = request.url_rule.rule if request.url_rule is not None else "none"
    metrics = service(Metrics)
    # Names that clients make up are not kept: each would take memory for as long as the service runs.
    method = request.method if request.method in METHODS else OTHER
    metrics.requests.labels(method, route, str(response.status_code)).inc()
    metrics.seconds.labels(route).observe(seconds)
    logger.info("request", method=method, route=route, status=response.status_code, ms=round(seconds * 1000, 2))
    return response
