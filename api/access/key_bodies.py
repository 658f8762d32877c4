"""What the body and the parameters of requests about keys of access must look like."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields

from greenlane.api.principals import REGION_PATTERN, Role
from greenlane.api.schemas.application import StrictObject, kind_schema
from greenlane.api.schemas.parameters import Parameter
from greenlane.engine.decide.validation import IS_NULL, REQUIRED, Violation, violation_of
from greenlane.engine.rules.vocabulary import FactKind, FactType
from greenlane.engine.text import Text

GRACE_SECONDS = 24 * 3600
GRACE_LIMIT = 7 * GRACE_SECONDS
ITEMS = 100
NAME_PATTERN = "[^\u0000-\u001f\u007f]{1,100}"

_role = FactKind(FactType.STRING, allowed=tuple(role.value for role in Role))
_region = FactKind(FactType.STRING, pattern=REGION_PATTERN)
_count = Violation("length", Text(f"最多 {ITEMS} 项，不得为空数组", f"at most {ITEMS} items, and not an empty list"))
_messages: dict[str, Any] = {
    "required": [REQUIRED],
    "null": [IS_NULL],
    "invalid": [Violation("wrong_type", Text("需要数组", "a list is expected"))],
}


class Value(fields.Field[Any]):
    """A value of one kind. Loads as `date` or `str`."""

    def __init__(self, kind: FactKind, description: str, **more: Any) -> None:
        self.kind = kind
        schema = kind_schema(kind) | {"description": description}
        super().__init__(metadata=schema, error_messages=_messages, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        fault = violation_of(self.kind, value)
        if fault is not None:
            raise ValidationError([fault])
        return date.fromisoformat(value) if self.kind.type is FactType.DATE else value


def _values(kind: FactKind, description: str, least: int, **more: Any) -> fields.List[Any]:
    def count(found: list[Any]) -> None:
        if not least <= len(found) <= ITEMS:
            raise ValidationError([_count])

    told = {"description": description, "minItems": least, "maxItems": ITEMS}
    return fields.List(Value(kind, ""), validate=count, metadata=told, error_messages=_messages, **more)


class NewKey(StrictObject):
    """A key to be made."""

    name = Value(FactKind(FactType.STRING, pattern=NAME_PATTERN), "What the key is for", required=True)
    roles = _values(_role, "What its holder may do; none at all: read the metrics", 0, required=True)
    regions = _values(
        _region,
        "The provinces whose decisions it may read: the first two digits of GB/T 2260; left out or null: all",
        1,
        allow_none=True,
    )
    expires = Value(FactKind(FactType.DATE), "The last day it is good (UTC); left out or null: no end", allow_none=True)


class RotateQuery(StrictObject):
    """How a key is rotated."""

    grace = Parameter(
        FactKind(FactType.NUMBER, minimum=Decimal(0), maximum=Decimal(GRACE_LIMIT), whole=True),
        "Seconds for which the secret before stays good",
        default=GRACE_SECONDS,
    )
