"""Erasing customers: the operation, and what is asked in it. HTTP, no SQL."""

from __future__ import annotations

from flask import Response

from greenlane.api.access.admission import principal
from greenlane.api.http.exchange import ONE_LIMIT, json_body, json_response, load, read_json, service
from greenlane.api.http.operation import READS_BODY, READS_STORE, Answers, Takes, blueprint, operation
from greenlane.api.principals import Role
from greenlane.api.privacy.answers import ErasureDocument
from greenlane.api.privacy.service import ErasureService
from greenlane.api.privacy.statements import REASONS
from greenlane.api.schemas.application import StrictObject
from greenlane.api.schemas.parameters import Parameter
from greenlane.engine.rules.vocabulary import FactKind, FactType

erasures = blueprint("erasures", "Erasing customers")


class ErasureBody(StrictObject):
    """Whom to erase, and why."""

    customer = Parameter(FactKind(FactType.STRING), "What identifies the customer in applications", required=True)
    reason = Parameter(FactKind(FactType.STRING, allowed=REASONS), "Why", default=REASONS[0])


@operation(
    erasures,
    "POST",
    "/v1/erasures",
    Answers(ErasureDocument, "What was erased"),
    Takes(body=json_body(ErasureBody)),
    refuses=(*READS_BODY, *READS_STORE),
    role=Role.ADMIN,
)
def erase() -> Response:
    """Destroys a customer's data keys, for good.

    The customer is named in the body, since addresses are written to logs on their way. What stays of decisions is
    status, product, tier, route, dates, release and the rows that held.
    """
    asked = load(read_json(ONE_LIMIT), ErasureBody())
    return json_response(service(ErasureService).erase(asked["customer"], asked["reason"], principal()))
