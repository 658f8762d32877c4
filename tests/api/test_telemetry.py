"""Spans, as a collector receives them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from greenlane.api.app import create_app
from greenlane.api.telemetry import TelemetryError, check_installed
from greenlane.api.wiring.services import Services


class Collector:
    """An OpenTelemetry collector on this machine."""

    def __init__(self) -> None:
        self.spans: list[Any] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                found = ExportTraceServiceRequest.FromString(body)
                collector.spans += [s for r in found.resource_spans for c in r.scope_spans for s in c.spans]
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_arguments: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A collector that runs."""
    made = Collector()
    threading.Thread(target=made.server.serve_forever, daemon=True).start()
    yield made
    made.server.shutdown()
    made.server.server_close()


def _flush(services: Services) -> None:
    services.tracer.span_processor.force_flush()


def test_a_decision_has_three_spans(
    start: Callable[..., Services], collector: Collector, application: dict[str, Any]
) -> None:
    """The request, deciding and storing, in the caller's trace, whose id is that of the answer."""
    services = start(otel_endpoint=collector.endpoint)
    client = create_app(services).test_client()
    trace, parent = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
    headers = {"traceparent": f"00-{trace}-{parent}-01"}
    answer = client.post("/v1/decisions", json=application, headers=headers)
    _flush(services)
    assert answer.headers["Trace-Id"] == trace
    spans = {span.name: span for span in collector.spans}
    assert set(spans) == {"POST /v1/decisions", "decide", "store"}
    assert {span.trace_id.hex() for span in collector.spans} == {trace}
    request = spans["POST /v1/decisions"]
    assert request.parent_span_id.hex() == parent
    assert {spans[name].parent_span_id for name in ("decide", "store")} == {request.span_id}
    for span in collector.spans:
        assert request.start_time_unix_nano <= span.start_time_unix_nano <= span.end_time_unix_nano


def test_spans_hold_nothing_that_a_client_sent(
    start: Callable[..., Services], collector: Collector, application: dict[str, Any]
) -> None:
    """Neither the address with its query nor the body nor headers."""
    services = start(otel_endpoint=collector.endpoint)
    client = create_app(services).test_client()
    client.post("/v1/decisions?trace=full", json=application, headers={"User-Agent": "agent-4711"})
    client.get("/private-4711?company=91320500XXXX00019A")
    _flush(services)
    attributes = {a.key: a.value for span in collector.spans for a in span.attributes}
    assert set(attributes) == {"http.request.method", "http.route", "http.response.status_code"}
    assert not any("4711" in str(span) or "91320500" in str(span) for span in collector.spans)


def test_without_a_caller_s_trace_the_span_gives_the_id(start: Callable[..., Services], collector: Collector) -> None:
    """Logs, problems and spans name the same trace."""
    services = start(otel_endpoint=collector.endpoint)
    answer = create_app(services).test_client().get("/nothing")
    _flush(services)
    (span,) = collector.spans
    assert answer.headers["Trace-Id"] == answer.get_json()["trace_id"] == span.trace_id.hex()


def test_no_spans_unless_asked_for(services: Services) -> None:
    """Without an endpoint nothing is traced."""
    assert services.tracer is None


def test_a_missing_extra_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """An endpoint without the packages is refused before anything is served."""
    monkeypatch.setattr("greenlane.api.telemetry.find_spec", lambda _name: None)
    with pytest.raises(TelemetryError, match="the extra `otel` is not installed"):
        check_installed()
