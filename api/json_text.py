"""JSON of answers, written fast (by msgspec, the bytes of `engine.json_text`) and compared. No web framework here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from greenlane.engine.json_text import pointer

_encoder = msgspec.json.Encoder(decimal_format="number")
_canonical = msgspec.json.Encoder(decimal_format="number", order="sorted")
_charset = re.compile(r'charset="?([^";]+)"?', re.IGNORECASE)
_ABSENT = object()


def encode(value: object) -> bytes:
    """UTF-8 JSON of `value`: `Decimal` as a number with its own digits, keys in the order given, no `\\u` escapes."""
    return _encoder.encode(value)


def canonical(value: object) -> bytes:
    """UTF-8 JSON of `value` with keys sorted: equal content gives equal bytes."""
    return _canonical.encode(value)


def is_json(content_type: str) -> bool:
    """Whether a Content-Type says UTF-8 JSON."""
    media, _, parameters = content_type.partition(";")
    charset = _charset.search(parameters)
    return media.strip().lower() == "application/json" and (charset is None or charset[1].lower() in {"utf-8", "utf8"})


def differences(stored: Any, replayed: Any, *at: str | int) -> Iterator[dict[str, Any]]:
    """Where two JSON values differ: the deepest places, with both values (one that is not there is left out)."""
    if isinstance(stored, Mapping) and isinstance(replayed, Mapping):
        for key in [*stored, *(k for k in replayed if k not in stored)]:
            yield from differences(stored.get(key, _ABSENT), replayed.get(key, _ABSENT), *at, key)
    elif isinstance(stored, list) and isinstance(replayed, list):
        for index in range(max(len(stored), len(replayed))):
            yield from differences(_item(stored, index), _item(replayed, index), *at, index)
    elif stored is _ABSENT or replayed is _ABSENT or type(stored) is not type(replayed) or stored != replayed:
        found = {"pointer": pointer(*at), "stored": stored, "replayed": replayed}
        yield {name: value for name, value in found.items() if value is not _ABSENT}


def _item(items: list[Any], index: int) -> Any:
    return items[index] if index < len(items) else _ABSENT
