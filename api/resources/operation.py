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

from api.principals import Role
from api.resources.context import require

View = Callable[..., Response]

READS_STORE = (503,)
READS_BODY = (400, 408, 413, 415, 422)
REFUSES_CALLERS = (403,)


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
    role: Role | None,
) -> Callable[[View], View]:
    """Registers a view. It is called with the loaded query, then the loaded headers, then the path's variables.

    `refuses` are the statuses of the problems it may answer with. `role` is what the caller must have; None lets
    anyone in.
    """

    def register(view: View) -> View:
        allowed = _for_role(view, role)
        documented: View = group.doc(operationId=view.__name__, **({"requestBody": takes.body} if takes.body else {}))(
            allowed
        )
        for status in (*refuses, *(REFUSES_CALLERS if role is not None else ())):
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
        group.route(rule, methods=[method], parameters=[_path(*variable) for variable in takes.path])(documented)
        return view

    return register


def _for_role(view: View, role: Role | None) -> View:
    if role is None:
        return view

    @functools.wraps(view)
    def allowed(*arguments: Any, **named: Any) -> Response:
        require(role)
        return view(*arguments, **named)

    return allowed


def _path(name: str, description: str) -> dict[str, Any]:
    return {"in": "path", "name": name, "description": description, "schema": {"type": "string"}}
