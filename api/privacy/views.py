"""Erasing customers."""

from __future__ import annotations

from flask import Response

from greenlane.api.access.admission import principal
from greenlane.api.http.exchange import ONE_LIMIT, json_body, json_response, load, read_json, service
from greenlane.api.http.operation import READS_BODY, READS_STORE, Answers, Takes, blueprint, operation
from greenlane.api.principals import Role
from greenlane.api.privacy.answers import ErasureDocument
from greenlane.api.privacy.bodies import ErasureBody
from greenlane.api.privacy.erasure import ErasureService

erasures = blueprint("erasures", "Erasing customers")


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
