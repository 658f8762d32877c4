"""Marshmallow's nested messages as a flat list of problems, each with its JSON pointer. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from marshmallow import Schema, fields

from greenlane.api.problems import FieldProblem
from greenlane.engine.decide.application import SUGGESTIONS, UNKNOWN, Violation, nearest_field, suggestion
from greenlane.engine.json_text import pointer
from greenlane.engine.text import Text

OWN = "_schema"
"""The key under which marshmallow puts what is wrong with an object itself."""


def body_problems(messages: Any, schema: Schema) -> Iterator[FieldProblem]:
    """Every problem of a body, in the order of the schema, with the nearest known name for unknown fields.

    The first `SUGGESTIONS` of these have a name: a body of a hundred thousand unknown fields must not keep the service
    busy.
    """
    elsewhere = dict(_pointers(schema, ()))
    left = SUGGESTIONS
    for violation, at in _walk(messages, schema, ()):
        if violation is UNKNOWN and left:
            left -= 1
            violation = replace(violation, nearest=nearest_field(at, elsewhere))
        yield FieldProblem(violation, pointer=pointer(*at))


def parameter_problems(messages: Mapping[str, Any], known: Mapping[str, object]) -> tuple[FieldProblem, ...]:
    """Every problem of the query's parameters."""
    found = []
    for name, told in sorted(messages.items()):
        for violation in told if isinstance(told, list) else [told]:
            placed = violation if isinstance(violation, Violation) else _other(str(violation))
            if placed is UNKNOWN:
                placed = replace(placed, nearest=suggestion(name, known))
            found.append(FieldProblem(placed, parameter=name))
    return tuple(found)


def _other(detail: str) -> Violation:
    return Violation("invalid", Text("取值不符合要求", detail.rstrip(".").lower()))


def _walk(messages: Any, schema: Schema | None, at: tuple[str, ...]) -> Iterator[tuple[Violation, tuple[str, ...]]]:
    if isinstance(messages, dict):
        for key, inner in sorted(messages.items(), key=lambda entry: _order(schema, str(entry[0]))):
            # A client may send a field of that very name: then it is an unknown one.
            if key == OWN and UNKNOWN not in inner:
                yield from _walk(inner, schema, at)
            else:
                yield from _walk(inner, _inner(schema, key), (*at, str(key)))
        return
    for violation in messages if isinstance(messages, list) else [messages]:
        yield violation if isinstance(violation, Violation) else _other(str(violation)), at


def _order(schema: Schema | None, key: str) -> tuple[int, str]:
    """Known fields in the schema's order, then the others by name: marshmallow reports these in the order of a set."""
    known = list(schema.fields) if schema is not None else []
    return (known.index(key), "") if key in known else (len(known), key)


def _inner(schema: Schema | None, key: str) -> Schema | None:
    field = schema.fields.get(key) if schema is not None else None
    return field.schema if isinstance(field, fields.Nested) else None


def _pointers(schema: Schema, at: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for name, field in schema.fields.items():
        yield pointer(*at, name), name
        if isinstance(field, fields.Nested):
            yield from _pointers(field.schema, (*at, name))
