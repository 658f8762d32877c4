"""One exchange over HTTP: the services behind the view that answers, the body it reads, the response it writes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from flask import Flask, Response, current_app, g, request
from marshmallow import Schema, ValidationError
from werkzeug.datastructures import LanguageAccept
from werkzeug.exceptions import ClientDisconnected

from greenlane.api.config import AnswerLimits
from greenlane.api.json_objects import JsonObject, encode
from greenlane.api.problems import RETRY_AFTER, FieldProblem, Language, ProblemDocument, ProblemError
from greenlane.api.schemas.field_problems import body_problems
from greenlane.engine.decide.application import VIOLATIONS, Violation
from greenlane.engine.json_text import JsonError, decode
from greenlane.engine.text import Text

ONE_LIMIT = 1_000_000
"""Bytes of one application."""

BATCH_LIMIT = 8_000_000
"""Bytes of a batch."""

SHOWN = 80
"""Characters of a key that a problem repeats."""

CHALLENGES = {
    "unauthenticated": 'Bearer realm="greenlane"',
    "credential_refused": 'Bearer realm="greenlane", error="invalid_token"',
}
"""What `WWW-Authenticate` says (RFC 6750)."""

PROBLEM_JSON = "application/problem+json"

EXTENSION = "greenlane"
T = TypeVar("T")
_media = re.compile(
    r'[ \t]*application/json((?:[ \t]*;[ \t]*[\w.!#$%&*+^`|~-]+=(?:"[^"\\]*"|[^\s";=]+))*)[ \t]*', re.IGNORECASE
)
_charset = re.compile(r';[ \t]*charset="?([^";]*)"?', re.IGNORECASE)
REPEATED = Violation("repeated", Text("只能给出一次", "given more than once"))


def register(app: Flask, *services: object) -> None:
    """Gives services to an application, to be found by their class or any class above it; the later one is found."""
    known: dict[type, Any] = app.extensions.setdefault(EXTENSION, {})
    known.update({kind: found for found in services for kind in type(found).__mro__[:-1]})


def service(kind: type[T]) -> T:
    """The service of a class that the application which answers now was given. Raises `KeyError` without one."""
    return cast(T, current_app.extensions[EXTENSION][kind])


def read_json(limit: int) -> Any:
    """The JSON value of the request's body, numbers as decimals. Raises `ProblemError`."""
    if not is_json(request.content_type or ""):
        raise ProblemError("unsupported_media_type")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise ProblemError("unsupported_encoding")
    # A chunked body is cut off at the maximum without a word, so one byte more than is accepted is let through.
    request.max_content_length = limit + 1
    try:
        content = request.get_data(cache=False)
        if len(content) > limit:
            raise ProblemError("too_large")
        return decode(content)
    except (ClientDisconnected, OSError):
        raise ProblemError("too_slow") from None
    except JsonError as refused:
        subject = refused.subject[:SHOWN].encode("utf-8", "replace").decode()
        raise ProblemError(refused.code, subject=Text(subject, subject)) from None


def load(body: Any, schema: Schema) -> dict[str, Any]:
    """What a schema makes of a body. Raises `ProblemError` with all that is wrong."""
    try:
        found: dict[str, Any] = schema.load(body)
    except ValidationError as error:
        raise ProblemError("invalid", body_problems(error.messages, schema)) from None
    return found


def json_body(schema: type[Schema]) -> dict[str, Any]:
    """How a body is described whose fields say in their metadata what they accept."""
    known = schema().fields
    described = {
        "type": "object",
        "required": [name for name, field in known.items() if field.required],
        "additionalProperties": False,
        "properties": {field.data_key or name: dict(field.metadata) for name, field in known.items()},
    }
    return {"required": True, "content": {"application/json": {"schema": described}}}


def json_response(answer: JsonObject | bytes, status: int = 200) -> Response:
    """A declared answer as JSON; the bytes of one are sent as they are."""
    content = answer if isinstance(answer, bytes) else encode(answer)
    return Response(content, status, mimetype="application/json")


def problem_response(problem: ProblemError) -> Response:
    """The problem as the answer."""
    response = Response(encode(problem_document(problem)), problem.kind.status, mimetype=PROBLEM_JSON)
    response.headers.update(problem_headers(problem, language()))
    return response


def problem_headers(problem: ProblemError, told_in: Language) -> dict[str, str]:
    """The header fields of a problem: a 401 says how to authenticate, a 429 and a 503 when to try again."""
    headers = {"Content-Language": told_in, "Vary": "Accept-Language"}
    if problem.code == "unsupported_encoding":
        headers["Accept-Encoding"] = "identity"
    if problem.code in CHALLENGES:
        headers["WWW-Authenticate"] = CHALLENGES[problem.code]
    retry_after = problem.retry_after or (RETRY_AFTER if problem.kind.status == 503 else None)
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    return headers


def problem_document(problem: ProblemError) -> ProblemDocument:
    """The problem in the client's language, with so many of its faults as an answer tells."""
    return ProblemDocument.of(problem, language(), trace_id(), service(AnswerLimits).faults)


def is_json(content_type: str) -> bool:
    """Whether a Content-Type says JSON, and of its characters nothing or once that they are UTF-8."""
    media = _media.fullmatch(content_type)
    charsets = _charset.findall(media[1]) if media is not None else []
    return media is not None and len(charsets) <= 1 and all(each.lower() in {"utf-8", "utf8"} for each in charsets)


def refuse_repeats() -> None:
    """Raises `ProblemError` where the query gives a parameter twice: each reader would choose another of the values."""
    if request.url_rule is None:
        return
    repeated = sorted(name for name, values in request.args.lists() if len(values) > 1)
    if repeated:
        raise ProblemError("invalid", tuple(FieldProblem(REPEATED, parameter=name) for name in repeated[:VIOLATIONS]))


def language() -> Language:
    """The language the client prefers of Chinese and English; English when it does not say."""
    return preferred(request.accept_languages)


LANGUAGES: Mapping[str, Language] = {"zh": "zh", "en": "en"}
"""By the first part of a language tag: `zh-CN` and `zh-Hant` are Chinese."""


def preferred(accepted: LanguageAccept) -> Language:
    """Which of Chinese and English an `Accept-Language` header prefers."""
    # Werkzeug would take `en` of `zh-CN, en;q=0.5`: for it only `zh` is Chinese.
    known = (tag.partition("-")[0].lower() for tag, quality in accepted if quality > 0)
    return next((LANGUAGES[tag] for tag in known if tag in LANGUAGES), "en")


def trace_id() -> str:
    """The id of this request in logs, problems and the `Trace-Id` header."""
    return cast(str, g.get("trace_id", ""))
