"""An identity provider on this machine: it signs tokens and serves its public keys."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

ISSUER, AUDIENCE = "https://id.bank.example", "greenlane"
NOW = int(datetime(2026, 3, 2, 1, 0, tzinfo=UTC).timestamp())
ALGORITHMS = {"RSA": "RS256", "EC": "ES256", "OKP": "EdDSA"}


def new_key(kind: str, key_id: str, **more: Any) -> Key:
    """A key pair. Of RSA keys few are made: they take long."""
    parameters = {"kid": key_id, "use": "sig", **more}
    if kind == "RSA":
        return RSAKey.generate_key(2048, parameters)  # type: ignore[arg-type]
    if kind == "EC":
        return ECKey.generate_key("P-256", parameters)  # type: ignore[arg-type]
    return OKPKey.generate_key("Ed25519", parameters)  # type: ignore[arg-type]


RSA, EC, ED = new_key("RSA", "rsa-1"), new_key("EC", "ec-1"), new_key("OKP", "ed-1")


def usual_claims() -> dict[str, Any]:
    """Claims that are accepted at `NOW`."""
    return {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "zhang.wei",
        "iat": NOW - 60,
        "nbf": NOW - 60,
        "exp": NOW + 300,
        "roles": ["read", "audit"],
    }


def signed(key: Key = ED, header: Mapping[str, Any] | None = None, **changed: Any) -> str:
    """A token; a claim that is changed to None is left out."""
    claims = {name: value for name, value in {**usual_claims(), **changed}.items() if value is not None}
    told = {"alg": ALGORITHMS[key.key_type], "kid": key.kid, **(header or {})}
    told = {name: value for name, value in told.items() if value is not None}
    return jwt.encode(told, claims, key, algorithms=["RS256", "ES256", "EdDSA", "RS512", "PS256"])


def jwks(*keys: Key, more: list[Any] | None = None) -> bytes:
    """The public halves, as a provider publishes them."""
    return json.dumps({"keys": [key.as_dict(private=False) for key in keys] + (more or [])}).encode()


@dataclass
class Provider:
    """What is served now, and how often it was asked for."""

    content: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    asked: int = 0
    address: str = ""


@contextmanager
def provider(content: bytes) -> Iterator[Provider]:
    """A provider that serves `content`."""
    state = Provider(content)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked += 1
            self.send_response(state.status)
            for name, value in state.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(state.content)

        def log_message(self, *_arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.address = f"http://127.0.0.1:{server.server_address[1]}/jwks"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
