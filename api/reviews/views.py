"""Reviews of decisions by people: the operations, and what is said in them. HTTP, no SQL."""

from __future__ import annotations

from flask import Response

from greenlane.api.access.admission import principal
from greenlane.api.http.exchange import ONE_LIMIT, json_body, json_response, load, read_json, service
from greenlane.api.http.operation import READS_BODY, READS_STORE, Answers, Takes, blueprint, operation
from greenlane.api.principals import Role
from greenlane.api.reviews.answers import ReviewDocument
from greenlane.api.reviews.service import ReviewService
from greenlane.api.reviews.statements import OUTCOMES, REQUESTERS
from greenlane.api.schemas.application import StrictObject
from greenlane.api.schemas.parameters import Parameter
from greenlane.engine.rules.vocabulary import FactKind, FactType

reviews = blueprint("reviews", "Reviews of decisions by people")

ONE = [("decision_id", "The decision's id")]
TEXT = FactKind(FactType.STRING)


class ReviewBody(StrictObject):
    """Who asks for a review, and why."""

    requested_by = Parameter(FactKind(FactType.STRING, allowed=REQUESTERS), "Who asks", required=True)
    reason = Parameter(TEXT, "Why, in the words of whoever asks", required=True)


class OutcomeBody(StrictObject):
    """What a person came to."""

    outcome = Parameter(FactKind(FactType.STRING, allowed=OUTCOMES), "Whether the decision stands", required=True)
    comment = Parameter(TEXT, "Why", required=True)


@operation(
    reviews,
    "POST",
    "/v1/decisions/<decision_id>/review",
    Answers(ReviewDocument, "What was taken down", status=201),
    Takes(path=ONE, body=json_body(ReviewBody)),
    refuses=(404, 409, 410, *READS_BODY, *READS_STORE),
    role=Role.READ,
)
def request_review(decision_id: str) -> Response:
    """Asks for a person to look at a decision, as its customer may. The decision is not altered."""
    asked = load(read_json(ONE_LIMIT), ReviewBody())
    done = service(ReviewService).request(decision_id, asked["requested_by"], asked["reason"], principal())
    return json_response(done, 201)


@operation(
    reviews,
    "POST",
    "/v1/decisions/<decision_id>/review/outcome",
    Answers(ReviewDocument, "What was taken down", status=201),
    Takes(path=ONE, body=json_body(OutcomeBody)),
    refuses=(404, 409, 410, *READS_BODY, *READS_STORE),
    role=Role.AUDIT,
)
def decide_review(decision_id: str) -> Response:
    """Takes down what a person came to. The decision is not altered: a changed one is decided anew."""
    said = load(read_json(ONE_LIMIT), OutcomeBody())
    return json_response(service(ReviewService).decide(decision_id, said["outcome"], said["comment"], principal()), 201)


@operation(
    reviews,
    "GET",
    "/v1/decisions/<decision_id>/review",
    Answers(ReviewDocument, "Everything said about the decision"),
    Takes(path=ONE),
    refuses=(404, *READS_STORE),
    role=Role.READ,
)
def review(decision_id: str) -> Response:
    """The review of a decision: who asked for it and why, and what came of it."""
    return json_response(service(ReviewService).of(decision_id, principal()))
