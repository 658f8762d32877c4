"""Where two JSON values differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from greenlane.engine.json_text import pointer

ABSENT = object()


def differences(stored: Any, replayed: Any, *at: str | int) -> Iterator[dict[str, Any]]:
    """Where two JSON values differ: the deepest places, with both values (one that is not there is left out)."""
    if isinstance(stored, Mapping) and isinstance(replayed, Mapping):
        for key in [*stored, *(k for k in replayed if k not in stored)]:
            yield from differences(stored.get(key, ABSENT), replayed.get(key, ABSENT), *at, key)
    elif isinstance(stored, list) and isinstance(replayed, list):
        for index in range(max(len(stored), len(replayed))):
            yield from differences(_item(stored, index), _item(replayed, index), *at, index)
    elif stored is ABSENT or replayed is ABSENT or type(stored) is not type(replayed) or stored != replayed:
        found = {"pointer": pointer(*at), "stored": stored, "replayed": replayed}
        yield {name: value for name, value in found.items() if value is not ABSENT}


def _item(items: list[Any], index: int) -> Any:
    return items[index] if index < len(items) else ABSENT
