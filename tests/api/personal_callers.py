"""Callers who may see personal data and callers who may not, without going through keys."""

from __future__ import annotations

from dataclasses import fields

from flask import Flask, g
from flask.testing import FlaskClient

from greenlane.api.access.gate import Gate, Sender
from greenlane.api.http.exchange import register
from greenlane.api.principals import Principal, Role
from tests.api.callers import gate_of

READER = Principal("reader", frozenset((Role.DECIDE, Role.READ, Role.AUDIT)))
"""May read everything but personal data."""

OFFICER = Principal("officer", READER.roles | {Role.PERSONAL})
ADMIN = Principal("admin", frozenset((Role.ADMIN,)))


class Chosen(Gate):
    """A gate that lets in whom a test has chosen."""

    def principal(self, sender: Sender) -> Principal:
        """The chosen one; else whoever calls."""
        chosen: Principal | None = g.get("chosen")
        return chosen or Gate.principal(self, sender)


class As:
    """Clients of an application by whom they call as."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._caller: Principal | None = None
        gate = gate_of(app)
        register(app, Chosen(**{field.name: getattr(gate, field.name) for field in fields(Gate)}))
        # Chosen before anybody is admitted.
        app.before_request_funcs[None].insert(0, self._begin)

    def __call__(self, caller: Principal | None) -> FlaskClient:
        """A client; None calls as the service takes callers without a key. Valid until the next one is asked for."""
        self._caller = caller
        return self._app.test_client()

    def _begin(self) -> None:
        g.chosen = self._caller
