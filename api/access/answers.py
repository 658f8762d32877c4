"""What is answered about keys of access: each declared once, for its bytes and for the OpenAPI document. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from greenlane.api.json_objects import JsonObject, Moment, meant


class ApiKeyDocument(JsonObject):
    """A key of access. Its secret is not among what is known of it."""

    id: Annotated[str, meant("Names the key; it is no secret")]
    name: Annotated[str, meant("What it is for")]
    roles: Annotated[Sequence[str], meant("What its holder may do")]
    regions: Annotated[Sequence[str] | None, meant("The provinces whose decisions it may read; null: all")]
    state: Annotated[str, meant("`active`, `expired` or `revoked`")]
    expires_at: Annotated[str | None, meant("When it ends (UTC)", format="date-time")]
    previous_until: Annotated[str | None, meant("Until when the secret before is good (UTC)", format="date-time")]
    version: Annotated[int, meant("Goes up with every step")]
    step: Annotated[str, meant("The last step: `created`, `rotated` or `revoked`")]
    at: Moment
    by: Annotated[str, meant("Who did that")]


class ApiKeysDocument(JsonObject):
    """Every key, by id."""

    keys: Sequence[ApiKeyDocument]


class IssuedDocument(JsonObject):
    """A key with its secret."""

    key: ApiKeyDocument
    secret: Annotated[str, meant("Shown this once: only its hash is stored")]
