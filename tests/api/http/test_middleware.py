"""Headers around every answer."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from greenlane.api.metrics import LABELS, DecisionMetrics
from greenlane.api.wiring.services import Services

ADVISED = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.mark.parametrize(
    ("path", "status"),
    [("/healthz", 200), ("/v1/vocabulary", 200), ("/v1/keys", 403), ("/v1/decisions/x", 404), ("/v1/decisions?x", 422)],
)
def test_headers_of_every_answer(client: FlaskClient, path: str, status: int) -> None:
    """Refusals too; nothing invites web pages of other origins, and nothing sets a cookie."""
    response = client.get(path, headers={"Origin": "http://localhost"})
    assert response.status_code == status
    assert {name: response.headers.get(name) for name in ADVISED} == ADVISED
    assert not [name for name, _ in response.headers if name.startswith(("Access-Control", "Set-Cookie"))]
    assert response.mimetype in {"application/json", "application/problem+json"}


def test_over_tls_only_once_it_was_used(client: FlaskClient) -> None:
    """Browsers are told to stay with TLS where a proxy provides it, and not where nobody does."""
    assert "Strict-Transport-Security" not in client.get("/healthz").headers
    secure = client.get("/healthz", base_url="https://localhost")
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize("query", ["x=\xb0", "product=\xff", "\x8b=1", "from=2026-03-02&\xc3"])
@pytest.mark.parametrize("path", ["/v1/decisions", "/healthz", "/v1/log/entries"])
def test_an_address_that_is_no_text(app: Flask, path: str, query: str) -> None:
    """A query of bytes that are not UTF-8 is the client's fault; other servers of WSGI than ours let them through."""
    response = app.test_client().get(path, environ_overrides={"QUERY_STRING": query})
    assert (response.status_code, response.get_json()["code"]) == (400, "bad_request")
    assert response.get_json()["trace_id"] == response.headers["Trace-Id"]


@pytest.mark.parametrize("path", ["/v1//decisions", "//evil.example/v1/decisions", "/v1/decisions/"])
def test_no_redirects(client: FlaskClient, path: str) -> None:
    """A path that is none is told so in a problem, not sent elsewhere."""
    response = client.get("/", environ_overrides={"PATH_INFO": path}, headers={"Host": "localhost"})
    assert response.status_code == 404
    assert response.mimetype == "application/problem+json"


def test_names_that_clients_make_up_are_not_kept(client: FlaskClient) -> None:
    """However many methods are tried: metrics do not grow with them."""
    for number in range(100):
        assert client.open("/v1/decisions", method=f"M{number}").status_code == 405
    lines = client.get("/metrics").text.splitlines()
    told = [line for line in lines if "_total{" in line and 'status="405"' in line]
    assert told == ['greenlane_requests_total{method="other",route="none",status="405"} 100.0']


def test_products_without_end(client: FlaskClient, services: Services) -> None:
    """Where rules take any text for a product, so many are told apart and no more."""
    watch = DecisionMetrics(services.metrics, "linear")
    for number in range(3 * LABELS):
        watch.stored("DONE", f"P-{number}", None)
    told = [line for line in client.get("/metrics").text.splitlines() if line.startswith("greenlane_decisions_total{")]
    assert len(told) == LABELS + 1
    others = 'greenlane_decisions_total{product="other",route="other",status="other"}'
    assert f"{others} {2.0 * LABELS}" in told
