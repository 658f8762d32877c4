"""What is asked of releases and handed in for them: bodies, judged whole by JSON pointer, and queries. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields

from greenlane.api.schemas.application import StrictObject
from greenlane.api.schemas.parameters import (
    DAY,
    DAY_SCHEMA,
    KNOWN_AT,
    MESSAGES,
    MOMENT_SCHEMA,
    TEXT,
    MomentParameter,
    Parameter,
    moment,
)
from greenlane.api.whole_numbers import LARGEST, whole
from greenlane.engine.decide.application import NOT_OBJECT, Violation
from greenlane.engine.text import Text

COMMENT_LIMIT = 2000
DOCUMENT_LIMIT = 4_000_000
FILES_LIMIT = 500
WAIT_LIMIT = 60
"""Seconds that a client may wait for what comes of a submission."""

NOT_TEXT = Violation("wrong_type", Text("需要字符串", "a string is expected"))
NOT_BOOLEAN = Violation("wrong_type", Text("需要布尔值 true 或 false", "true or false is expected"))
EMPTY = Violation("length", Text("不得为空", "at least one is expected"))
HOLDS_NUL = Violation("control_character", Text("不得含 NUL 字符", "a NUL character is not accepted"))
NO_NUL = r"^[^\u0000]*$"

_SEGMENT = r"[^./\\\u0000-\u001f][^/\\\u0000-\u001f]{0,79}"
PATH_PATTERN = rf"({_SEGMENT}(/{_SEGMENT}){{0,4}}\.(yaml|csv)|({_SEGMENT}/){{0,3}}cases/{_SEGMENT}\.json)"
BAD_PATH = Violation(
    "bad_path",
    Text(
        "需要相对路径的 .yaml 或 .csv 文件，或 cases 目录下的 .json 案例",
        "a relative path of a .yaml or .csv file, or of a .json case in `cases`, is expected",
    ),
)
_path = re.compile(PATH_PATTERN)


class Judged(fields.Field[Any]):
    """A field whose `judge` gives what is loaded, or raises `ValidationError` with violations."""

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
        schema = {"type": "string", "minLength": 1, "maxLength": limit, "pattern": NO_NUL, "description": description}
        super().__init__(schema, required=required)

    def judge(self, value: Any) -> Any:
        """The text."""
        if not isinstance(value, str):
            raise ValidationError([NOT_TEXT])
        if not 1 <= len(value) <= self._limit:
            limit = Text(f"长度须为 1 至 {self._limit} 个字符", f"1 to {self._limit} characters are expected")
            raise ValidationError([Violation("length", limit)])
        if "\0" in value:
            raise ValidationError([HOLDS_NUL])
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
        super().__init__({"anyOf": [MOMENT_SCHEMA, DAY_SCHEMA], "description": description})

    def judge(self, value: Any) -> Any:
        """A `datetime` with a zone, or a `date`."""
        return moment(value)


class Entries(Judged):
    """An object of any names, not empty, whose values are judged one by one."""

    def __init__(self, schema: dict[str, Any], limit: int) -> None:
        self._limit = limit
        super().__init__({"type": "object", "minProperties": 1, "maxProperties": limit, **schema}, required=True)

    def judge(self, value: Any) -> Any:
        """The entries by name."""
        if not isinstance(value, dict):
            raise ValidationError([NOT_OBJECT])
        if not value:
            raise ValidationError([EMPTY])
        if len(value) > self._limit:
            most = Text(f"最多 {self._limit} 项", f"at most {self._limit} are accepted")
            raise ValidationError([Violation("length", most)])
        wrong = {name: found for name, entry in value.items() if (found := self.violations(name, entry))}
        if wrong:
            raise ValidationError(wrong)
        return value

    def violations(self, name: str, entry: Any) -> Any:
        """What is wrong with one entry."""
        raise NotImplementedError


class Files(Entries):
    """Rule files: an object of path to text."""

    def __init__(self) -> None:
        told = "Every rule file, by its path from the directory of rules. Texts with errors are `rules_faulty`"
        names = {"type": "string", "pattern": f"^{PATH_PATTERN}$"}
        texts = {"type": "string"}
        super().__init__({"propertyNames": names, "additionalProperties": texts, "description": told}, FILES_LIMIT)

    def violations(self, name: str, entry: Any) -> Any:
        """A path that is none, or no text."""
        bad = [] if _path.fullmatch(name) else [BAD_PATH]
        return bad if isinstance(entry, str) else [*bad, NOT_TEXT]


class DraftBody(StrictObject):
    """A release to be drafted."""

    files = Files()
    comment = LongText("What changes, and why")


class SubmitBody(StrictObject):
    """What speaks for a release."""

    impact = LongText("A document about who is affected, in any form", DOCUMENT_LIMIT)
    comment = LongText("For those who approve")


class PreferHeader(StrictObject):
    """How long the client would wait (RFC 7240)."""

    prefer = Parameter(
        TEXT,
        f"`wait=N`: answered when it is judged, after N seconds at most ({WAIT_LIMIT} at most); other preferences are "
        "passed over",
        name="Prefer",
    )


def seconds_to_wait(prefer: str | None) -> int:
    """What `wait` says in a `Prefer` header, 0 where it says nothing that can be done."""
    told = _wait.search(prefer or "")
    seconds = whole(told[1], 0, LARGEST) if told is not None else None
    return min(seconds or 0, WAIT_LIMIT)


_wait = re.compile(r"(?:^|,)[ \t]*wait[ \t]*=[ \t]*\"?([0-9]{1,9})\"?[ \t]*(?=$|[,;])", re.IGNORECASE)


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
    dry_run = Switch({"type": "boolean", "description": "Only tells what would be recorded, and what it would replace"})
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


class AgainstQuery(StrictObject):
    """What a release is compared with."""

    against = Parameter(TEXT, "Another release's id; default: the one in force before, of a draft the present one")


class RowQuery(StrictObject):
    """Which rows to look at."""

    row = Parameter(TEXT, "The id of one row; default: all")


class TimesQuery(StrictObject):
    """The two axes of time."""

    as_of = Parameter(DAY, "The day that the data is wanted for; default: today")
    known_at = MomentParameter(KNOWN_AT)
