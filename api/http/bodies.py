"""Reading request bodies."""

from __future__ import annotations

from typing import Any

from flask import request
from marshmallow import Schema, ValidationError
from werkzeug.exceptions import ClientDisconnected

from greenlane.api.json_text import is_json
from greenlane.api.problems import Problem
from greenlane.api.schemas.faults import body_faults
from greenlane.engine.json_text import JsonError, decode
from greenlane.engine.text import Text

ONE_LIMIT = 1_000_000
"""Bytes of one application."""

BATCH_LIMIT = 8_000_000
"""Bytes of a batch."""

SHOWN = 80
"""Characters of a key that a problem repeats."""


def read_json(limit: int) -> Any:
    """The JSON value of the request's body, numbers as decimals. Raises `Problem`."""
    if not is_json(request.content_type or ""):
        raise Problem("unsupported_media_type")
    # A chunked body is cut off at the maximum without a word, so one byte more than is accepted is let through.
    request.max_content_length = limit + 1
    try:
        content = request.get_data(cache=False)
        if len(content) > limit:
            raise Problem("too_large")
        return decode(content)
    except (ClientDisconnected, OSError):
        raise Problem("too_slow") from None
    except JsonError as refused:
        subject = refused.subject[:SHOWN].encode("utf-8", "replace").decode()
        raise Problem(refused.code, subject=Text(subject, subject)) from None


def json_body(schema: type[Schema]) -> dict[str, Any]:
    """How a body is described whose fields say in their metadata what they accept."""
    known = schema().fields
    described = {
        "type": "object",
        "required": [name for name, field in known.items() if field.required],
        "additionalProperties": False,
        "properties": {field.data_key or name: dict(field.metadata) for name, field in known.items()},
    }
    return {"required": True, "content": {"application/json": {"schema": described}}}


def load(body: Any, schema: Schema) -> dict[str, Any]:
    """What a schema makes of a body. Raises `Problem` with every fault."""
    try:
        found: dict[str, Any] = schema.load(body)
    except ValidationError as error:
        raise Problem("invalid", body_faults(error.messages, schema)) from None
    return found
