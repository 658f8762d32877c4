"""What is asked about keys of access: the bodies and queries of their operations. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields

from greenlane.api.principals import REGION_PATTERN, Role
from greenlane.api.schemas.application import StrictObject
from greenlane.api.schemas.parameters import MESSAGES, Parameter
from greenlane.engine.decide.application import Violation
from greenlane.engine.rules.vocabulary import FactKind, FactType
from greenlane.engine.text import Text

GRACE_SECONDS = 24 * 3600
GRACE_LIMIT = 7 * GRACE_SECONDS
ITEMS = 100
NAME_PATTERN = "[^\u0000-\u001f\u007f]{1,100}"

_role = FactKind(FactType.STRING, allowed=tuple(role.value for role in Role))
_region = FactKind(FactType.STRING, pattern=REGION_PATTERN)
_count = Violation("length", Text(f"最多 {ITEMS} 项，不得为空数组", f"at most {ITEMS} items, and not an empty list"))
_messages: dict[str, Any] = MESSAGES | {
    "invalid": [Violation("wrong_type", Text("需要数组", "a list is expected"))],
}


def _values(kind: FactKind, description: str, least: int, **more: Any) -> fields.List[Any]:
    def count(found: list[Any]) -> None:
        if not least <= len(found) <= ITEMS:
            raise ValidationError([_count])

    told = {"description": description, "minItems": least, "maxItems": ITEMS}
    return fields.List(Parameter(kind, ""), validate=count, metadata=told, error_messages=_messages, **more)


class NewKey(StrictObject):
    """A key to be made."""

    name = Parameter(FactKind(FactType.STRING, pattern=NAME_PATTERN), "What the key is for", required=True)
    roles = _values(_role, "What its holder may do; none at all: read the metrics", 0, required=True)
    regions = _values(
        _region,
        "The provinces whose decisions it may read: the first two digits of GB/T 2260; left out or null: all",
        1,
        allow_none=True,
    )
    expires = Parameter(FactKind(FactType.DATE), "The last day it is good (UTC); left out or null: no end", null=True)


class RotateQuery(StrictObject):
    """How a key is rotated."""

    grace = Parameter(
        FactKind(FactType.NUMBER, minimum=Decimal(0), maximum=Decimal(GRACE_LIMIT), whole=True),
        "Seconds for which the secret before stays good",
        default=GRACE_SECONDS,
    )
