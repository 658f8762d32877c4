"""JSON of answers: the objects that they are declared with, and bytes, fast. No web framework here.

A declared answer is written as it is declared (`encode`) and described in OpenAPI by the same declaration
(`schemas.openapi.schema_of`). The bytes, written by msgspec, are those of `engine.json_text`.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, dataclass_transform

import msgspec
from msgspec import Meta
from msgspec.structs import asdict

_encoder = msgspec.json.Encoder(decimal_format="number")
_canonical = msgspec.json.Encoder(decimal_format="number", order="sorted")


def encode(value: object) -> bytes:
    """UTF-8 JSON of `value`: `Decimal` as a number with its own digits, members as ordered, no `\\u` escapes."""
    return _encoder.encode(value)


def canonical(value: object) -> bytes:
    """UTF-8 JSON of `value` with members sorted: equal content gives equal bytes."""
    return _canonical.encode(value)


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class JsonObject(msgspec.Struct, frozen=True):
    """An object of an answer. A member that is not set (`UNSET`) is left out, None is null.

    The first line of a subclass says what it is. Members are `str`, `int`, `bool`, other objects of this kind, tuples
    and lists of these, mappings, and `Any`; `Annotated` with `meant` says what a member means.
    """

    open: ClassVar[bool] = False
    """Whether the description allows members that are not declared."""


def members_of(found: JsonObject) -> dict[str, Any]:
    """The members of an object, by the names that its class gives them."""
    return asdict(found)


def meant(description: str = "", **schema: Any) -> Meta:
    """What a member means, in words and in those of JSON Schema."""
    return Meta(description=description or None, extra_json_schema=schema or None)


OPEN: dict[str, Any] = {"additionalProperties": True}
MASKED: dict[str, Any] = {"type": "object", "required": ["masked"], "properties": {"masked": {"const": True}}}

Moment = Annotated[str, meant("UTC", format="date-time")]
Day = Annotated[str, meant(format="date")]
Uuid = Annotated[str, meant(format="uuid")]
Sha256 = Annotated[str, meant(pattern="^[0-9a-f]{64}$")]
OpenObject = Annotated[dict[str, Any], meant(**OPEN)]
"""An object with members that no schema lists: those of the rules."""

Maskable = Annotated[Any, meant(anyOf=[{"type": ["string", "null"]}, MASKED])]
"""A text, null, or what stands for one that the caller may not see."""
