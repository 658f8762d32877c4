"""Callers of the API with the roles that a test gives them."""

from __future__ import annotations

from typing import Any

from flask import Flask, g, request
from flask.testing import FlaskClient

from api.principals import Principal, Role
from api.resources.context import Services

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
        return self._client.get(path, headers={"Test-Caller": self._name})

    def post(self, path: str, body: Any = None) -> Any:
        """The response to a POST of JSON."""
        return self._client.post(path, json={} if body is None else body, headers={"Test-Caller": self._name})


def identify_callers(app: Flask) -> None:
    """Makes the application take who a request says it is from, by name or by a key that is the name."""
    if not app.extensions.setdefault("callers", False):
        app.extensions["callers"] = True
        app.before_request(_identify)


def _identify() -> None:
    key = request.headers.get("Authorization", "").removeprefix("Bearer ")
    name = request.headers.get("Test-Caller", key)
    if name:
        g.principal = PEOPLE[name]


def services_of(app: Flask) -> Services:
    """The services of an application."""
    found: Services = app.extensions["greenlane"]
    return found
