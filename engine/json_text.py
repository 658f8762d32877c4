"""JSON texts to values and back, never through a binary float. Pure; the standard library only."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any

DEPTH_LIMIT = 16
DIGITS_LIMIT = 10_000
_ABSENT = object()


class JsonError(Exception):
    """The text is not JSON that is taken: `code` is `not_json`, `duplicate_key` or `too_deep`; `subject` is the key."""

    def __init__(self, code: str, subject: str = "") -> None:
        self.code = code
        self.subject = subject
        super().__init__(code)


def decode(body: bytes) -> Any:
    """The value of a JSON text; every number a `Decimal`.

    Raises `JsonError`: `not_json` (also NaN, Infinity, bytes that are not UTF-8, half a surrogate pair, a number too
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
        _check(value, DEPTH_LIMIT, check_text=b"\\u" in body)
    except RecursionError:
        raise JsonError("too_deep") from None
    except (ValueError, ArithmeticError):
        raise JsonError("not_json") from None
    return value


def encode(value: object) -> bytes:
    """UTF-8 JSON of `value`: `Decimal` as a number with its own digits, keys in the order given, no `\\u` escapes.

    Raises `TypeError` for what JSON has no form for (binary floats too), `ValueError` for half a surrogate pair.
    """
    return "".join(_pieces(value, lambda items: items)).encode("utf-8")


def canonical(value: object) -> bytes:
    """UTF-8 JSON of `value` with keys sorted by code point: equal content gives equal bytes."""
    return "".join(_pieces(value, sorted)).encode("utf-8")


def layout(value: object) -> bytes:
    """UTF-8 JSON of `value` as people read it: two spaces for each level, a line for each member and item."""
    return ("".join(_laid_out(value, "\n")) + "\n").encode("utf-8")


def from_python(value: Any) -> Any:
    """A value of Python as `decode` would give it: every number a `Decimal`, a binary float by its shortest text.

    Other values are passed on. Raises `ValueError` for a number that is not finite.
    """
    if isinstance(value, Mapping):
        return {key: from_python(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [from_python(item) for item in value]
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return value
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        raise ValueError(f"{value} is not a finite number")
    return number


def pointer(*parts: str | int) -> str:
    """The JSON pointer (RFC 6901) of a place."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


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


def _number(text: str) -> Decimal:
    if len(text) > DIGITS_LIMIT:
        raise JsonError("not_json")
    return Decimal(text)


def _constant(text: str) -> None:
    raise JsonError("not_json", text)


def _object(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise JsonError("duplicate_key", key)
            seen.add(key)
    return found


def _check(value: Any, left: int, check_text: bool) -> None:
    """No nesting deeper than `left`; no half surrogate pair, which only an escape can have brought in."""
    if isinstance(value, dict):
        inner: Any = value.values()
        if check_text:
            "".join(value).encode("utf-8")
    elif isinstance(value, list):
        inner = value
    else:
        if check_text and isinstance(value, str):
            value.encode("utf-8")
        return
    if left == 0:
        raise JsonError("too_deep")
    for item in inner:
        if check_text or isinstance(item, dict | list):
            _check(item, left - 1, check_text)


Order = Callable[[Any], Any]


def _pieces(value: object, order: Order) -> Iterator[str]:
    if isinstance(value, str):
        yield encode_basestring(value)
    elif value is None or value is True or value is False:
        yield {None: "null", True: "true", False: "false"}[value]
    elif isinstance(value, int | Decimal):
        yield str(value)
    elif isinstance(value, Mapping):
        yield "{"
        for index, key in enumerate(order(value)):
            yield f"{',' if index else ''}{encode_basestring(key)}:"
            yield from _pieces(value[key], order)
        yield "}"
    elif isinstance(value, list | tuple):
        yield "["
        for index, item in enumerate(value):
            if index:
                yield ","
            yield from _pieces(item, order)
        yield "]"
    else:
        raise TypeError(f"{type(value).__name__} has no form in JSON")


def _laid_out(value: object, line: str) -> Iterator[str]:
    inner = f"{line}  "
    if isinstance(value, Mapping) and value:
        for index, (key, item) in enumerate(value.items()):
            yield f"{',' if index else '{'}{inner}{encode_basestring(key)}: "
            yield from _laid_out(item, inner)
        yield f"{line}}}"
    elif isinstance(value, list | tuple) and value:
        for index, item in enumerate(value):
            yield f"{',' if index else '['}{inner}"
            yield from _laid_out(item, inner)
        yield f"{line}]"
    else:
        yield from _pieces(value, lambda items: items)
