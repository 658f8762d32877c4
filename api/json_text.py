"""JSON in and out without ever passing a number through a binary float."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

DEPTH_LIMIT = 16
DIGITS_LIMIT = 10_000

_encoder = msgspec.json.Encoder(decimal_format="number")
_canonical = msgspec.json.Encoder(decimal_format="number", order="sorted")
_charset = re.compile(r'charset="?([^";]+)"?', re.IGNORECASE)


class JsonRefused(Exception):
    """The text is not JSON that the service takes. `code` is the problem's; `subject` is the key it is about."""

    def __init__(self, code: str, subject: str = "") -> None:
        self.code = code
        self.subject = subject
        super().__init__(code)


def encode(value: object) -> bytes:
    """UTF-8 JSON of `value`: `Decimal` as a number with its own digits, keys in the order given, no `\\u` escapes."""
    return _encoder.encode(value)


def canonical(value: object) -> bytes:
    """UTF-8 JSON of `value` with keys sorted: equal content gives equal bytes."""
    return _canonical.encode(value)


def decode(body: bytes) -> Any:
    """The value of a JSON text; every number a `Decimal`.

    Raises `JsonRefused`: `not_json` (also NaN, Infinity, bytes that are not UTF-8, half a surrogate pair, a number too
    long or too large), `duplicate_key`, `too_deep`.
    """
    try:
        value = json.loads(
            body.decode("utf-8"),
            parse_float=_number,
            parse_int=_number,
            parse_constant=_constant,
            object_pairs_hook=_object,
        )
        _limit_depth(value, DEPTH_LIMIT)
        encode(value)
    except RecursionError:
        raise JsonRefused("too_deep") from None
    except (ValueError, ArithmeticError):
        raise JsonRefused("not_json") from None
    return value


def is_json(content_type: str) -> bool:
    """Whether a Content-Type says UTF-8 JSON."""
    media, _, parameters = content_type.partition(";")
    charset = _charset.search(parameters)
    return media.strip().lower() == "application/json" and (charset is None or charset[1].lower() in {"utf-8", "utf8"})


def _number(text: str) -> Decimal:
    if len(text) > DIGITS_LIMIT:
        raise JsonRefused("not_json")
    return Decimal(text)


def _constant(text: str) -> None:
    raise JsonRefused("not_json", text)


def _object(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise JsonRefused("duplicate_key", key)
            seen.add(key)
    return found


def _limit_depth(value: Any, left: int) -> None:
    if isinstance(value, dict):
        inner: Any = value.values()
    elif isinstance(value, list):
        inner = value
    else:
        return
    if left == 0:
        raise JsonRefused("too_deep")
    for item in inner:
        if isinstance(item, dict | list):
            _limit_depth(item, left - 1)
