"""Erasing customers."""

from __future__ import annotations

from flask import Response

from api.principals import Role
from api.resources.bodies import ONE_LIMIT, json_body, load, read_json
from api.resources.context import principal, services
from api.resources.operation import READS_BODY, READS_STORE, Answers, Takes, blueprint, operation
from api.resources.responses import json_response
from api.schemas import answers
from api.schemas.erasures import ErasureBody

erasures = blueprint("erasures", "Erasing customers")


@operation(
    erasures,
    "POST",
    "/v1/erasures",
    Answers(answers.ErasureDocument, "What was erased"),
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
    return json_response(services().erasures.erase(asked["customer"], asked["reason"], principal()))
