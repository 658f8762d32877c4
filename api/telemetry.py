"""Spans for OpenTelemetry, where the extra `otel` is installed and an endpoint is set. Sends to that endpoint only.

The spans are our own: the ready-made ones for Flask carry addresses, queries and user agents, which may hold what a
client sent. Ours hold the method, the route, the status, and how long deciding and storing took.
"""

from __future__ import annotations

import functools
import time
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

import structlog
from flask import Flask, Response, g, request

from greenlane.api.metrics import DecisionMetrics

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

SERVICE = "greenlane"
NANOSECONDS = 1_000_000_000


class TelemetryError(Exception):
    """An endpoint is set and the extra `otel` is not installed."""


def check_installed() -> None:
    """Raises `TelemetryError` when what exports spans is not installed."""
    if find_spec("opentelemetry") is None or find_spec("opentelemetry.exporter.otlp.proto.http") is None:
        raise TelemetryError("GREENLANE_OTEL_ENDPOINT is set, and the extra `otel` is not installed")


def open_tracer(endpoint: str) -> Tracer:
    """Makes spans that are sent to `endpoint` (OTLP over HTTP, for instance http://127.0.0.1:4318) in the background.

    Raises `TelemetryError`.
    """
    check_installed()
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": SERVICE}))
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider.get_tracer(SERVICE)


def trace_requests(app: Flask, tracer: Tracer) -> None:
    """Makes a span of every request; the id of its trace is that of the logs, problems and the `Trace-Id` header."""
    app.before_request(functools.partial(_begin_span, tracer))
    app.after_request(_answered)
    app.teardown_request(_end_span)


def _begin_span(tracer: Tracer) -> None:
    from opentelemetry import context
    from opentelemetry.trace import SpanKind, set_span_in_context
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    route = request.url_rule.rule if request.url_rule is not None else "none"
    span = tracer.start_span(
        f"{request.method} {route}",
        TraceContextTextMapPropagator().extract(request.headers),
        SpanKind.SERVER,
        {"http.request.method": request.method, "http.route": route},
    )
    g.span, g.span_token = span, context.attach(set_span_in_context(span))
    g.trace_id = f"{span.get_span_context().trace_id:032x}"
    structlog.contextvars.bind_contextvars(trace_id=g.trace_id)


def _answered(response: Response) -> Response:
    if "span" in g:
        g.span.set_attribute("http.response.status_code", response.status_code)
    return response


def _end_span(_failure: BaseException | None) -> None:
    from opentelemetry import context

    if "span" in g:
        context.detach(g.span_token)
        g.span.end()


@dataclass(frozen=True, slots=True)
class DecisionSpans:
    """Spans inside of that of the request, besides the metrics."""

    metrics: DecisionMetrics
    tracer: Tracer

    def decided(self, seconds: float) -> None:
        """A decision took so long."""
        self.metrics.decided(seconds)
        self._span("decide", seconds)

    def waited(self, seconds: float) -> None:
        """It took so long until the decisions of a request were on disk."""
        self.metrics.waited(seconds)
        self._span("store", seconds)

    def stored(self, status: str, product: str | None, route: str | None) -> None:
        """A decision is on disk."""
        self.metrics.stored(status, product, route)

    def _span(self, name: str, seconds: float) -> None:
        now = time.time_ns()
        self.tracer.start_span(name, start_time=now - int(seconds * NANOSECONDS)).end(now)
