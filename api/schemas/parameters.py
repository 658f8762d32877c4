"""Fields of queries, headers and small bodies, judged as the facts of an application are: by their kind. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, missing

from greenlane.api.schemas.application import kind_schema
from greenlane.api.whole_numbers import LARGEST, whole
from greenlane.engine.decide.application import IS_NULL, REQUIRED, Violation, violation_of
from greenlane.engine.rules.vocabulary import FactKind, FactType
from greenlane.engine.text import Text

DAY = FactKind(FactType.DATE)
TEXT = FactKind(FactType.STRING)

# The first day of all begins before time where clocks are ahead of UTC; the last ends after it where they are behind.
DAY_PATTERN = r"^(?!0000|0001-01-01)[0-9]{4}-[0-9]{2}-[0-9]{2}$"
MOMENT_PATTERN = (
    r"^(?!0000|0001-01-01|9999-12-31T[^-]*-)[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"(\.[0-9]{1,6})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
)

DAY_SCHEMA: dict[str, Any] = {"type": "string", "format": "date", "pattern": DAY_PATTERN}
MOMENT_SCHEMA: dict[str, Any] = {"type": "string", "format": "date-time", "pattern": MOMENT_PATTERN}

KNOWN_AT = "By what was recorded until this moment; default: now. Needs a service where releases decide"

NOT_MOMENT = Violation(
    "wrong_type",
    Text(
        "需要带秒和时区的日期时间（2026-03-02T08:00:00+08:00）或日期",
        "a date-time with seconds and its offset (2026-03-02T08:00:00+08:00) or a date is expected",
    ),
)
NOT_TEXT = Violation("wrong_type", Text("需要字符串", "a string is expected"))
MESSAGES: dict[str, Any] = {"required": [REQUIRED], "null": [IS_NULL]}

_digits = re.compile(r"-?\d{1,18}", re.ASCII)
_day = re.compile(DAY_PATTERN.removesuffix("$"))
_moment = re.compile(MOMENT_PATTERN.removesuffix("$"))


class Parameter(fields.Field[Any]):
    """One value of one kind. Loads as `date`, `int` or `str`."""

    def __init__(
        self,
        kind: FactKind,
        description: str,
        name: str | None = None,
        default: Any = missing,
        required: bool = False,
        null: bool = False,
    ) -> None:
        self.kind = kind
        super().__init__(
            load_default=default,
            required=required,
            allow_none=null,
            data_key=name,
            metadata=kind_schema(kind) | {"description": description},
            error_messages=MESSAGES,
        )

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        number = self.kind.type is FactType.NUMBER
        # Numbers are texts in a query and numbers in a body.
        read = Decimal(value) if number and isinstance(value, str) and _digits.fullmatch(value) else value
        found = violation_of(self.kind, read)
        if found is not None:
            raise ValidationError([found])
        if number:
            return whole(read, -LARGEST, LARGEST)
        return date.fromisoformat(value) if self.kind.type is FactType.DATE else value


class CursorParameter(fields.Field[Any]):
    """`next_cursor` of the page before. Loads as `str`: any text, since what is no cursor is a page there is not."""

    def __init__(self) -> None:
        told = "`next_cursor` of the page before; the other parameters must be the same"
        super().__init__(
            load_default=missing, metadata={"type": "string", "description": told}, error_messages=MESSAGES
        )

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError([NOT_TEXT])
        return value


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


def moment(value: Any) -> date | datetime:
    """What a text of RFC 3339 says: a `datetime` with a zone, or a `date`. Raises `ValidationError`.

    Taken are exactly the texts that the document describes, and that have a place in UTC.
    """
    try:
        if _moment.fullmatch(value):
            return datetime.fromisoformat(value)
        if _day.fullmatch(value):
            return date.fromisoformat(value)
    except (TypeError, ValueError):
        # No text at all, or no such day.
        pass
    raise ValidationError([NOT_MOMENT])
