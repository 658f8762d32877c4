"""The OpenAPI document, and a page to read and try it that needs nothing from elsewhere. Serves files of its own."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import flask_swagger_ui
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Blueprint, Flask, Response, send_from_directory
from werkzeug.exceptions import NotFound

from greenlane.api.http.operation import for_everybody
from greenlane.api.json_objects import encode
from greenlane.api.schemas.application import application_schema
from greenlane.engine.rules.vocabulary import Vocabulary

ASSETS = Path(flask_swagger_ui.__file__).parent / "dist"
APPLICATION = "Application"
SERVED = frozenset({"swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"})
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def register_documents(
    app: Flask, description: Callable[[], APISpec], application: Callable[[], tuple[str, Vocabulary]], local: bool
) -> None:
    """Serves `description` at /openapi.json, with the applications that are taken now, and the page at /docs.

    `application` names the release that decides now, and its vocabulary. `local` says that some callers need no key.
    """
    blueprint = Blueprint("documents", __name__)
    known: dict[str, bytes] = {}

    @functools.cache
    def document() -> dict[str, Any]:
        told = description().to_dict()
        return _keys_optional(told) if local else told

    @blueprint.get("/openapi.json")
    @for_everybody
    def openapi() -> Response:
        return Response(_described(document(), known, *application()), mimetype="application/json")

    _register_page(blueprint)
    app.register_blueprint(blueprint)


def _register_page(blueprint: Blueprint) -> None:
    own = files("greenlane.api.http.assets")
    page, script = (own / "docs.html").read_bytes(), (own / "start.js").read_bytes()

    @blueprint.get("/docs")
    @for_everybody
    def docs() -> Response:
        return Response(page, mimetype="text/html", headers={"Content-Security-Policy": PAGE_POLICY})

    @blueprint.get("/docs/start.js")
    @for_everybody
    def start() -> Response:
        return Response(script, mimetype="text/javascript")

    @blueprint.get("/docs/assets/<name>")
    @for_everybody
    def asset(name: str) -> Response:
        if name not in SERVED:
            raise NotFound
        return send_from_directory(ASSETS, name, max_age=3600)


def _keys_optional(document: dict[str, Any]) -> dict[str, Any]:
    for path in document["paths"].values():
        for told in path.values():
            if isinstance(told, dict) and told.get("security"):
                told["security"] = [{}, *told["security"]]
    return document


def _described(document: Mapping[str, Any], known: dict[str, bytes], release: str, vocabulary: Vocabulary) -> bytes:
    """The document with what the release takes; made once for each release."""
    if release not in known:
        own = APISpec("", "", document["openapi"], plugins=[MarshmallowPlugin()])
        own.components.schema(APPLICATION, schema=application_schema(vocabulary))
        components = document["components"]
        others = {k: v for k, v in components["schemas"].items() if not k.startswith(APPLICATION)}
        schemas = others | own.to_dict()["components"]["schemas"]
        known.clear()
        known[release] = encode({**document, "components": {**components, "schemas": schemas}})
    return known[release]
