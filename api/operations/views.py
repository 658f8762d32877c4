"""HTTP for operators: liveness, readiness, metrics, and what is answered. No SQL."""

from __future__ import annotations

from typing import Annotated

from flask import Response

from greenlane.api.http.exchange import json_response, service
from greenlane.api.http.operation import ANY_CALLER, READS_STORE, Answers, blueprint, operation
from greenlane.api.json_objects import JsonObject, meant
from greenlane.api.ledger.unit_of_work import Ledger
from greenlane.api.metrics import CONTENT_TYPE, Metrics, Writing
from greenlane.api.operations.deciding import deciding
from greenlane.api.releases.service import ReleaseService

operations = blueprint("operations", "For operators")


class HealthDocument(JsonObject):
    """The process is alive."""

    status: str


class ReadyDocument(JsonObject):
    """The service can decide and store."""

    status: str
    release: Annotated[str, meant("The release that decides now")]


@operation(operations, "GET", "/healthz", Answers(HealthDocument, "The process is alive"), role=None)
def health() -> Response:
    """Liveness: the process answers."""
    return json_response(HealthDocument("ok"))


@operation(
    operations,
    "GET",
    "/readyz",
    Answers(ReadyDocument, "Ready to decide and to store"),
    refuses=READS_STORE,
    role=None,
)
def ready() -> Response:
    """Readiness: rules are loaded, and database, key store and witness file can be written."""
    service(Ledger).check()
    return json_response(ReadyDocument("ready", service(ReleaseService).current.id))


@operation(
    operations,
    "GET",
    "/metrics",
    Answers({"type": "string"}, "Prometheus text format", content_type="text/plain"),
    refuses=READS_STORE,
    role=ANY_CALLER,
)
def metrics() -> Response:
    """Metrics for Prometheus, of all workers; what decides now as the worker that answers has it."""
    decides, ledger = deciding(service(ReleaseService)), service(Ledger)
    writes = Writing({part: not outage.lasts for part, outage in ledger.outages.items()}, ledger.forked)
    told = service(Metrics).text(decides, writes)
    return Response(told, content_type=CONTENT_TYPE)
