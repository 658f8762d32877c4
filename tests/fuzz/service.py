"""The service in this process, and what must hold of its answer to any bytes whatever."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.jwk import OKPKey

from greenlane.api.app import create_app
from greenlane.api.config import Settings
from greenlane.api.logs import configure
from greenlane.api.principals import Role
from greenlane.api.wiring.services import Services, build_services
from tests.api.access.callers import key_for
from tests.api.access.issuer import AUDIENCE, ISSUER, NOW, jwks
from tests.fuzz.seeds import ROOT

REQUESTS = 5000
"""After so many a new service on a new database takes over, so that no run fills the disk."""

ANSWER = 40_000_000
DECIDE = (
    b"POST /v1/decisions?trace=full\nContent-Type: application/json\n\n"
    + (ROOT / "examples" / "applications" / "EX-01.json").read_bytes()
)
PROBLEM = {"type", "title", "status", "detail", "code", "trace_id"}
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
TOKEN_KEY = OKPKey.import_key(KEY, {"kid": "ed-1", "use": "sig"})
"""What the identity provider signs with: the same each time, so that a token that was found stays one."""


@dataclass
class InProcess:
    """A service on a database of its own, with a key of every role and an identity provider."""

    place: Path = field(default_factory=lambda: Path(tempfile.mkdtemp()))
    asked: int = 0

    def __post_init__(self) -> None:
        configure("critical")
        (self.place / "jwks.json").write_bytes(jwks(TOKEN_KEY))
        settings = Settings(
            f"sqlite:///{self.place}/greenlane.db",
            ROOT / "rules",
            matcher="bitmap",
            trace="none",
            access="keys",
            rules_mode="releases",
            rate_limit=0,
            oidc_issuer=ISSUER,
            oidc_audience=AUDIENCE,
            oidc_jwks=str(self.place / "jwks.json"),
        )
        self.services: Services = build_services(settings, lambda: datetime.fromtimestamp(NOW, UTC))
        self.app = create_app(self.services)
        self.key = key_for(self.services, *Role)
        made = json.loads(self.answer(DECIDE)[2])
        self.known = {b"@decision": made["decision_id"].encode(), b"@release": made["release"]["id"].encode()}

    def answer(self, data: bytes) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers and body of the answer to a request in bytes."""
        self.asked += 1
        for name, one in getattr(self, "known", {}).items():
            data = data.replace(name, one)
        told: list[tuple[str, list[tuple[str, str]]]] = []
        found: Iterable[bytes] = self.app(
            _environment(data, self.key), lambda status, headers, *_: told.append((status, headers))
        )
        body = b"".join(found)
        if hasattr(found, "close"):
            found.close()
        ((status, headers),) = told
        return int(status[:3]), {name.lower(): value for name, value in headers}, body

    def document(self) -> Any:
        """What the service says that it takes."""
        return json.loads(self.answer(b"GET /openapi.json\n\n")[2])

    def close(self) -> None:
        """Takes the service and its database away."""
        self.services.close()
        shutil.rmtree(self.place, ignore_errors=True)


def service() -> InProcess:
    """The service that answers now."""
    if _services and _services[-1].asked > REQUESTS:
        _services.pop().close()
    if not _services:
        _services.append(InProcess())
    return _services[-1]


_services: list[InProcess] = []


@cache
def document() -> Any:
    """What the service says that it takes; always the same object."""
    return service().document()


def check_request(data: bytes) -> None:
    """An answer of a client's making: never that the service failed, and whole in itself."""
    status, headers, body = service().answer(data)
    if status >= 500:
        raise AssertionError(f"answered {status} {body[:200]!r}")
    if len(body) > ANSWER or b"Traceback" in body:
        raise AssertionError(f"answered {len(body)} bytes: {body[:200]!r}")
    kind = headers.get("content-type", "")
    if kind.startswith(("application/json", "application/problem+json")):
        found = json.loads(body)
        if (status >= 400) != kind.startswith("application/problem+json"):
            raise AssertionError(f"a {status} of the type {kind}")
        if status >= 400 and not (found.keys() >= PROBLEM and found["status"] == status):
            raise AssertionError(f"a {status} that is no problem: {body[:200]!r}")
    elif status >= 400:
        raise AssertionError(f"a {status} of the type {kind!r}")


def check_token(data: bytes) -> None:
    """Taken only when the provider signed just these characters."""
    text = data.decode("latin-1").replace("\n", "").strip()
    status, _, _ = service().answer(b"GET /v1/vocabulary\nAuthorization: Bearer " + text.encode("latin-1") + b"\n\n")
    if status not in (200, 401, 403):
        raise AssertionError(f"answered {status}")
    if status != 401:
        _verify(text)


def _verify(token: str) -> None:
    """Raises unless the token is signed: by the library of cryptography alone, which knows nothing of tokens."""
    signed, _, signature = token.rpartition(".")
    KEY.public_key().verify(urlsafe_b64decode(signature + "=" * (-len(signature) % 4)), signed.encode())


def _environment(data: bytes, key: Mapping[str, str]) -> dict[str, Any]:
    """The request as WSGI has it; one without a credential gets that of every role."""
    head, _, body = data.partition(b"\n\n")
    first, *lines = head.decode("latin-1").split("\n")
    method, _, address = first.partition(" ")
    path, _, query = address.partition("?")
    found: dict[str, Any] = {
        "REQUEST_METHOD": method or "GET",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1") or "/",
        "QUERY_STRING": query,
        "SCRIPT_NAME": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1:8000",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for line in lines:
        name, _, value = line.partition(":")
        name = name.strip().upper().replace("-", "_")
        found[name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"] = value.strip()
    found.setdefault("HTTP_AUTHORIZATION", key["Authorization"])
    return found
