"""Many applications at once."""

from __future__ import annotations

from typing import Any

from flask import Response

from greenlane.api.access.admission import principal
from greenlane.api.config import Trace
from greenlane.api.decisions.service import Answer, DecisionService, Request, stored_key
from greenlane.api.http.bodies import BATCH_LIMIT, read_json
from greenlane.api.http.context import service
from greenlane.api.http.operation import READS_BODY, READS_STORE, Answers, Takes, blueprint, operation
from greenlane.api.http.responses import json_response, problem_document
from greenlane.api.json_text import encode
from greenlane.api.principals import Role
from greenlane.api.problems import PlacedFault, Problem
from greenlane.api.schemas import answers
from greenlane.api.schemas.parameters import BatchQuery, IdempotencyHeader
from greenlane.engine.decide.validation import NOT_OBJECT, REQUIRED, UNKNOWN, Violation
from greenlane.engine.json_text import pointer
from greenlane.engine.text import Text

batches = blueprint("batches", "Many applications at once")

LIMIT = 1000
MEMBER = "applications"
NOT_LIST = Violation(
    "wrong_type", Text(f"需要 1 至 {LIMIT} 笔申请的数组", f"an array of 1 to {LIMIT} applications is expected")
)
BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": [MEMBER],
                "additionalProperties": False,
                "properties": {
                    MEMBER: {
                        "type": "array",
                        "minItems": 1,
                        "maxItems": LIMIT,
                        "items": {"type": "object", "description": "An `Application`; each is checked on its own"},
                    }
                },
            }
        }
    },
}


@operation(
    batches,
    "POST",
    "/v1/decisions:batch",
    Answers(answers.BatchDocument, "A decision or a problem for each, in order"),
    Takes(query=BatchQuery, headers=IdempotencyHeader, body=BODY),
    refuses=(*READS_BODY, *READS_STORE),
    role=Role.DECIDE,
)
def decide_batch(query: dict[str, Any], headers: dict[str, Any]) -> Response:
    """Decides about up to 1,000 applications.

    Each is answered as it would be alone; the decisions are on disk, in one transaction, before any is answered. With
    an `Idempotency-Key` a repeated batch gives the stored decisions.
    """
    applications = _applications(read_json(BATCH_LIMIT))
    key = headers.get("key")
    as_of, known_at = query.get("as_of"), query.get("known_at")
    trace: Trace = query.get("trace") or "none"
    requests = [
        Request(application, as_of, trace, stored_key("batch", key, principal(), index), known_at)
        for index, application in enumerate(applications)
    ]
    results = service(DecisionService).decide_all(requests, principal())
    return json_response(b'{"results":[' + b",".join(_item(r) for r in results) + b"]}")


def _applications(body: Any) -> list[Any]:
    faults = []
    if not isinstance(body, dict):
        faults.append(PlacedFault(NOT_OBJECT, pointer=""))
    else:
        faults += [PlacedFault(UNKNOWN, pointer=pointer(name)) for name in body if name != MEMBER]
        found = body.get(MEMBER)
        if MEMBER not in body:
            faults.append(PlacedFault(REQUIRED, pointer=pointer(MEMBER)))
        elif not isinstance(found, list) or not 1 <= len(found) <= LIMIT:
            faults.append(PlacedFault(NOT_LIST, pointer=pointer(MEMBER)))
        else:
            wrong = (index for index, item in enumerate(found) if not isinstance(item, dict))
            faults += [PlacedFault(NOT_OBJECT, pointer=pointer(MEMBER, index)) for index in wrong]
    if faults:
        raise Problem("invalid", tuple(faults))
    applications: list[Any] = body[MEMBER]
    return applications


def _item(result: Answer | Problem) -> bytes:
    if isinstance(result, Problem):
        return encode({"status": result.kind.status, "problem": problem_document(result)})
    return b'{"status":201,"decision":' + result.body + b"}"
