"""The OpenAPI document, and a page to read and try it that needs nothing from elsewhere."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import flask_swagger_ui
from flask import Blueprint, Flask, Response, send_from_directory
from werkzeug.exceptions import NotFound

from api.json_text import encode

ASSETS = Path(flask_swagger_ui.__file__).parent / "dist"
SERVED = frozenset({"swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"})
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

BEARER = {
    "type": "http",
    "scheme": "bearer",
    "description": "An API key (`gl_…`), or a token of the identity provider that the service is set to",
}


def register_documents(app: Flask, spec: Any, local: bool) -> None:
    """Serves `spec` at /openapi.json and the page at /docs. `local` says that some callers need no key."""
    spec.components.security_scheme("bearer", BEARER)
    content = encode(_keys_optional(spec.to_dict()) if local else spec.to_dict())
    own = files("api.resources.assets")
    page, script = (own / "docs.html").read_bytes(), (own / "start.js").read_bytes()
    blueprint = Blueprint("documents", __name__)

    @blueprint.get("/openapi.json")
    def openapi() -> Response:
        return Response(content, mimetype="application/json")

    @blueprint.get("/docs")
    def docs() -> Response:
        return Response(page, mimetype="text/html", headers={"Content-Security-Policy": PAGE_POLICY})

    @blueprint.get("/docs/start.js")
    def start() -> Response:
        return Response(script, mimetype="text/javascript")

    @blueprint.get("/docs/assets/<name>")
    def asset(name: str) -> Response:
        if name not in SERVED:
            raise NotFound
        return send_from_directory(ASSETS, name, max_age=3600)

    app.register_blueprint(blueprint)


def _keys_optional(document: dict[str, Any]) -> dict[str, Any]:
    for path in document["paths"].values():
        for told in path.values():
            if isinstance(told, dict) and told.get("security"):
                told["security"] = [{}, *told["security"]]
    return document
