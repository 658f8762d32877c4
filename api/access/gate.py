"""The way in: who a request is from, and whether it may pass."""

from __future__ import annotations

from dataclasses import dataclass

from greenlane.api.access.denials import Denials
from greenlane.api.access.key_cache import KeyCache
from greenlane.api.access.key_text import is_key
from greenlane.api.access.keys import KeyService
from greenlane.api.access.local import Call, calls_from_here
from greenlane.api.access.rate_limits import RateLimits
from greenlane.api.access.tokens import Tokens
from greenlane.api.principals import LOCAL, Principal
from greenlane.api.problems import Problem

SCHEME = "bearer"


@dataclass(frozen=True, slots=True)
class Gate:
    """Establishes who calls. Safe for many threads.

    `tokens` is None unless an identity provider is set; `local` lets callers on this machine in without a key.
    """

    keys: KeyService
    known: KeyCache
    tokens: Tokens | None
    limits: RateLimits
    denials: Denials
    local: bool

    def principal(self, call: Call) -> Principal:
        """Who calls. Raises `Problem` unauthenticated, credential_refused; `StoreUnavailableError`.

        A wrong credential is refused even where none is needed.
        """
        if call.authorization is None:
            if self.local and calls_from_here(call):
                return LOCAL
            raise Problem("unauthenticated")
        scheme, _, credential = call.authorization.partition(" ")
        found = self._bearer(credential.strip()) if scheme.lower() == SCHEME else None
        if found is None:
            raise Problem("credential_refused")
        return found

    def _bearer(self, credential: str) -> Principal | None:
        if is_key(credential):
            return self.known.principal(credential)
        return self.tokens.principal(credential) if self.tokens is not None else None

    def close(self) -> None:
        """Writes what is known of refused calls; before the store is closed."""
        self.denials.close()
