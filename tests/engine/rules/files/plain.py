"""A ruleset without its places, to compare what two sets of files mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from greenlane.engine.diagnostics import Origin, Place


def without_places(value: Any) -> Any:
    """The same value as nested tuples and dicts, every place and stored text left out."""
    if isinstance(value, (Place, Origin)):
        return None
    if is_dataclass(value) and not isinstance(value, type):
        kept = [field.name for field in fields(value) if field.name != "files"]
        return (type(value).__name__, *((name, without_places(getattr(value, name))) for name in kept))
    if isinstance(value, Mapping):
        return {key: without_places(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return tuple(without_places(item) for item in value)
    return value
