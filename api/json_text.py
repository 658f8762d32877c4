"""JSON of answers, written fast (by msgspec, the bytes of `engine.json_text`) and compared. No web framework here."""

from __future__ import annotations

import re

import msgspec

_encoder = msgspec.json.Encoder(decimal_format="number")
_canonical = msgspec.json.Encoder(decimal_format="number", order="sorted")
_charset = re.compile(r'charset="?([^";]+)"?', re.IGNORECASE)


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
