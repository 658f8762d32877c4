"""Declaring an operation for flask-smorest: its route, what it takes and answers, what its caller must have."""

from __future__ import annotations

import http
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response
from flask_smorest import Blueprint  # type: ignore[import-untyped]
from marshmallow import RAISE, Schema

from greenlane.api.json_objects import JsonObject
from greenlane.api.principals import Role
from greenlane.api.schemas.openapi import schema_of

View = Callable[..., Response]

READS_STORE = (503,)
READS_BODY = (400, 408, 413, 415, 422)
REFUSES_CALLERS = (401, 403, 429)
SECURITY: list[dict[str, list[str]]] = [{"bearer": []}]
"""The security requirement of every operation that is not for everybody."""

Needs = Role | tuple[Role, ...] | None
"""The role that a caller must have, or several of which one is enough (`ANY_CALLER`: none); None lets anyone in."""

ANY_CALLER: tuple[Role, ...] = ()
"""What operations name that are for every caller whose identity is established, whatever the role."""

ROLES = "roles_needed"
"""The attribute of a registered view that says what its caller must have: one of these roles, none of any
(`ANY_CALLER`), or nothing (None). A view without it is for admins alone.
"""


@dataclass(frozen=True, slots=True)
class Answers:
    """What an operation answers when all is well: a declared answer, or a schema of what is no JSON object.

    `content_type` is JSON unless given.
    """

    answer: type[JsonObject] | dict[str, Any]
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

    `refuses` are the statuses of the problems it may answer with. `role` is what a caller must have: the view is only
    marked with it (`ROLES`), and whoever admits callers reads that.
    """

    def register(view: View) -> View:
        needed = None if role is None else (role,) if isinstance(role, Role) else role
        marked = _marked(_documented(group, view, answers, takes, refuses, needed), needed)
        group.route(rule, methods=[method], parameters=[_path(*variable) for variable in takes.path])(marked)
        return view

    return register


def for_everybody(view: Callable[..., Response]) -> Callable[..., Response]:
    """Marks a view that is no operation, a page of the documentation for instance, as one that lets anyone in."""
    return _marked(view, None)


def _documented(
    group: Any,
    view: View,
    answers: Answers,
    takes: Takes,
    refuses: Sequence[int],
    needed: tuple[Role, ...] | None,
) -> View:
    told: dict[str, Any] = {"operationId": view.__name__, "security": [] if needed is None else SECURITY}
    if takes.body:
        told["requestBody"] = takes.body
    documented: View = group.doc(**told)(view)
    for status in sorted({*refuses, *(REFUSES_CALLERS if needed is not None else ())}):
        documented = group.alt_response(status, http.HTTPStatus(status).name)(documented)
    documented = group.response(
        answers.status,
        schema_of(answers.answer) if isinstance(answers.answer, type) else answers.answer,
        description=answers.description,
        content_type=answers.content_type,
        headers=answers.headers,
    )(documented)
    if takes.headers is not None:
        documented = group.arguments(takes.headers(), location="headers")(documented)
    if takes.query is not None:
        documented = group.arguments(takes.query(), location="query", unknown=RAISE)(documented)
    return documented


def _marked(view: View, needed: tuple[Role, ...] | None) -> View:
    setattr(view, ROLES, needed)
    return view


def _path(name: str, description: str) -> dict[str, Any]:
    return {"in": "path", "name": name, "description": description, "schema": {"type": "string"}}
