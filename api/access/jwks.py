"""The public keys of an identity provider: its JWKS, read over the network or from a file, kept, and read again."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import HTTPRedirectHandler, Request, build_opener

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, Key, OKPKey, RSAKey

from greenlane.api.days import Seconds
from greenlane.api.logs import logger

FRESH = 600.0
"""Seconds after which keys are read again even when all are known, so that those taken away are forgotten."""

PAUSE = 30.0
"""Seconds between two attempts: tokens that name unknown keys must not make us ask all the time."""

SECONDS = 3.0
"""How long the provider may take to answer."""

LIMIT = 256 * 1024
"""Bytes of a JWKS."""

RSA_BITS = 2048
BASE64_BITS = 6
KINDS: Mapping[str, type[Key]] = {"RS256": RSAKey, "ES256": ECKey, "EdDSA": OKPKey, "Ed25519": OKPKey}
"""The algorithms accepted, each with its kind of key. None of them takes a secret that a public key could pass for.

`Ed25519` is the name that RFC 9864 gives to what most providers call `EdDSA`.
"""


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_arguments: Any, **_named: Any) -> None:
        """Keys come from the address that was set, or not at all."""


def read_jwks(source: str) -> bytes:
    """The JWKS at an address or in a file. Raises `OSError` or `ValueError`."""
    if "://" not in source:
        with Path(source).open("rb") as file:
            return file.read(LIMIT)
    request = Request(source, headers={"Accept": "application/json"})
    with build_opener(_NoRedirects).open(request, timeout=SECONDS) as response:
        content: bytes = response.read(LIMIT)
        return content


@dataclass(slots=True)
class TokenKeys:
    """The keys at `source`. While that cannot be read, those read last go on. Safe for many threads."""

    source: str
    read: Callable[[str], bytes]
    monotonic: Seconds
    _keys: Sequence[Key] = ()
    _read_at: float | None = None
    _tried_at: float | None = None
    _reading: threading.Lock = field(default_factory=threading.Lock)

    def key(self, key_id: str | None, algorithm: str) -> Key | None:
        """The key that verifies with `algorithm`. Without an id there must be no choice."""
        found = self._find(key_id, algorithm)
        if self._is_due(found is not None):
            self._read_again()
            found = self._find(key_id, algorithm)
        return found

    def _find(self, key_id: str | None, algorithm: str) -> Key | None:
        fitting = [key for key in self._keys if isinstance(key, KINDS[algorithm])]
        found = fitting if key_id is None else [key for key in fitting if key.kid == key_id]
        return found[0] if len(found) == 1 else None

    def _is_due(self, known: bool) -> bool:
        now = self.monotonic()
        if self._tried_at is not None and now - self._tried_at < PAUSE:
            return False
        return not known or self._read_at is None or now - self._read_at >= FRESH

    def _read_again(self) -> None:
        # Only the first keys are worth waiting for; later ones are read by one thread while the others go on.
        if not self._reading.acquire(blocking=self._read_at is None):
            return
        try:
            if self._is_due(known=False):
                self._tried_at = self.monotonic()
                self._keys = usable_keys(self.read(self.source))
                self._read_at = self._tried_at
        except (OSError, ValueError) as error:
            logger.warning("token keys not read", error=type(error).__name__, kept=len(self._keys))
        finally:
            self._reading.release()


def usable_keys(content: bytes) -> tuple[Key, ...]:
    """The keys of a JWKS that may sign tokens here; others are passed over. Raises `ValueError` for no JWKS."""
    document = json.loads(content)
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise ValueError("not a JWKS")
    return tuple(key for item in listed if (key := _usable(item)) is not None)


def _usable(item: Any) -> Key | None:
    if not isinstance(item, dict) or item.get("use", "sig") != "sig" or item.get("kty") == "oct":
        return None
    if item.get("kty") == "RSA" and len(str(item.get("n"))) * BASE64_BITS < RSA_BITS:
        return None
    try:
        return JWKRegistry.import_key(item)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
