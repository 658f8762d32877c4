"""Bearer tokens of an identity provider (OpenID Connect), verified; alone knows JSON Web Tokens. Asks for its keys."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError, UnsupportedAlgorithmError
from joserfc.jwk import GuestProtocol, Key
from joserfc.jws import JWSRegistry

from greenlane.api.access.jwks import KINDS, TokenKeys
from greenlane.api.days import Clock
from greenlane.api.principals import Principal, Role

LEEWAY = 30
"""Seconds by which clocks may differ."""

HEADER_LIMIT = 2048
EVERY_REGION = "*"
TYPES = re.compile(r"(application/)?(jwt|at\+jwt)", re.IGNORECASE)
"""What a token may say that it is (`typ`); one that does not say is taken too (RFC 7519, RFC 9068)."""

EVENTS = "events"
"""The claim of a security event (RFC 8417), which a notice of a logout is: it says what happened, and opens nothing."""

SUBJECT = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff]{1,255}")
UNUSABLE = (JoseError, ValueError, TypeError, ArithmeticError, RecursionError)
"""What reading a text that is no token of ours ends with."""


class _Registry(JWSRegistry):
    """Takes our algorithms only, and passes over header members that it does not know unless they are critical."""

    max_header_length = HEADER_LIMIT

    def __init__(self) -> None:
        super().__init__(strict_check_header=False)

    def get_alg(self, name: str) -> Any:
        """The algorithm. Raises `UnsupportedAlgorithmError` for any that is not ours."""
        if name not in KINDS:
            raise UnsupportedAlgorithmError
        return self.algorithms[name]


@dataclass(frozen=True, slots=True)
class Tokens:
    """Knows the tokens that `issuer` makes for `audience`. Safe for many threads.

    `roles` names the claim that holds the caller's roles, `regions` the one that holds the regions it is limited to; ""
    limits nobody. A name may lead into objects, as `realm_access.roles` does.
    """

    keys: TokenKeys
    clock: Clock
    issuer: str
    audience: str
    roles: str
    regions: str

    def principal(self, token: str) -> Principal | None:
        """The caller, None unless the token is whole, of our issuer, for us, in its time, and says who calls."""
        try:
            claims = self._claims(token)
        except UNUSABLE:
            return None
        subject = claims["sub"]
        if not SUBJECT.fullmatch(subject):
            return None
        return Principal(f"oidc:{subject}", _roles(_claim(claims, self.roles)), self._regions(claims))

    def _claims(self, token: str) -> dict[str, Any]:
        claims = jwt.decode(token, self._key, registry=_Registry()).claims
        if EVENTS in claims:
            raise ValueError("a security event")
        jwt.JWTClaimsRegistry(
            now=int(self.clock().timestamp()),
            leeway=LEEWAY,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.audience},
            exp={"essential": True},
            sub={"essential": True},
        ).validate(claims)
        return claims

    def _key(self, token: GuestProtocol) -> Key:
        header = token.headers()
        if "typ" in header and not TYPES.fullmatch(header["typ"]):
            raise ValueError("a token for something else")
        key = self.keys.key(header.get("kid"), header["alg"])
        if key is None:
            raise InvalidKeyIdError
        return key

    def _regions(self, claims: Mapping[str, Any]) -> frozenset[str] | None:
        """Without the claim that should name them a caller has no region at all."""
        if not self.regions:
            return None
        found = _words(_claim(claims, self.regions))
        return None if EVERY_REGION in found else frozenset(found)


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by its name, else by the path that the name is. (Names of claims may be addresses, with points.)"""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _words(value: Any) -> list[str]:
    """The words of a claim: a list of texts, or one text with spaces between."""
    words = value.split() if isinstance(value, str) else value
    return [word for word in words if isinstance(word, str)] if isinstance(words, list) else []


def _roles(value: Any) -> frozenset[Role]:
    words = _words(value)
    return frozenset(role for role in Role if role.value in words)
