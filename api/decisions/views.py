"""HTTP of decisions: made, one or many at once, read, traced, explained, replayed, searched."""

from __future__ import annotations

from typing import Any

from flask import Response
from msgspec import Raw

from greenlane.api.access.admission import principal
from greenlane.api.config import Trace
from greenlane.api.decisions.answers import (
    BatchDocument,
    BatchItem,
    DecisionDocument,
    ExplanationDocument,
    ReplayDocument,
    SearchDocument,
    TraceDocument,
)
from greenlane.api.decisions.bodies import (
    APPLICATION,
    BATCH,
    BatchQuery,
    DecideQuery,
    IdempotencyHeader,
    SearchBody,
    SearchQuery,
    batch_of,
)
from greenlane.api.decisions.records import REVIEW_STATES
from greenlane.api.decisions.replay import ReplayService
from greenlane.api.decisions.search import Query, SearchService
from greenlane.api.decisions.service import Answered, Application, DecisionService, Request, stored_key
from greenlane.api.http.exchange import (
    BATCH_LIMIT,
    ONE_LIMIT,
    json_body,
    json_response,
    load,
    problem_document,
    read_json,
    service,
)
from greenlane.api.http.operation import READS_BODY, READS_STORE, Answers, Takes, blueprint, operation
from greenlane.api.principals import Role
from greenlane.api.problems import ProblemError

decisions = blueprint("decisions", "Decisions about applications")
batches = blueprint("batches", "Many applications at once")

READERS = (Role.READ, Role.DECIDE)
"""Who may read decisions; whoever may only decide sees those made for it."""

ONE = Takes(path=[("decision_id", "The decision's id")])
MADE = {
    "Location": {"description": "Where the decision can be read again", "schema": {"type": "string"}, "required": True},
    "Idempotent-Replayed": {
        "description": "`true` when the decision was made by an earlier request with the same key",
        "schema": {"type": "string", "enum": ["true"]},
    },
}
READ = {
    "Review": {
        "description": "The state of its review, when one was asked for",
        "schema": {"type": "string", "enum": [*REVIEW_STATES]},
    }
}


@operation(
    decisions,
    "POST",
    "/v1/decisions",
    Answers(DecisionDocument, "The decision, stored", status=201, headers=MADE),
    Takes(query=DecideQuery, headers=IdempotencyHeader, body=APPLICATION),
    refuses=(*READS_BODY, 409, 410, *READS_STORE),
    role=Role.DECIDE,
)
def decide(query: dict[str, Any], headers: dict[str, Any]) -> Response:
    """Decides about one application.

    The decision is on disk before it is answered. A request repeated with the same `Idempotency-Key` is answered 201
    with the stored bytes and `Idempotent-Replayed: true`.
    """
    body = read_json(ONE_LIMIT)
    trace: Trace = query.get("trace") or service(DecisionService).default_trace
    key = stored_key("one", headers.get("key"), principal())
    request = Request(Application(body), query.get("as_of"), trace, key, query.get("known_at"))
    return _decided(service(DecisionService).decide(request, principal()))


def _decided(answer: Answered) -> Response:
    response = json_response(answer.body, 201)
    response.headers["Location"] = f"/v1/decisions/{answer.decision_id}"
    if not answer.created:
        response.headers["Idempotent-Replayed"] = "true"
    return response


@operation(
    decisions,
    "GET",
    "/v1/decisions",
    Answers(SearchDocument, "One page, newest first"),
    Takes(query=SearchQuery),
    refuses=(404, 422, *READS_STORE),
    role=READERS,
)
def search(query: dict[str, Any]) -> Response:
    """Finds stored decisions, newest first.

    A company is asked for with `POST /v1/decisions:search`: addresses are written to logs on their way, so one that
    stands here as `company` is refused (422 `in_address`).
    """
    return _found(query)


@operation(
    decisions,
    "POST",
    "/v1/decisions:search",
    Answers(SearchDocument, "One page, newest first"),
    Takes(body=json_body(SearchBody)),
    refuses=(404, *READS_BODY, *READS_STORE),
    role=READERS,
)
def search_by_body() -> Response:
    """Finds stored decisions, newest first, by the conditions in the body."""
    return _found(load(read_json(ONE_LIMIT), SearchBody()))


