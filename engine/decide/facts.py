"""From an application to its facts, by their flat names. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from greenlane.engine.feel.values import CONTEXT
from greenlane.engine.rules.vocabulary import FactType, Scalar, Vocabulary


def facts_of(application: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, Scalar]:
    """Every fact of the vocabulary, read at its path. What is missing or null has the value that policy gives to its
    absence, otherwise null. Numbers are rounded to the digits of FEEL; a date may be an ISO text.

    The application is taken to be valid: a value of a wrong type is passed on, and undetermined where it is used.
    """
    facts: dict[str, Scalar] = {}
    for name, fact in vocabulary.facts.items():
        value = _at(application, fact.path)
        facts[name] = fact.absent if value is None else _scalar(value, fact.kind.type)
    return facts


def _at(application: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = application
    for part in path:
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _scalar(value: Any, wanted: FactType) -> Any:
    if wanted is FactType.DATE and isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return CONTEXT.create_decimal(value)
    return value
