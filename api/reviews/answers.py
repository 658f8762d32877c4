"""What is answered about reviews: declared once, for its bytes and for the OpenAPI document. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from greenlane.api.json_objects import JsonObject, Maskable, Moment, Uuid, meant


class RemarkItem(JsonObject):
    """Something said in a review."""

    id: Uuid
    kind: Annotated[str, meant("`requested`, `upheld` or `changed`")]
    said_by: Annotated[str, meant("`customer`, `officer` or `reviewer`")]
    caller: Annotated[str, meant("Whose key it was said with")]
    at: Moment
    words: Maskable
    erased: Annotated[bool, meant("Whether the text was erased")]
    altered: Annotated[bool, meant("Whether the text is not what was stored, or cannot be read")]


class ReviewDocument(JsonObject):
    """The review of a decision."""

    decision_id: Uuid
    state: Annotated[str | None, meant("`requested`, `upheld` or `changed`; null when none was asked for")]
    remarks: Annotated[Sequence[RemarkItem], meant("In the order said")]
