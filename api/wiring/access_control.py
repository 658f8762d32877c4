"""Who may call: the gate with its real parts, and the keys for commands. Opens the ledger for commands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from greenlane.api.access.denials import Denials
from greenlane.api.access.gate import Gate
from greenlane.api.access.jwks import TokenKeys, read_jwks
from greenlane.api.access.key_cache import KeyCache
from greenlane.api.access.keys import KeyService
from greenlane.api.access.rate_limits import Buckets
from greenlane.api.access.statements import AccessStore
from greenlane.api.access.tokens import Tokens
from greenlane.api.config import Settings
from greenlane.api.days import Clock, now
from greenlane.api.ledger.configured import open_ledger


def open_gate(settings: Settings, store: AccessStore, clock: Clock, limits: Path | None) -> Gate:
    """The gate of the settings. `limits` is the file in which processes share what callers have used of theirs."""
    return Gate(
        keys=KeyService(store, clock),
        known=KeyCache(store, clock, monotonic),
        tokens=_tokens(settings, clock),
        buckets=Buckets(limits, monotonic),
        per_minute=settings.rate_limit,
        denials=Denials(store, clock, monotonic),
        local=settings.local,
    )


@contextmanager
def key_service(settings: Settings, clock: Clock = now) -> Iterator[KeyService]:
    """The keys in the database of `settings`, for commands. Raises `DatabaseUrlError`, `EncryptionKeyError`."""
    ledger = open_ledger(settings)
    try:
        yield KeyService(AccessStore(ledger), clock)
    finally:
        ledger.close()


def _tokens(settings: Settings, clock: Clock) -> Tokens | None:
    issuer, audience, jwks = settings.oidc_issuer, settings.oidc_audience, settings.oidc_jwks
    if not (issuer and audience and jwks):
        return None
    return Tokens(
        TokenKeys(jwks, read_jwks, monotonic), clock, issuer, audience, settings.oidc_roles, settings.oidc_regions or ""
    )
