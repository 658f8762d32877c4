"""Declaring an operation: its route, what it takes and what it answers, as flask-smorest wants it told."""

from __future__ import annotations

import functools
import http
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response
from flask_smorest import Blueprint  # type: ignore[import-untyped]
from marshmallow import RAISE, Schema

from greenlane.api.http.admission import admit
from greenlane.api.principals import Role

View = Callable[..., Response]

READS_STORE = (503,)
READS_BODY = (400, 408, 413, 415, 422)
REFUSES_CALLERS = (401, 403, 429)
SECURITY: list[dict[str, list[str]]] = [{"bearer": []}]
"""The security requirement of every operation that is not for everybody."""

Needs = Role | tuple[Role, ...] | None
"""The role that a caller must have, or several of which one is enough (`ANY_CALLER`: none); None lets anyone in."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What an operation answers when all is well. `content_type` is JSON unless given."""

    schema: type[Schema] | dict[str, Any]
    description: str
    status: int = 200
    content_type: str | None = None
    headers: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Takes:
    """What an operation takes. `path` describes the variables of the route, `body` is an OpenAPI request body."""

    query: type[Schema] | None = None
    headers: type[Schema] | None = None
    path: Sequence[tuple[str, str]] = ()
    body: dict[str, Any] | None = None


def blueprint(name: str, description: str) -> Any:
    """A group of operations."""
    return Blueprint(name, __name__, description=description)


def operation(
    group: Any,
    method: str,
    rule: str,
    answers: Answers,
    takes: Takes = Takes(),
    refuses: Sequence[int] = (),
    *,
    role: Needs,
) -> Callable[[View], View]:
    """Registers a view. It is called with the loaded query, then the loaded headers, then the path's variables.

    `refuses` are the statuses of the problems it may answer with, `role` what the caller must have: callers are judged
    before anything else of their request.
    """

    def register(view: View) -> View:
        told: dict[str, Any] = {"operationId": view.__name__, "security": [] if role is None else SECURITY}
        if takes.body:
            told["requestBody"] = takes.body
        documented: View = group.doc(**told)(view)
        for status in sorted({*refuses, *(REFUSES_CALLERS if role is not None else ())}):
            documented = group.alt_response(status, http.HTTPStatus(status).name)(documented)
        documented = group.response(
            answers.status,
            answers.schema,
            description=answers.description,
            content_type=answers.content_type,
            headers=answers.headers,
        )(documented)
        if takes.headers is not None:
            documented = group.arguments(takes.headers(), location="headers")(documented)
        if takes.query is not None:
            documented = group.arguments(takes.query(), location="query", unknown=RAISE)(documented)
        admitted = _for_callers(documented, role)
        group.route(rule, methods=[method], parameters=[_path(*variable) for variable in takes.path])(admitted)
        return view

    return register


def _for_callers(view: View, role: Needs) -> View:
    if role is None:
        return view
    roles = (role,) if isinstance(role, Role) else role

    @functools.wraps(view)
    def admitted(*arguments: Any, **named: Any) -> Response:
        admit(roles)
        return view(*arguments, **named)

    return admitted


def _path(name: str, description: str) -> dict[str, Any]:
    return {"in": "path", "name": name, "description": description, "schema": {"type": "string"}}
