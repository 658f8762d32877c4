"""Who calls: by a key, by a token of the identity provider, or as a program on this machine. No web framework here."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from greenlane.api.access.denials import Denials
from greenlane.api.access.key_cache import KeyCache
from greenlane.api.access.keys import KeyService, is_key
from greenlane.api.access.rate_limits import RateLimits
from greenlane.api.access.tokens import Tokens
from greenlane.api.principals import LOCAL, Principal
from greenlane.api.problems import Problem

SCHEME = "bearer"
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
    """Establishes who calls. Safe for many threads.

    `tokens` is None unless an identity provider is set; `local` lets callers on this machine in without a key.
    """

    keys: KeyService
    known: KeyCache
    tokens: Tokens | None
    limits: RateLimits
    denials: Denials
    local: bool

    def principal(self, sender: Sender) -> Principal:
        """Who calls. Raises `Problem` unauthenticated, credential_refused; `StoreUnavailableError`.

        A wrong credential is refused even where none is needed.
        """
        if sender.authorization is None:
            if self.local and is_here(sender):
                return LOCAL
            raise Problem("unauthenticated")
        scheme, _, credential = sender.authorization.partition(" ")
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
