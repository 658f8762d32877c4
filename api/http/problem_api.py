"""flask-smorest with problem details, which describes operations when asked: every exception becomes an answer here."""

from __future__ import annotations

import http
import threading
from typing import Any

from apispec import APISpec
from flask import Flask, Response, g
from flask_smorest import Api, Blueprint  # type: ignore[import-untyped]
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from greenlane.api.http.exchange import PROBLEM_JSON, problem_response, service
from greenlane.api.ledger.errors import LogForkError, StoreUnavailableError
from greenlane.api.ledger.unit_of_work import Ledger
from greenlane.api.logs import logger, where
from greenlane.api.metrics import Metrics
from greenlane.api.problem_kinds import BY_STATUS
from greenlane.api.problems import ProblemDocument, ProblemError
from greenlane.api.schemas.field_problems import parameter_problems
from greenlane.api.schemas.openapi import schema_of

BEARER = {
    "type": "http",
    "scheme": "bearer",
    "description": "An API key (`gl_…`), or a token of the identity provider that the service is set to",
}


class ProblemApi(Api):  # type: ignore[misc]
    """Documents and answers every error as `application/problem+json`. Safe for many threads.

    Operations are served from the start and described at the first `description`: most processes are never asked.
    """

    ERROR_SCHEMA = schema_of(ProblemDocument)
    DEFAULT_ERROR_RESPONSE_NAME = None

    def __init__(self, app: Flask) -> None:
        self._undescribed: list[Blueprint] = []
        self._describing = threading.Lock()
        super().__init__(app)
        self.spec.components.security_scheme("bearer", BEARER)

    def register_blueprint(self, group: Blueprint) -> None:
        """Serves a group of operations."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][group.name] = self
        self._app.register_blueprint(group)
        self._undescribed.append(group)

    def description(self) -> APISpec:
        """The OpenAPI description of every operation."""
        with self._describing:
            while self._undescribed:
                group = self._undescribed.pop(0)
                group.register_views_in_doc(self, self._app, self.spec, name=group.name, parameters=None)
                self.spec.tag({"name": group.name, "description": group.description})
        spec: APISpec = self.spec
        return spec

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Answers an error that Flask or a parser of parameters raised; keeps its headers (405 has `Allow`)."""
        code = BY_STATUS.get(error.code or 500, "bad_request" if (error.code or 500) < 500 else "internal")
        response = problem_response(ProblemError(code, _field_problems(error)))
        if isinstance(error, MethodNotAllowed):
            response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
        return response

    def _register_error_handlers(self) -> None:
        super()._register_error_handlers()
        self._app.register_error_handler(ProblemError, _problem)
        self._app.register_error_handler(StoreUnavailableError, _store_unavailable)
        self._app.register_error_handler(Exception, _failed)

    def _register_responses(self) -> None:
        """Names a response for every error status. The original gives all of them the type of success."""
        for status in http.HTTPStatus:
            content = {PROBLEM_JSON: {"schema": self.ERROR_SCHEMA}}
            response: dict[str, Any] = {"description": status.phrase}
            if status >= 400:
                response["content"] = content
            self.spec.components.response(status.name, response, lazy=True)


def _field_problems(error: HTTPException) -> Any:
    messages = getattr(error, "data", {}).get("messages", {})
    schema = getattr(error, "data", {}).get("schema")
    known = {f.data_key or name: f for name, f in schema.fields.items()} if schema is not None else {}
    return tuple(f for inner in messages.values() for f in parameter_problems(inner, known))


def _problem(problem: ProblemError) -> Response:
    # Whoever admits callers looks here for refusals.
    g.problem = problem
    return problem_response(problem)


def _store_unavailable(error: StoreUnavailableError) -> Response:
    service(Metrics).store_failures.inc()
    service(Ledger).refused(error)
    return problem_response(ProblemError("log_fork" if isinstance(error, LogForkError) else "store_unavailable"))


def _failed(error: Exception) -> Response:
    logger.error("failed", error=type(error).__name__, where=where(error))
    return problem_response(ProblemError("internal"))
