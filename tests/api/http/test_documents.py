"""The OpenAPI document is valid and says what the service does."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import validate

from greenlane.api.problem_kinds import KINDS

API_PAGE = Path(__file__).parents[3] / "docs" / "api.md"


def _documented(rule: str) -> str:
    return re.sub(r"<(\w+)>", r"{\1}", rule)


def test_the_document_is_valid(client: FlaskClient) -> None:
    """OpenAPI 3.1."""
    document = client.get("/openapi.json").get_json()
    assert document["openapi"] == "3.1.0"
    validate(document)


def test_every_operation_is_in_the_document(app: Flask, client: FlaskClient) -> None:
    """Every route but those of the document itself, each with a summary."""
    paths = client.get("/openapi.json").get_json()["paths"]
    own = {"/openapi.json", "/docs", "/docs/start.js", "/docs/assets/<name>"}
    routes = {r.rule for r in app.url_map.iter_rules()} - own
    assert set(paths) == {_documented(rule) for rule in routes}
    operations = [path[method] for path in paths.values() for method in ("get", "post") if method in path]
    assert len({o["operationId"] for o in operations}) == len(operations)
    assert all(o["summary"] and o["responses"] for o in operations)


def test_the_application_is_described_by_the_vocabulary(client: FlaskClient) -> None:
    """Types, allowed values, limits and labels of facts."""
    schemas = client.get("/openapi.json").get_json()["components"]["schemas"]
    application = schemas["Application"]
    assert application["additionalProperties"] is False
    assert application["required"] == ["applicant", "application_date", "application_id", "request"]
    request = schemas["ApplicationRequest"]["properties"]
    assert request["product"]["enum"] == ["INNOV", "CARBON", "MFG_UPG"]
    assert request["amount_wan"]["x-unit"] == "万元"
    assert request["amount_wan"]["minimum"] == 0
    assert request["documents_complete"]["type"] == ["boolean", "null"]


def test_the_page_needs_nothing_from_elsewhere(client: FlaskClient) -> None:
    """Everything it loads is served here, and its policy allows no script but ours."""
    page = client.get("/docs")
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "unsafe-eval" not in page.headers["Content-Security-Policy"]
    linked = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert linked
    for link in linked:
        assert client.get("/" + link).status_code == 200, link
    assert not re.search(r"<script>|https?://", page.text)
    assert client.get("/docs/assets/index.html").status_code == 404
    assert client.get("/docs/assets/..%2F__init__.py").status_code == 404


def test_the_api_page_names_every_operation_and_problem(app: Flask) -> None:
    """docs/api.md is complete."""
    page = API_PAGE.read_text(encoding="utf-8")
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/docs/"):
            continue
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            assert f"`{method} {_documented(rule.rule)}`" in page
    for code, kind in KINDS.items():
        assert re.search(rf"\| {kind.status} \| `{code}` \|", page), code
