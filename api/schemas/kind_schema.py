"""What a kind of value accepts, in the words of JSON Schema."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from greenlane.api.schemas.fact_faults import FREE_TEXT, TEXT_LIMIT, bounds
from greenlane.api.schemas.uscc import ALPHABET, LENGTH
from greenlane.engine.rules.vocabulary import FactKind, FactType


def kind_schema(kind: FactKind) -> dict[str, Any]:
    """The JSON Schema of a value of this kind, null apart. Bounds are plain JSON numbers, for documents only."""
    match kind.type:
        case FactType.NUMBER:
            low, high = bounds(kind)
            numeric = "integer" if kind.whole else "number"
            return {"type": numeric, "minimum": _plain(low), "maximum": _plain(high)}
        case FactType.STRING:
            return {"type": "string", **_text_schema(kind)}
        case FactType.BOOLEAN:
            return {"type": "boolean"}
        case FactType.DATE:
            return {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}


def _text_schema(kind: FactKind) -> dict[str, Any]:
    if kind.allowed is not None:
        return {"enum": [*kind.allowed]}
    if kind.check == "uscc":
        return {"format": "uscc", "pattern": f"^[{ALPHABET}]{{{LENGTH}}}$"}
    pattern = FREE_TEXT if kind.pattern is None else f"^(?:{kind.pattern})$"
    return {"minLength": 1, "maxLength": TEXT_LIMIT, "pattern": pattern}


def _plain(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)
