"""Callers for tests, without going through keys."""

from __future__ import annotations

from flask import Flask, g
from flask.testing import FlaskClient

from api.principals import Principal, Role

READER = Principal("reader", frozenset((Role.DECIDE, Role.READ, Role.AUDIT)))
"""May read everything but personal data."""

OFFICER = Principal("officer", READER.roles | {Role.PERSONAL})
ADMIN = Principal("admin", frozenset((Role.ADMIN,)))


class As:
    """Clients of an application by whom they call as."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._caller: Principal | None = None
        app.before_request(self._begin)

    def __call__(self, caller: Principal | None) -> FlaskClient:
        """A client; None calls as the service takes callers without a key. Valid until the next one is asked for."""
        self._caller = caller
        return self._app.test_client()

    def _begin(self) -> None:
        if self._caller is not None:
            g.principal = self._caller
