"""What is answered about erasures: declared once, for its bytes and for the OpenAPI document. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from greenlane.api.json_objects import JsonObject, meant


class ErasureDocument(JsonObject):
    """What was erased."""

    erased: Annotated[bool, meant("False when no data key of the customer was left")]
    keys: Annotated[int, meant("Data keys destroyed")]
    decisions: Annotated[int, meant("Decisions that cannot be read any more")]
    erasures: Annotated[Sequence[str], meant("Ids of what was recorded")]
