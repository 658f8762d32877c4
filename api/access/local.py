"""Callers on this machine, whom local mode lets in without a key."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

FORWARDING = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via")
"""Headers that say that the request is somebody else's, passed on by a proxy on this machine."""


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


@dataclass(frozen=True, slots=True)
class Call:
    """What a request says of its sender.

    `peer` is the address it came from, `host` what its Host header says, `forwarded` whether it has a header of
    `FORWARDING`; `authorization` and `origin` are the headers of these names.
    """

    peer: str | None
    host: str
    authorization: str | None = None
    origin: str | None = None
    forwarded: bool = False


def calls_from_here(call: Call) -> bool:
    """Whether a request comes from a program on this machine, for itself.

    Another name as the host is that of a web page that made its name point here; an `Origin` elsewhere is that of a web
    page of somebody else.
    """
    if call.peer is None or not is_loopback(call.peer) or call.forwarded:
        return False
    return _is_here(f"//{call.host}") and (call.origin is None or _is_here(call.origin))


def _is_here(address: str) -> bool:
    try:
        return is_loopback(urlsplit(address).hostname or "")
    except ValueError:
        return False
