"""What a view finds around it: the services of its application by their type, the request's language and trace id."""

from __future__ import annotations

from typing import Any, TypeVar, cast

from flask import Flask, current_app, g, request

from greenlane.api.problems import Language

EXTENSION = "greenlane"
T = TypeVar("T")


def register(app: Flask, *services: object) -> None:
    """Gives services to an application, to be found by their class or any class above it; the later one is found."""
    known: dict[type, Any] = app.extensions.setdefault(EXTENSION, {})
    known.update({kind: found for found in services for kind in type(found).__mro__[:-1]})


def service(kind: type[T]) -> T:
    """The service of a class that the application which answers now was given. Raises `KeyError` without one."""
    return cast(T, current_app.extensions[EXTENSION][kind])


def language() -> Language:
    """The language the client prefers of Chinese and English; English when it does not say."""
    best = request.accept_languages.best_match(["en", "zh"], default="en")
    return "zh" if best == "zh" else "en"


def trace_id() -> str:
    """The id of this request in logs, problems and the `Trace-Id` header."""
    return cast(str, g.get("trace_id", ""))
