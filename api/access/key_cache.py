"""Who holds which key, read from the store at most once a second for each key. No web framework here."""

from __future__ import annotations

import hmac
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from greenlane.api.access.keys import digest, is_valid, regions_of, roles_of
from greenlane.api.access.statements import AccessStore, KeyStep
from greenlane.api.days import Clock, Seconds, timestamp
from greenlane.api.ledger.errors import StoreUnavailableError
from greenlane.api.principals import Principal

SECONDS = 1.0
"""How long a key is known without asking the store: a revoked key is good for no longer than this."""

AWAY_SECONDS = 600.0
"""How long a key stays known while the store is away: then nothing can be decided, but metrics can be read."""

KEPT = 10_000


@dataclass(slots=True)
class _CachedKey:
    key: KeyStep | None
    asked: float
    told: float


@dataclass(frozen=True, slots=True)
class KeyCache:
    """Finds the caller behind a secret. Safe for many threads; one per process."""

    store: AccessStore
    clock: Clock
    monotonic: Seconds
    _known: OrderedDict[str, _CachedKey] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def principal(self, secret: str) -> Principal | None:
        """The caller, None when the key is unknown, expired or revoked. Raises `StoreUnavailableError`."""
        sha256 = digest(secret)
        key = self._key(sha256)
        if key is None or not _opens(key, sha256, timestamp(self.clock())):
            return None
        return Principal(key.key_id, roles_of(key), regions_of(key))

    def _key(self, sha256: str) -> KeyStep | None:
        now = self.monotonic()
        with self._lock:
            known = self._known.get(sha256)
            if known is not None and now - known.asked < SECONDS:
                self._known.move_to_end(sha256)
                return known.key
        try:
            key = self.store.key_with_secret(sha256)
        except StoreUnavailableError:
            if known is None or now - known.told > AWAY_SECONDS:
                raise
            known.asked = now
            return known.key
        with self._lock:
            self._known[sha256] = _CachedKey(key, now, now)
            self._known.move_to_end(sha256)
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        return key


def _opens(key: KeyStep, sha256: str, now: str) -> bool:
    """Whether a secret is one that the key has now. Digests are compared in constant time."""
    if not is_valid(key, now):
        return False
    if hmac.compare_digest(key.secret_sha256, sha256):
        return True
    before, until = key.previous_sha256 or "", key.previous_until or ""
    return hmac.compare_digest(before, sha256) and now < until
