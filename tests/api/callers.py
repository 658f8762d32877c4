"""Callers of the API with the roles that a test gives them."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from greenlane.api.access.gate import Gate, Sender
from greenlane.api.http.exchange import register, service
from greenlane.api.principals import Principal, Role

AUTHOR = frozenset((Role.AUTHOR, Role.READ))
APPROVER = frozenset((Role.APPROVE, Role.READ))
EVERYTHING = frozenset(Role)

PEOPLE = {
    "ann": Principal("ann", AUTHOR),
    "dan": Principal("dan", AUTHOR),
    "bob": Principal("bob", APPROVER),
    "cat": Principal("cat", APPROVER),
    "eve": Principal("eve", EVERYTHING),
}


class Caller:
    """One person's way to call an application."""

    def __init__(self, app: Flask, name: str) -> None:
        self._client: FlaskClient = app.test_client()
        self._name = name
        identify_callers(app)

    def get(self, path: str) -> Any:
        """The response to a GET."""
        return self._client.get(path, headers={"Authorization": f"Bearer {self._name}"})

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """The response to a POST of JSON."""
        known = {"Authorization": f"Bearer {self._name}", **headers}
        return self._client.post(path, json={} if body is None else body, headers=known)


class Acquaintance(Gate):
    """A gate that knows people by name, besides those with keys."""

    def principal(self, sender: Sender) -> Principal:
        """Whose name the request carries in place of a key."""
        name = (sender.authorization or "").removeprefix("Bearer ")
        return PEOPLE[name] if name in PEOPLE else Gate.principal(self, sender)


def identify_callers(app: Flask) -> None:
    """Makes the application take who a request says it is from, by a key that is the name."""
    gate = gate_of(app)
    if not isinstance(gate, Acquaintance):
        register(app, Acquaintance(**{field.name: getattr(gate, field.name) for field in fields(Gate)}))


def gate_of(app: Flask) -> Gate:
    """The gate of an application."""
    with app.app_context():
        return service(Gate)
