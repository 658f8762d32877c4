"""What is asked of decisions: the queries, headers and bodies of their operations, and what they take. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError

from greenlane.api.config import TRACES
from greenlane.api.problems import FieldProblem, ProblemError
from greenlane.api.schemas.application import StrictObject
from greenlane.api.schemas.parameters import DAY, KNOWN_AT, TEXT, CursorParameter, MomentParameter, Parameter
from greenlane.engine.decide.application import NOT_OBJECT, REQUIRED, UNKNOWN, Violation
from greenlane.engine.json_text import pointer
from greenlane.engine.rules.vocabulary import FactKind, FactType
from greenlane.engine.text import Text

PAGE_LIMIT = 100
PAGE = 20
KEY_PATTERN = r"[A-Za-z0-9._:\-]{1,200}"

BATCH_ITEMS = 1000
"""Applications in one batch, at most."""

BATCH_MEMBER = "applications"

APPLICATION: dict[str, Any] = {
    "required": True,
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Application"}}},
}
BATCH: dict[str, Any] = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": [BATCH_MEMBER],
                "additionalProperties": False,
                "properties": {
                    BATCH_MEMBER: {
                        "type": "array",
                        "minItems": 1,
                        "maxItems": BATCH_ITEMS,
                        "items": {"description": "An `Application`; what is none is a problem of its own"},
                    }
                },
            }
        }
    },
}

IN_ADDRESS = Violation(
    "in_address",
    Text("地址中不得出现企业，请用 POST /v1/decisions:search", "not in an address: use POST /v1/decisions:search"),
)
NOT_LIST = Violation(
    "wrong_type",
    Text(f"需要 1 至 {BATCH_ITEMS} 笔申请的数组", f"an array of 1 to {BATCH_ITEMS} applications is expected"),
)

_trace = FactKind(FactType.STRING, allowed=TRACES)


class DecideQuery(StrictObject):
    """How an application is to be decided."""

    as_of = Parameter(DAY, "The date that rules and reference data are taken as of; default: the application's date")
    known_at = MomentParameter(KNOWN_AT)
    trace = Parameter(_trace, "How much trace the answer carries; default: what the service is set to")


class BatchQuery(StrictObject):
    """How the applications of a batch are to be decided."""

    as_of = Parameter(DAY, "The date that rules and reference data are taken as of; default: each application's date")
    known_at = MomentParameter(KNOWN_AT)
    trace = Parameter(_trace, "How much trace each answer carries; default: none")


class IdempotencyHeader(StrictObject):
    """The key that makes a repeated request give the stored answer."""

    key = Parameter(
        FactKind(FactType.STRING, pattern=KEY_PATTERN),
        "The same key with the same request gives the stored answer; with another request, 409",
        name="Idempotency-Key",
    )


class _Conditions(StrictObject):
    application_id = Parameter(TEXT, "The application's id")
    product = Parameter(TEXT, "The product applied for")
    tier = Parameter(TEXT, "The tier decided")
    route = Parameter(TEXT, "The lane decided")
    status = Parameter(TEXT, "The status decided")
    release = Parameter(TEXT, "The id of the release that decided")
    since = Parameter(DAY, "First day of deciding (UTC)", name="from")
    until = Parameter(DAY, "Last day of deciding (UTC)")
    limit = Parameter(
        FactKind(FactType.NUMBER, minimum=Decimal(1), maximum=Decimal(PAGE_LIMIT), whole=True),
        "Decisions on one page",
        default=PAGE,
    )
    cursor = CursorParameter()


class SearchQuery(_Conditions):
    """What decisions to look for; all conditions must hold."""

    def handle_error(self, error: ValidationError, data: Any, *, many: bool, **kwargs: Any) -> None:
        """Says of a company where it may be asked for, rather than that there is no such parameter."""
        if isinstance(error.messages, dict) and "company" in error.messages:
            error.messages["company"] = [IN_ADDRESS]


class SearchBody(_Conditions):
    """The same in a body, where a company may be asked for."""

    company = Parameter(TEXT, "The company's unified social credit code")


def batch_of(body: Any) -> list[Any]:
    """What a batch has for applications, be they any values. Raises `ProblemError` invalid when it is no batch."""
    problem = ProblemError("invalid", _batch_problems(body))
    if problem.errors:
        raise problem
    applications: list[Any] = body[BATCH_MEMBER]
    return applications


def _batch_problems(body: Any) -> Iterator[FieldProblem]:
    if not isinstance(body, dict):
        yield FieldProblem(NOT_OBJECT, pointer="")
        return
    found = body.get(BATCH_MEMBER)
    if BATCH_MEMBER not in body:
        yield FieldProblem(REQUIRED, pointer=pointer(BATCH_MEMBER))
    elif not isinstance(found, list) or not 1 <= len(found) <= BATCH_ITEMS:
        yield FieldProblem(NOT_LIST, pointer=pointer(BATCH_MEMBER))
    yield from (FieldProblem(UNKNOWN, pointer=pointer(name)) for name in body if name != BATCH_MEMBER)
