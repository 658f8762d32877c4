"""What operators are answered: declared once, for the bytes and for the OpenAPI document. Pure."""

from __future__ import annotations

from typing import Annotated

from greenlane.api.json_objects import JsonObject, meant


class HealthDocument(JsonObject):
    """The process is alive."""

    status: str


class ReadyDocument(JsonObject):
    """The service can decide and store."""

    status: str
    release: Annotated[str, meant("The release that decides now")]
