"""What an answer is declared with: objects whose members are written in their order, and described in OpenAPI by it.

`schemas.openapi.schema_of` makes the description, `json_text.encode` the bytes, both of the one declaration. Pure.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, dataclass_transform

import msgspec
from msgspec import Meta
from msgspec.structs import asdict


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class JsonObject(msgspec.Struct, frozen=True):
    """An object of an answer. A member that is not set (`UNSET`) is left out, None is null.

    The first line of a subclass says what it is. Members are `str`, `int`, `bool`, other objects of this kind, tuples
    and lists of these, mappings, and `Any`; `Annotated` with `meant` says what a member means.
    """

    open: ClassVar[bool] = False
    """Whether the description allows members that are not declared."""


def meant(description: str = "", **schema: Any) -> Meta:
    """What a member means, in words and in those of JSON Schema."""
    return Meta(description=description or None, extra_json_schema=schema or None)


def members_of(found: JsonObject) -> dict[str, Any]:
    """The members of an object, by the names that its class gives them."""
    return asdict(found)


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
