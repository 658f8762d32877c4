"""The schema of an application, made from the vocabulary: nothing about lending is written here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields

from greenlane.api.schemas.fact_faults import IS_NULL, NOT_OBJECT, REQUIRED, UNKNOWN, fault_of
from greenlane.api.schemas.kind_schema import kind_schema
from greenlane.engine.rules.vocabulary import Fact, Vocabulary

_OBJECT_MESSAGES: dict[str, Any] = {"unknown": UNKNOWN, "type": NOT_OBJECT}
_FIELD_MESSAGES: dict[str, Any] = {"required": [REQUIRED], "null": [IS_NULL]}

Tree = dict[str, "Fact | Tree"]


class FactField(fields.Field[Any]):
    """A field for one fact. Faults come as `FieldFault` in the messages of the error."""

    def __init__(self, fact: Fact) -> None:
        self.kind = fact.kind
        super().__init__(
            required=fact.required,
            allow_none=not fact.required,
            error_messages=_FIELD_MESSAGES,
            metadata=json_schema(fact),
        )

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        fault = fault_of(self.kind, value)
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


def fact_tree(vocabulary: Vocabulary) -> Tree:
    """The facts arranged as they lie in an application."""
    root: Tree = {}
    for fact in vocabulary.facts.values():
        place = root
        for group in fact.path[:-1]:
            inner = place.setdefault(group, {})
            if isinstance(inner, Fact):
                raise ValueError(f"`{group}` is both a fact and a group of facts")
            place = inner
        place[fact.path[-1]] = fact
    return root


def _schema(name: str, tree: Tree) -> type[Schema]:
    found: dict[str, fields.Field[Any]] = {}
    for key, item in tree.items():
        if isinstance(item, Fact):
            found[key] = FactField(item)
        else:
            inner = _schema(f"{name}{key.title().replace('_', '')}", item)
            messages = {**_FIELD_MESSAGES, "type": [NOT_OBJECT], "null": [NOT_OBJECT]}
            found[key] = fields.Nested(inner, required=_asks(item), error_messages=messages)
    return type(f"{name}Schema", (StrictObject,), found)


def _asks(tree: Tree) -> bool:
    return any(item.required if isinstance(item, Fact) else _asks(item) for item in tree.values())


def json_schema(fact: Fact) -> dict[str, Any]:
    """What the field of a fact accepts, in the words of JSON Schema."""
    found: dict[str, Any] = {"title": fact.title.en, "description": fact.title.zh, "x-fact": fact.name}
    if fact.kind.unit:
        found["x-unit"] = fact.kind.unit
    found |= kind_schema(fact.kind)
    if not fact.required and "enum" in found:
        found["enum"] = [*found["enum"], None]
    return found
