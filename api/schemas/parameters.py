"""Parameters in queries and headers, judged the same way as the facts of an application."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, missing

from greenlane.api.config import TRACES
from greenlane.api.schemas.application import StrictObject, kind_schema
from greenlane.api.schemas.moments import MOMENT_SCHEMA, NOT_MOMENT, moment
from greenlane.engine.decide.validation import IS_NULL, REQUIRED, Violation, violation_of
from greenlane.engine.rules.vocabulary import FactKind, FactType
from greenlane.engine.text import Text

PAGE_LIMIT = 100
PAGE = 20
KEY_PATTERN = r"[A-Za-z0-9._:\-]{1,200}"

KNOWN_AT = "By what was recorded until this moment; default: now. Needs a service where releases decide"

IN_ADDRESS = Violation(
    "in_address",
    Text("地址中不得出现企业，请用 POST /v1/decisions:search", "not in an address: use POST /v1/decisions:search"),
)

_digits = re.compile(r"-?\d{1,18}", re.ASCII)
_day = FactKind(FactType.DATE)
_text = FactKind(FactType.STRING)
_position = FactKind(FactType.NUMBER, minimum=Decimal(0), maximum=Decimal(10**15), whole=True)
_trace = FactKind(FactType.STRING, allowed=TRACES)


class Parameter(fields.Field[Any]):
    """One parameter, of one kind. Loads as `date`, `int` or `str`."""

    def __init__(
        self,
        kind: FactKind,
        description: str,
        name: str | None = None,
        default: Any = missing,
        required: bool = False,
    ) -> None:
        self.kind = kind
        schema = kind_schema(kind) | {"description": description}
        messages: dict[str, Any] = {"required": [REQUIRED], "null": [IS_NULL]}
        super().__init__(
            load_default=default, required=required, data_key=name, metadata=schema, error_messages=messages
        )

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        number = self.kind.type is FactType.NUMBER
        # Numbers are texts in a query and numbers in a body.
        read = Decimal(value) if number and isinstance(value, str) and _digits.fullmatch(value) else value
        fault = violation_of(self.kind, read)
        if fault is not None:
            raise ValidationError([fault])
        if number:
            return int(read)
        return date.fromisoformat(value) if self.kind.type is FactType.DATE else value


class MomentParameter(fields.Field[Any]):
    """A moment with its offset from UTC. Loads as `datetime`."""

    def __init__(self, description: str) -> None:
        super().__init__(load_default=missing, metadata=MOMENT_SCHEMA | {"description": description})

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        # In a query an unescaped plus sign arrives as a space.
        found = moment(re.sub(r" (?=\d\d:?\d\d$)", "+", value))
        if not isinstance(found, datetime):
            raise ValidationError([NOT_MOMENT])
        return found


class DecideQuery(StrictObject):
    """How an application is to be decided."""

    as_of = Parameter(_day, "The date that rules and reference data are taken as of; default: the application's date")
    known_at = MomentParameter(KNOWN_AT)
    trace = Parameter(_trace, "How much trace the answer carries; default: what the service is set to")


class BatchQuery(StrictObject):
    """How the applications of a batch are to be decided."""

    as_of = Parameter(_day, "The date that rules and reference data are taken as of; default: each application's date")
    known_at = MomentParameter(KNOWN_AT)
    trace = Parameter(_trace, "How much trace each answer carries; default: none")


class IdempotencyHeader(StrictObject):
    """The key that makes a repeated request give the stored answer."""

    key = Parameter(
        FactKind(FactType.STRING, pattern=KEY_PATTERN),
        "The same key with the same request gives the stored answer; with another request, 409",
        name="Idempotency-Key",
    )


class AgainstQuery(StrictObject):
    """What a release is compared with."""

    against = Parameter(_text, "Another release's id; default: the one in force before, of a draft the present one")


class RowQuery(StrictObject):
    """Which rows to look at."""

    row = Parameter(_text, "The id of one row; default: all")


class TimesQuery(StrictObject):
    """The two axes of time."""

    as_of = Parameter(_day, "The day that the data is wanted for; default: today")
    known_at = MomentParameter(KNOWN_AT)


class _Conditions(StrictObject):
    application_id = Parameter(_text, "The application's id")
    product = Parameter(_text, "The product applied for")
    tier = Parameter(_text, "The tier decided")
    route = Parameter(_text, "The lane decided")
    status = Parameter(_text, "The status decided")
    release = Parameter(_text, "The id of the release that decided")
    since = Parameter(_day, "First day of deciding (UTC)", name="from")
    until = Parameter(_day, "Last day of deciding (UTC)")
    limit = Parameter(
        FactKind(FactType.NUMBER, minimum=Decimal(1), maximum=Decimal(PAGE_LIMIT), whole=True),
        "Decisions on one page",
        default=PAGE,
    )
    cursor = Parameter(_text, "`next_cursor` of the page before; the other parameters must be the same")


class SearchQuery(_Conditions):
    """What decisions to look for; all conditions must hold."""

    def handle_error(self, error: ValidationError, data: Any, *, many: bool, **kwargs: Any) -> None:
        """Says of a company where it may be asked for, rather than that there is no such parameter."""
        if isinstance(error.messages, dict) and "company" in error.messages:
            error.messages["company"] = [IN_ADDRESS]


class SearchBody(_Conditions):
    """The same in a body, where a company may be asked for."""

    company = Parameter(_text, "The company's unified social credit code")


class EntriesQuery(StrictObject):
    """Which entries of the log to give."""

    first = Parameter(_position, "The position of the first", name="from", default=0)
    end = Parameter(_position, "The position before which to end; default: the size of the log", name="to")


class InclusionQuery(StrictObject):
    """Which entry to prove."""

    leaf = Parameter(_position, "The position of the entry", required=True)
    size = Parameter(_position, "Of a tree of how many entries; default: the newest head's")


class ConsistencyQuery(StrictObject):
    """Between which sizes the log is to be shown to have grown."""

    old = Parameter(_position, "Entries in the smaller tree", name="from", required=True)
    new = Parameter(_position, "Entries in the larger tree; default: the newest head's", name="to")
