"""Liveness, readiness and metrics, and what happens around every request."""

from __future__ import annotations

import io
import itertools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog
from flask.testing import FlaskClient
from sqlalchemy import event

from greenlane.api import logs
from greenlane.api.app import create_app
from greenlane.api.ledger import readiness
from greenlane.api.ledger.database import Database
from greenlane.api.wiring.services import Services
from greenlane.engine.decide.application import uscc_check_character
from tests.api.databases import OwnServer, fresh_database


def test_alive_and_ready(client: FlaskClient) -> None:
    """Both, on a working service; readiness names the release."""
    assert client.get("/healthz").get_json() == {"status": "ok"}
    ready = client.get("/readyz").get_json()
    assert ready == {"status": "ready", "release": client.get("/v1/rulesets/current").get_json()["release"]["id"]}


def test_a_store_that_is_away_at_start(
    start: Callable[..., Services], tmp_path: Path, application: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service starts, is alive and not ready, gives no decision, and works as soon as the store does."""
    monkeypatch.setattr(readiness, "GOOD_SECONDS", 0.0)
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


class Barrier:
    """Lets nobody write to a database of either kind, or lets them again, as an operator or a full disk would."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._closed = False
        event.listen(database.reader, "checkout", self._prepare)

    def close(self) -> None:
        """From now on what is written is refused."""
        self._closed = True

    def open(self) -> None:
        """From now on it is taken."""
        self._closed = False

    def _prepare(self, connection: Any, _record: object, _proxy: object) -> None:
        cursor = connection.cursor()
        if self._database.dialect == "sqlite":
            cursor.execute(f"PRAGMA query_only = {'ON' if self._closed else 'OFF'}")
        else:
            cursor.execute(f"SET default_transaction_read_only = {'on' if self._closed else 'off'}")
            connection.commit()
        cursor.close()


@dataclass(frozen=True)
class Watched:
    """A service whose stores can be shut, and what it logs."""

    client: FlaskClient
    barriers: dict[str, Barrier]
    log: io.StringIO

    def lines(self) -> list[dict[str, Any]]:
        """What was logged about what is available."""
        found = [json.loads(line) for line in self.log.getvalue().splitlines()]
        return [line for line in found if "available" in line["event"]]

    def available(self) -> dict[str, float]:
        """What the metrics tell of each part."""
        told = re.findall(r'greenlane_store_available\{part="(\w+)"\} (\S+)', self.client.get("/metrics").text)
        return {part: float(value) for part, value in told}


@pytest.fixture
def watched(start: Callable[..., Services], database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    """A service on either database; each look at its readiness is one of its own."""
    monkeypatch.setattr(readiness, "GOOD_SECONDS", 0.0)
    services, log = start(database_url=database_url), io.StringIO()
    client = create_app(services).test_client()
    logs.configure("warning", log)
    engines = {"database": services.ledger.database, "key_store": services.ledger.keys.key_store._database}
    yield Watched(client, {part: Barrier(engine) for part, engine in engines.items()}, log)
    structlog.reset_defaults()
    services.close()


@pytest.mark.parametrize("part", ["database", "key_store"])
def test_what_cannot_be_written(watched: Watched, application: dict[str, Any], part: str) -> None:
    """Not ready before any decision is lost to it, said in one line with the place; ready again by itself."""
    new = itertools.count()

    def decide() -> int:
        # Of somebody who was not seen before, so that each decision needs a data key of its own.
        first = f"91320500{next(new):09}"
        application["applicant"]["uscc"] = f"{first}{uscc_check_character(first)}"
        return int(watched.client.post("/v1/decisions?trace=none", json=application).status_code)

    assert (decide(), watched.client.get("/readyz").status_code) == (201, 200)
    watched.barriers[part].close()
    refused = watched.client.get("/readyz")
    assert (refused.status_code, refused.get_json()["code"]) == (503, "store_unavailable")
    assert {decide() for _ in range(30)} == {503}
    assert watched.client.get("/readyz").status_code == 503
    assert watched.available() == {"database": 1.0, "key_store": 1.0, "witness": 1.0} | {part: 0.0}
    watched.barriers[part].open()
    assert watched.client.get("/readyz").status_code == 200
    assert decide() == 201
    assert set(watched.available().values()) == {1.0}
    assert [line["event"] for line in watched.lines()] == ["not available", "available again"]
    begun, ended = watched.lines()
    assert begun["what"] == ended["what"]
    assert begun["what"].endswith("data-keys.db") == (part == "key_store")
    assert "SQLITE_READONLY" in begun["reason"] or "25006" in begun["reason"]
    assert ended["failures"] > 30


def test_a_witness_file_that_cannot_be_written(watched: Watched, application: dict[str, Any], tmp_path: Path) -> None:
    """Decisions are stored all the same, but the service is not ready; what was missed is added once it can be."""
    file = tmp_path / "heads.jsonl"
    watched.client.post("/v1/decisions", json=application)
    before = file.read_bytes()
    file.unlink()
    file.mkdir()
    for _ in range(20):
        assert watched.client.post("/v1/decisions", json=application).status_code == 201
    assert watched.client.get("/readyz").status_code == 503
    assert watched.available()["witness"] == 0.0
    file.rmdir()
    file.write_bytes(before)
    assert watched.client.get("/readyz").status_code == 200
    assert len(file.read_bytes().splitlines()) == len(before.splitlines()) + 20
    assert [line["event"] for line in watched.lines()] == ["not available", "available again"]
    assert {line["what"] for line in watched.lines()} == {str(file)}


def test_an_older_copy_of_the_database(start: Callable[..., Services], tmp_path: Path, application: Any) -> None:
    """Is a problem of its own for everybody who asks, a metric, and a line of the log; not ready, and alive."""
    client = create_app(start()).test_client()
    made = client.post("/v1/decisions", json=application).headers["Location"]
    (tmp_path / "greenlane.db").rename(tmp_path / "gone")
    services, log = start(), io.StringIO()
    logs.configure("warning", log)
    client = create_app(services).test_client()
    answers = [client.get("/readyz"), client.get(made), *(client.post("/v1/decisions", json=application) for _ in "12")]
    assert [(a.status_code, a.get_json()["code"]) for a in answers] == [(503, "log_fork")] * 4
    assert answers[0].get_json()["type"] == "urn:greenlane:problem:log_fork"
    assert "管理员" in client.get("/readyz", headers={"Accept-Language": "zh"}).get_json()["detail"]
    assert client.get("/healthz").status_code == 200
    assert "greenlane_log_fork 1.0" in client.get("/metrics").text
    structlog.reset_defaults()
    (line,) = [json.loads(line) for line in log.getvalue().splitlines()]
    assert (line["level"], line["event"], line["what"]) == ("error", "not available", "service")
    assert str(tmp_path / "heads.jsonl") in line["reason"]
    assert "greenlane audit settle" in line["reason"]


def test_no_line_tells_a_password(start: Callable[..., Services], application: dict[str, Any]) -> None:
    """Neither that of the database nor one that a driver takes by another name."""
    log = io.StringIO()
    logs.configure("debug", log)
    address = "postgresql://greenlane:Secret-1@/nowhere?host=/nowhere&password=Secret-2&sslpassword=Secret-3"
    client = create_app(start(database_url=address)).test_client()
    answers = [client.get("/readyz"), client.post("/v1/decisions", json=application), client.get("/metrics")]
    structlog.reset_defaults()
    assert "postgresql:///nowhere/nowhere" in log.getvalue()
    assert "Secret" not in log.getvalue() + "".join(answer.text for answer in answers)


@pytest.mark.parametrize(("level", "libraries"), [("debug", "WARNING"), ("info", "WARNING"), ("error", "ERROR")])
def test_looks_at_the_tables_have_no_lines(level: str, libraries: str) -> None:
    """While a store is away every request looks whether they are of this version."""
    assert logs.standard_library(level)["loggers"]["alembic"] == {"level": libraries}


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
