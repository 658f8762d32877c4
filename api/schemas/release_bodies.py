"""What is handed in about releases, judged all at once and by JSON pointer like everything else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from marshmallow import ValidationError, fields

from api.problems import FieldFault
from api.schemas.application import StrictObject
from api.schemas.fact_faults import IS_NULL, NOT_OBJECT, REQUIRED, UNKNOWN
from engine.model.vocabulary import Text

COMMENT_LIMIT = 2000
DOCUMENT_LIMIT = 4_000_000
FILES_LIMIT = 500
CASES_LIMIT = 1000

MESSAGES: dict[str, Any] = {"required": [REQUIRED], "null": [IS_NULL]}
NOT_TEXT = FieldFault("wrong_type", Text("需要字符串", "a string is expected"))
NOT_BOOLEAN = FieldFault("wrong_type", Text("需要布尔值 true 或 false", "true or false is expected"))
NOT_MOMENT = FieldFault(
    "wrong_type",
    Text("需要带时区的日期时间或日期", "a date-time with its offset (2026-03-02T08:00:00+08:00) or a date is expected"),
)
EMPTY = FieldFault("length", Text("不得为空", "at least one is expected"))
TOO_MANY = FieldFault("length", Text(f"最多 {CASES_LIMIT} 项", f"at most {CASES_LIMIT} are accepted"))


class Judged(fields.Field[Any]):
    """A field whose `judge` gives what is loaded, or raises with faults."""

    def __init__(self, schema: dict[str, Any], *, required: bool = False) -> None:
        super().__init__(required=required, error_messages=MESSAGES, metadata=schema)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return self.judge(value)

    def judge(self, value: Any) -> Any:
        """The value as loaded."""
        raise NotImplementedError


class LongText(Judged):
    """A text with line breaks, not empty."""

    def __init__(self, description: str, limit: int = COMMENT_LIMIT, *, required: bool = False) -> None:
        self._limit = limit
        schema = {"type": "string", "minLength": 1, "maxLength": limit, "description": description}
        super().__init__(schema, required=required)

    def judge(self, value: Any) -> Any:
        """The text."""
        if not isinstance(value, str):
            raise ValidationError([NOT_TEXT])
        if not 1 <= len(value) <= self._limit or "\0" in value:
            limit = Text(f"长度须为 1 至 {self._limit} 个字符", f"1 to {self._limit} characters are expected")
            raise ValidationError([FieldFault("length", limit)])
        return value


class Switch(Judged):
    """True or false."""

    def judge(self, value: Any) -> Any:
        """The boolean."""
        if not isinstance(value, bool):
            raise ValidationError([NOT_BOOLEAN])
        return value


class Moment(Judged):
    """A moment with its offset from UTC, or a day, which begins where the bank is."""

    def __init__(self, description: str) -> None:
        forms = [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}]
        super().__init__({"anyOf": forms, "description": description})

    def judge(self, value: Any) -> Any:
        """A `datetime` with a zone, or a `date`."""
        return moment(value)


def moment(value: Any) -> date | datetime:
    """A `datetime` with a zone, or a `date`. Raises `ValidationError`."""
    try:
        found = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
        if isinstance(found, datetime):
            # The very first and last hours of time have no UTC.
            found.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise ValidationError([NOT_MOMENT]) from None
    if isinstance(found, datetime) and found.tzinfo is None:
        raise ValidationError([NOT_MOMENT])
    return found


class Files(Judged):
    """Rule files: an object of path to text."""

    def judge(self, value: Any) -> Any:
        """The texts by path."""
        if not isinstance(value, dict):
            raise ValidationError([NOT_OBJECT])
        if not value:
            raise ValidationError([EMPTY])
        if len(value) > FILES_LIMIT:
            raise ValidationError([TOO_MANY])
        wrong = {path: [NOT_TEXT] for path, text in value.items() if not isinstance(text, str)}
        if wrong:
            raise ValidationError(wrong)
        return value


class Cases(Judged):
    """Worked cases: an object of name to an application and the members expected of its outcome."""

    MEMBERS = ("application", "expected")

    def judge(self, value: Any) -> Any:
        """The cases by name."""
        if not isinstance(value, dict):
            raise ValidationError([NOT_OBJECT])
        if not value:
            raise ValidationError([EMPTY])
        if len(value) > CASES_LIMIT:
            raise ValidationError([TOO_MANY])
        wrong = {name: found for name, case in value.items() if (found := self._faults(case))}
        if wrong:
            raise ValidationError(wrong)
        return value

    def _faults(self, case: Any) -> Any:
        if not isinstance(case, dict):
            return [NOT_OBJECT]
        found: dict[str, Any] = {name: [UNKNOWN] for name in case if name not in self.MEMBERS}
        for name in self.MEMBERS:
            if name not in case:
                found[name] = [REQUIRED]
            elif not isinstance(case[name], dict):
                found[name] = [NOT_OBJECT]
        return found


OBJECTS: dict[str, Any] = {"type": "object", "minProperties": 1, "additionalProperties": {"type": "object"}}
TEXTS: dict[str, Any] = {"type": "object", "minProperties": 1, "additionalProperties": {"type": "string"}}


class DraftBody(StrictObject):
    """A release to be drafted."""

    files = Files(TEXTS | {"description": "Every rule file, by its path from the directory of rules"}, required=True)
    comment = LongText("What changes, and why")


class SubmitBody(StrictObject):
    """What speaks for a release."""

    cases = Cases(
        OBJECTS | {"description": "Worked cases by name: `application`, and `expected` members of its outcome"},
        required=True,
    )
    impact = LongText("A document about who is affected, in any form", DOCUMENT_LIMIT)
    comment = LongText("For those who approve")


class CommentBody(StrictObject):
    """A comment, if any."""

    comment = LongText("Why")


class RejectBody(StrictObject):
    """A comment."""

    comment = LongText("Why", required=True)


class ActivateBody(StrictObject):
    """When a release is in force."""

    effective_from = Moment("The first moment; now unless given. It may be past, or to come")
    effective_until = Moment("The moment before which it ends; open, or the next plan, unless given")
    comment = LongText("Why")


class RollbackBody(StrictObject):
    """Where to go back to."""

    to = LongText("The id of a release that was in force before; the one before the present one unless given", 40)
    effective_from = Moment("The first moment; that of the present release unless given")
    comment = LongText("Why")


class SwitchBody(StrictObject):
    """The kill switch."""

    on = Switch({"type": "boolean", "description": "Whether every application is referred to a person"}, required=True)
    reason = LongText("Why", required=True)