def _found(conditions: dict[str, Any]) -> Response:
    names = {"company": "customer", "application_id": "application", "release": "release_id"}
    others = {"since", "until", "limit", "cursor"}
    equal = {names.get(name, name): value for name, value in conditions.items() if name not in others}
    since, until = conditions.get("since"), conditions.get("until")
    asked = Query(equal, since, until, conditions["limit"], conditions.get("cursor"))
    return json_response(service(SearchService).search(asked, principal()))


@operation(
    decisions,
    "GET",
    "/v1/decisions/<decision_id>",
    Answers(DecisionDocument, "The decision as it was answered", headers=READ),
    ONE,
    refuses=(404, 409, 410, *READS_STORE),
    role=READERS,
)
def decision(decision_id: str) -> Response:
    """The stored decision, byte for byte as it was answered; masked where the caller may not see personal data."""
    response = json_response(service(ReplayService).answer(decision_id, principal()))
    state = service(ReplayService).review_state(decision_id)
    if state is not None:
        response.headers["Review"] = state
    return response


@operation(
    decisions,
    "GET",
    "/v1/decisions/<decision_id>/trace",
    Answers(TraceDocument, "The full trace"),
    ONE,
    refuses=(404, 409, 410, *READS_STORE),
    role=Role.AUDIT,
)
def trace(decision_id: str) -> Response:
    """The full trace: as stored, or made again by the stored release when less was stored."""
    return json_response(service(ReplayService).trace(decision_id, principal()))


@operation(
    decisions,
    "GET",
    "/v1/decisions/<decision_id>/explanation",
    Answers(ExplanationDocument, "Ordered sentences"),
    ONE,
    refuses=(404, 409, 410, *READS_STORE),
    role=READERS,
)
def explanation(decision_id: str) -> Response:
    """How the decision came about, as ordered sentences in Chinese and English."""
    return json_response(service(ReplayService).explanation(decision_id, principal()))


@operation(
    decisions,
    "POST",
    "/v1/decisions/<decision_id>/replay",
    Answers(ReplayDocument, "Identical, or what differs"),
    ONE,
    refuses=(404, 409, 410, *READS_STORE),
    role=Role.AUDIT,
)
def replay(decision_id: str) -> Response:
    """Decides again from the stored inputs and release."""
    return json_response(service(ReplayService).replay(decision_id, principal()))


@operation(
    batches,
    "POST",
    "/v1/decisions:batch",
    Answers(BatchDocument, "A decision or a problem for each, in order"),
    Takes(query=BatchQuery, headers=IdempotencyHeader, body=BATCH),
    refuses=(*READS_BODY, *READS_STORE),
    role=Role.DECIDE,
)
def decide_batch(query: dict[str, Any], headers: dict[str, Any]) -> Response:
    """Decides about up to 1,000 applications.

    Each is answered as it would be alone; the decisions are on disk, in one transaction, before any is answered. With
    an `Idempotency-Key` a repeated batch gives the stored decisions. Once the decisions have `GREENLANE_ANSWER_LIMIT`
    bytes, nothing is decided of the rest (413 `answer_full`); of all faults the first `GREENLANE_FAULT_LIMIT` are told.
    """
    applications = batch_of(read_json(BATCH_LIMIT))
    key = headers.get("key")
    as_of, known_at = query.get("as_of"), query.get("known_at")
    trace: Trace = query.get("trace") or "none"
    requests = [
        Request(Application(application), as_of, trace, stored_key("batch", key, principal(), index), known_at)
        for index, application in enumerate(applications)
    ]
    results = service(DecisionService).decide_all(requests, principal())
    return json_response(BatchDocument([_item(result) for result in results]))


def _item(result: Answered | ProblemError) -> BatchItem:
    if isinstance(result, ProblemError):
        return BatchItem(status=result.kind.status, problem=problem_document(result))
    return BatchItem(status=201, decision=Raw(result.body))
