"""Who calls, by a key, a token of the identity provider, or from this machine, and how often. No web framework here."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
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

FORWARDING = re.compile(
    r"(x-)?(forwarde[dr]|original|originating|real|client|true-client|remote|cluster|rewrite|proxy|proxied|proxyuser)(-.*)?"
    r"|x-(scheme|url-scheme|protocol|ssl|https|tls|host|http-host|server|port|via)(-.*)?|via|front-end-https|wl-proxy.*"
    r"|(x-)?(cf|cdn|cloudfront|fastly|fly|akamai|incap|sucuri|envoy|istio|arr|azure|appengine|appgw|amzn|amz-cf)(-.*)?"
    r"|x-(gateway|ingress|nginx|haproxy|traefik|kong|varnish|squid|vercel|nf|heroku|cloud-trace)(-.*)?",
    re.IGNORECASE,
)
"""Names of header fields that say that the request is somebody else's, passed on by a proxy on this machine."""

HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:[0-9]{1,5})?", re.IGNORECASE)
OWN_SITE = ("same-origin", "same-site", "none")
"""What browsers say in `Sec-Fetch-Site` of requests that no other site has them send."""


@dataclass(frozen=True, slots=True)
class Sender:
    """What a request says of who sent it.

    `peer` is the address it came from, `host` what its Host header says ("" without one), `forwarded` whether it has
    a field of `FORWARDING`; the others are the header fields of these names, `fetch_site` is `Sec-Fetch-Site`.
    """

    peer: str | None
    host: str
    authorization: str | None = None
    origin: str | None = None
    forwarded: bool = False
    fetch_site: str | None = None
    referer: str | None = None


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

    Another name as the host is that of a web page that made its name point here; an `Origin` or `Referer` elsewhere is
    that of a web page of somebody else, and so is a request that a browser says another site has it send: for an image
    it sends no `Origin`.
    """
    if sender.peer is None or not is_loopback(sender.peer) or sender.forwarded:
        return False
    host = HOST.fullmatch(sender.host)
    if host is None or not is_loopback(host[1].lower()):
        return False
    if sender.fetch_site is not None and sender.fetch_site not in OWN_SITE:
        return False
    return all(page is None or _is_here(page) for page in (sender.origin, sender.referer))


def is_forwarded(names: Iterable[str]) -> bool:
    """Whether the name of a header field is one of `FORWARDING`."""
    return any(_says_so(name) for name in names)


@lru_cache(maxsize=256)
def _says_so(name: str) -> bool:
    return FORWARDING.fullmatch(name) is not None


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
