"""flask-smorest with problem details for errors: every exception becomes an answer here."""

from __future__ import annotations

import http
from typing import Any

from flask import Response, g
from flask_smorest import Api  # type: ignore[import-untyped]
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from greenlane.api.http.exchange import PROBLEM_JSON, problem_response, service
from greenlane.api.ledger.errors import StoreUnavailableError
from greenlane.api.logs import logger, reason, where
from greenlane.api.metrics import Metrics
from greenlane.api.problem_kinds import BY_STATUS
from greenlane.api.problems import ProblemDocument, ProblemError
from greenlane.api.schemas.field_problems import parameter_problems
from greenlane.api.schemas.openapi import schema_of


class ProblemApi(Api):  # type: ignore[misc]
    """Documents and answers every error as `application/problem+json`."""

    ERROR_SCHEMA = schema_of(ProblemDocument)
    DEFAULT_ERROR_RESPONSE_NAME = None

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
    logger.error("store unavailable", reason=reason(error), where=where(error))
    return problem_response(ProblemError("store_unavailable"))


def _failed(error: Exception) -> Response:
    logger.error("failed", error=type(error).__name__, where=where(error))
    return problem_response(ProblemError("internal"))
