"""Callers who may see personal data and callers who may not, without going through keys."""

from __future__ import annotations

from dataclasses import fields, replace

from flask import Flask, g
from flask.testing import FlaskClient

from greenlane.api.access.gate import Gate
from greenlane.api.access.local import Call
from greenlane.api.http.context import attach
from greenlane.api.principals import Principal, Role
from tests.api.callers import services_of

READER = Principal("reader", frozenset((Role.DECIDE, Role.READ, Role.AUDIT)))
"""May read everything but personal data."""

OFFICER = Principal("officer", READER.roles | {Role.PERSONAL})
ADMIN = Principal("admin", frozenset((Role.ADMIN,)))


class Chosen(Gate):
    """A gate that lets in whom a test has chosen."""

    def principal(self, call: Call) -> Principal:
        """The chosen one; else whoever calls."""
        chosen: Principal | None = g.get("chosen")
        return chosen or Gate.principal(self, call)


class As:
    """Clients of an application by whom they call as."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._caller: Principal | None = None
        services = services_of(app)
        parts = {field.name: getattr(services.gate, field.name) for field in fields(Gate)}
        attach(app, replace(services, gate=Chosen(**parts)))
        app.before_request(self._begin)

    def __call__(self, caller: Principal | None) -> FlaskClient:
        """A client; None calls as the service takes callers without a key. Valid until the next one is asked for."""
        self._caller = caller
        return self._app.test_client()

    def _begin(self) -> None:
        g.chosen = self._caller
