"""Callers for tests of the API: keys as clients send them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from greenlane.api.principals import OPERATOR, Role
from greenlane.api.wiring.services import Services


def bearer(secret: str) -> dict[str, str]:
    """The header that carries a credential."""
    return {"Authorization": f"Bearer {secret}"}


def key_for(services: Services, *roles: Role, regions: Iterable[str] | None = None) -> dict[str, str]:
    """The header of a new key with these roles."""
    limits = None if regions is None else frozenset(regions)
    issued = services.gate.keys.create(OPERATOR, "test", frozenset(roles), limits, None)
    return bearer(issued.secret)


def key_id(services: Services, headers: Mapping[str, str]) -> str:
    """The id of the key in a header."""
    found = services.gate.known.principal(headers["Authorization"].removeprefix("Bearer "))
    assert found is not None
    return found.id
