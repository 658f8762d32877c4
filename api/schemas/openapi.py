"""Marshmallow schemas made of declared answers, for the OpenAPI document alone: nothing loads them. Pure."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from marshmallow import INCLUDE, Schema, fields
from msgspec import Meta, Raw, UnsetType

from greenlane.api.json_objects import JsonObject

SCALARS: Mapping[Any, type[fields.Field[Any]]] = {
    str: fields.String,
    int: fields.Integer,
    bool: fields.Boolean,
    Any: fields.Raw,
}


@functools.cache
def schema_of(answer: type[JsonObject]) -> type[Schema]:
    """The schema of a declared answer, by the same name: the same one whenever it is asked for."""
    hints = get_type_hints(answer, include_extras=True)
    members: dict[str, Any] = {}
    for name, key in zip(answer.__struct_fields__, answer.__struct_encode_fields__, strict=True):
        member = _taken_apart(hints[name])
        options = {"required": not member.unset, "allow_none": member.null, "data_key": key if key != name else None}
        members[name] = _field(member, options)
    if answer.open:
        members["Meta"] = type("Meta", (), {"unknown": INCLUDE})
    return type(answer.__name__, (Schema,), members)


@dataclass(frozen=True, slots=True)
class _Member:
    """A type hint taken apart: the type itself, whether it may be null or left out, and everything said of it.

    `Raw` beside a type stands for the bytes of such a value.
    """

    kind: Any
    null: bool
    unset: bool
    told: Mapping[str, Any]


def _taken_apart(hint: Any) -> _Member:
    if get_origin(hint) is Annotated:
        inner, *said = get_args(hint)
        found = _taken_apart(inner)
        told = dict(found.told)
        for meta in said:
            if isinstance(meta, Meta):
                told |= {"description": meta.description} if meta.description else {}
                told |= meta.extra_json_schema or {}
        return _Member(found.kind, found.null, found.unset, told)
    if get_origin(hint) in (Union, UnionType):
        choices = get_args(hint)
        (inner,) = [choice for choice in choices if choice not in (NoneType, Raw, UnsetType)]
        found = _taken_apart(inner)
        return _Member(found.kind, NoneType in choices, UnsetType in choices, found.told)
    return _Member(hint, False, False, {})


def _field(member: _Member, options: Mapping[str, Any]) -> fields.Field[Any]:
    kind, metadata = member.kind, dict(member.told)
    if kind in SCALARS:
        return SCALARS[kind](metadata=metadata, **options)
    origin = get_origin(kind) or kind
    if issubclass(origin, JsonObject):
        return fields.Nested(schema_of(kind), metadata=metadata, **options)
    if issubclass(origin, Mapping):
        values = _taken_apart(get_args(kind)[1])
        inner: dict[str, Any] = {} if values.kind is Any else {"keys": fields.String(), "values": _field(values, {})}
        return fields.Dict(metadata=metadata, **inner, **options)
    assert issubclass(origin, Sequence), kind
    return fields.List(_field(_taken_apart(get_args(kind)[0]), {}), metadata=metadata, **options)
