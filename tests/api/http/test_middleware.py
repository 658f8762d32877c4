"""Headers around every answer."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

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
