"""Who calls, by a key, a token of the identity provider, or from this machine, and how often. No web framework here."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from greenlane.api.access.denials import Denials
from greenlane.api.access.key_cache import KeyCache
from greenlane.api.access.keys import KeyService, is_key
from greenlane.api.access.rate_limits import Buckets, Quota
from greenlane.api.access.tokens import Tokens
from greenlane.api.principals import LOCAL, Principal
from greenlane.api.problems import ProblemError

SCHEME = "bearer"
FAILURES = 60
"""Refused credentials of one address in a minute that are answered as such."""

FORWARDING = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via")
"""Headers that say that the request is somebody else's, passed on by a proxy on this machine."""


@dataclass(frozen=True, slots=True)
class Sender:
    """What a request says of who sent it.

    `peer` is the address it came from, `host` what its Host header says, `forwarded` whether it has a header of
    `FORWARDING`; `authorization` and `origin` are the headers of these names.
    """

    peer: str | None
    host: str
    authorization: str | None = None
    origin: str | None = None
    forwarded: bool = False


@dataclass(frozen=True, slots=True)
class Gate:
    """Establishes who calls, and how often it may. Safe for many threads.

    `tokens` is None unless an identity provider is set; `local` lets callers on this machine in without a key.
    `per_minute` is how many requests each caller has; 0 turns all limits off.
    """

    keys: KeyService
    known: KeyCache
    tokens: Tokens | None
    buckets: Buckets
    per_minute: int
    denials: Denials
    local: bool

    def principal(self, sender: Sender) -> Principal:
        """Who calls. Raises `ProblemError` unauthenticated, credential_refused; `StoreUnavailableError`.

        A wrong credential is refused even where none is needed.
        """
        if sender.authorization is None:
            if self.local and is_here(sender):
                return LOCAL
            raise ProblemError("unauthenticated")
        scheme, _, credential = sender.authorization.partition(" ")
        found = self._bearer(credential.strip()) if scheme.lower() == SCHEME else None
        if found is None:
            raise ProblemError("credential_refused")
        return found

    def take(self, caller: Principal) -> Quota | None:
        """What is left to the caller after this request; None when it has no limit, as who needs no key has none."""
        if not self.per_minute or caller == LOCAL:
            return None
        return self.buckets.take(f"caller {caller.id}", self.per_minute)

    def failed(self, source: str) -> None:
        """Notes that a credential from `source` was refused. Raises `ProblemError` too_many_requests.

        Valid credentials are never refused for it: many callers may share an address.
        """
        if not self.per_minute:
            return
        quota = self.buckets.take(f"failures {source}", FAILURES)
        if not quota.allowed:
            raise ProblemError("too_many_requests", retry_after=quota.retry_after)

    def close(self) -> None:
        """Writes what is known of refused calls; before the store is closed."""
        self.denials.close()

    def _bearer(self, credential: str) -> Principal | None:
        if is_key(credential):
            return self.known.principal(credential)
        return self.tokens.principal(credential) if self.tokens is not None else None


def is_here(sender: Sender) -> bool:
    """Whether a request comes from a program on this machine, for itself.

    Another name as the host is that of a web page that made its name point here; an `Origin` elsewhere is that of a web
    page of somebody else.
    """
    if sender.peer is None or not is_loopback(sender.peer) or sender.forwarded:
        return False
    return _is_here(f"//{sender.host}") and (sender.origin is None or _is_here(sender.origin))


def _is_here(address: str) -> bool:
    try:
        return is_loopback(urlsplit(address).hostname or "")
    except ValueError:
        return False


def is_loopback(host: str) -> bool:
    """Whether a host name or address (without a port) is this machine and no other."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    # What a socket for both versions of IP says of an IPv4 address.
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback
