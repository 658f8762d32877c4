"""The schema of an application, made from the vocabulary: nothing about lending is written here. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields

from greenlane.engine.decide.application import (
    FREE_TEXT,
    IS_NULL,
    NOT_OBJECT,
    REQUIRED,
    TEXT_LIMIT,
    UNKNOWN,
    USCC_ALPHABET,
    USCC_LENGTH,
    Tree,
    bounds,
    fact_tree,
    is_required,
    violation_of,
)
from greenlane.engine.rules.vocabulary import Fact, FactKind, FactType, Vocabulary

_OBJECT_MESSAGES: dict[str, Any] = {"unknown": UNKNOWN, "type": NOT_OBJECT}
_FIELD_MESSAGES: dict[str, Any] = {"required": [REQUIRED], "null": [IS_NULL]}


class FactField(fields.Field[Any]):
    """A field for one fact. Faults come as `Violation` in the messages of the error."""

    def __init__(self, fact: Fact) -> None:
        self.kind = fact.kind
        super().__init__(
            required=fact.required,
            allow_none=not fact.required,
            error_messages=_FIELD_MESSAGES,
            metadata=json_schema(fact),
        )

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        fault = violation_of(self.kind, value)
        if fault is not None:
            raise ValidationError([fault])
        return value


class StrictObject(Schema):
    """An object that refuses fields it does not know."""

    class Meta:
        """Unknown fields are faults."""

        unknown = RAISE

    error_messages = _OBJECT_MESSAGES


def application_schema(vocabulary: Vocabulary) -> Schema:
    """The schema that validates an application; its `fields` nest as the facts' paths do."""
    return _schema("Application", fact_tree(vocabulary))()


def _schema(name: str, tree: Tree) -> type[Schema]:
    found: dict[str, fields.Field[Any]] = {}
    for key, item in tree.items():
        if isinstance(item, Fact):
            found[key] = FactField(item)
        else:
            inner = _schema(f"{name}{key.title().replace('_', '')}", item)
            messages = {**_FIELD_MESSAGES, "type": [NOT_OBJECT], "null": [NOT_OBJECT]}
            found[key] = fields.Nested(inner, required=is_required(item), error_messages=messages)
    return type(f"{name}Schema", (StrictObject,), found)


def json_schema(fact: Fact) -> dict[str, Any]:
    """What the field of a fact accepts, in the words of JSON Schema."""
    found: dict[str, Any] = {"title": fact.title.en, "description": fact.title.zh, "x-fact": fact.name}
    if fact.kind.unit:
        found["x-unit"] = fact.kind.unit
    found |= kind_schema(fact.kind)
    if not fact.required and "enum" in found:
        found["enum"] = [*found["enum"], None]
    return found


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
        return {"format": "uscc", "pattern": f"^[{USCC_ALPHABET}]{{{USCC_LENGTH}}}$"}
    pattern = FREE_TEXT if kind.pattern is None else f"^(?:{kind.pattern})$"
    return {"minLength": 1, "maxLength": TEXT_LIMIT, "pattern": pattern}


def _plain(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)
