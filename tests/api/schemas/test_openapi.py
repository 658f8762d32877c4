"""An answer is declared once: its bytes and its description have the same members, in the same order."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any

import pytest
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from msgspec import UNSET, Raw, UnsetType, field

from greenlane.api.json_objects import JsonObject, Moment, OpenObject, encode, meant
from greenlane.api.problems import ProblemDocument
from greenlane.api.schemas.openapi import schema_of


class PartItem(JsonObject):
    """A part."""

    name: str


class WholeDocument(JsonObject, kw_only=True):
    """One member of each sort."""

    from_: Annotated[int, meant("Where it begins", minimum=0)] = field(name="from")
    at: Moment | None
    told: Annotated[str | UnsetType, meant("Left out unless told")] = UNSET
    part: PartItem | Raw
    parts: Annotated[Sequence[PartItem], meant("All of them")]
    more: OpenObject
    anything: Any


DESCRIBED = {
    "from": {"type": "integer", "description": "Where it begins", "minimum": 0},
    "at": {"type": ["string", "null"], "format": "date-time", "description": "UTC"},
    "told": {"type": "string", "description": "Left out unless told"},
    "part": {"$ref": "#/components/schemas/PartItem"},
    "parts": {
        "type": "array",
        "description": "All of them",
        "items": {"$ref": "#/components/schemas/PartItem"},
    },
    "more": {"type": "object", "additionalProperties": True},
    "anything": {},
}


def description(answer: type[JsonObject]) -> dict[str, Any]:
    """What OpenAPI says of an answer."""
    spec = APISpec("", "", "3.1.0", plugins=[MarshmallowPlugin()])
    spec.components.schema(answer.__name__, schema=schema_of(answer))
    found: dict[str, Any] = json.loads(json.dumps(spec.to_dict()))["components"]["schemas"][answer.__name__]
    return found


def test_the_description() -> None:
    """Types, what members mean, which may be null or left out, and what is inside, by their names in JSON."""
    found = description(WholeDocument)
    assert found["properties"] == DESCRIBED
    assert set(found["required"]) == {"from", "at", "part", "parts", "more", "anything"}


@pytest.mark.parametrize("part", [PartItem("a"), Raw(b'{"name":"a"}')])
def test_the_bytes(part: PartItem | Raw) -> None:
    """Members in the order declared; one that is not set is left out, and the bytes of one stand as they are."""
    whole = WholeDocument(from_=1, at=None, part=part, parts=[PartItem("b")], more={"x": Decimal("1.50")}, anything=[])
    assert encode(whole) == (
        b'{"from":1,"at":null,"part":{"name":"a"},"parts":[{"name":"b"}],"more":{"x":1.50},"anything":[]}'
    )
    assert [*json.loads(encode(whole))] == [name for name in DESCRIBED if name != "told"]


def test_an_answer_is_described_once() -> None:
    """However often it is asked for, by itself or inside of another: the document has one of each name."""
    assert schema_of(ProblemDocument) is schema_of(ProblemDocument)
