"""Liveness, readiness and metrics, and what happens around every request."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from flask.testing import FlaskClient

from greenlane.api import logs
from greenlane.api.app import create_app
from greenlane.api.wiring.services import Services
from tests.api.databases import OwnServer, fresh_database


def test_alive_and_ready(client: FlaskClient) -> None:
    """Both, on a working service; readiness names the release."""
    assert client.get("/healthz").get_json() == {"status": "ok"}
    ready = client.get("/readyz").get_json()
    assert ready == {"status": "ready", "release": client.get("/v1/rulesets/current").get_json()["release"]["id"]}


def test_a_store_that_is_away_at_start(
    start: Callable[..., Services], tmp_path: Path, application: dict[str, Any]
) -> None:
    """The service starts, is alive and not ready, gives no decision, and works as soon as the store does."""
    (tmp_path / "var").write_text("in the way")
    client = create_app(start(database_url=f"sqlite:///{tmp_path}/var/greenlane.db")).test_client()
    assert client.get("/healthz").status_code == 200
    for response in (client.get("/readyz"), client.post("/v1/decisions", json=application)):
        assert (response.status_code, response.get_json()["code"]) == (503, "store_unavailable")
        assert int(response.headers["Retry-After"]) > 0
    (tmp_path / "var").unlink()
    assert client.get("/readyz").status_code == 200
    assert client.post("/v1/decisions", json=application).status_code == 201


def test_postgresql_goes_and_comes_back(
    start: Callable[..., Services], postgres: object, application: dict[str, Any]
) -> None:
    """During the outage every decision is refused; afterwards all acknowledged ones are there, and no other."""
    if not isinstance(postgres, OwnServer):
        pytest.skip("the PostgreSQL server belongs to somebody else and may not be stopped")
    with fresh_database(postgres) as url:
        services = start(database_url=url)
        client = create_app(services).test_client()
        made = client.post("/v1/decisions", json=application)
        postgres.stop()
        try:
            refused = [client.post("/v1/decisions", json=application).status_code for _ in range(3)]
        finally:
            postgres.start()
        assert refused == [503] * 3
        assert client.get(made.headers["Location"]).data == made.data
        assert client.post("/v1/decisions", json=application).status_code == 201
        assert len(client.get("/v1/decisions").get_json()["decisions"]) == 2
        services.close()


def test_metrics(client: FlaskClient, application: dict[str, Any]) -> None:
    """Requests by route and status, decisions by status, commits; no label holds what a client sent."""
    client.post("/v1/decisions", json=application)
    client.get("/private-4711")
    text = client.get("/metrics").text
    assert 'greenlane_requests_total{method="POST",route="/v1/decisions",status="201"} 1.0' in text
    assert 'greenlane_decisions_total{product="INNOV",route="STANDARD",status="APPROVE_RECOMMENDED"} 1.0' in text
    assert "greenlane_commit_decisions_count 1.0" in text
    assert "private" not in text


@pytest.mark.parametrize("path", ["/v1/decisions", "/nothing", "/healthz", "/openapi.json", "/docs"])
def test_security_headers_are_on_every_answer(client: FlaskClient, path: str) -> None:
    """Also on errors and pages."""
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"


class TestLogs:
    """One JSON line for each request."""

    @pytest.fixture(autouse=True)
    def stream(self) -> Iterator[io.StringIO]:
        """Where this test's logs go."""
        stream = io.StringIO()
        logs.configure("info", stream)
        yield stream
        structlog.reset_defaults()

    def test_a_line_for_a_request(self, client: FlaskClient, application: dict[str, Any], stream: io.StringIO) -> None:
        """Route, status, duration and the trace id that the caller gave; nothing of the application."""
        header = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
        response = client.post("/v1/decisions", json=application, headers=header)
        assert response.headers["Trace-Id"] == "0af7651916cd43dd8448eb211c80319c"
        line = json.loads(stream.getvalue().splitlines()[-1])
        assert (line["trace_id"], line["route"], line["status"]) == (
            "0af7651916cd43dd8448eb211c80319c",
            "/v1/decisions",
            201,
        )
        for private in ("示例", "91320500XXXX00019A", "APP-20260302", "800"):
            assert private not in stream.getvalue()

    def test_a_failure(self, client: FlaskClient, stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
        """The place of an error is logged, its message is not: it may hold what a client sent."""

        def fail(*_arguments: Any) -> None:
            raise RuntimeError("示例企业")

        monkeypatch.setattr("greenlane.api.decisions.store.DecisionStore.decision", fail)
        client.get("/v1/decisions/x")
        line = json.loads(stream.getvalue().splitlines()[0])
        assert (line["event"], line["error"]) == ("failed", "RuntimeError")
        assert line["where"][-1].startswith("fail test_views.py:")
        assert "示例" not in stream.getvalue()
