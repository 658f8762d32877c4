"""Requests made up from the service's own description: mostly nearly right, in their bytes as they are sent.

A request is its first line, its headers, an empty line and its body, as in HTTP/1.1 but with line feeds.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from random import Random
from typing import Any

from tests.fuzz.damage import NUMBERS, TEXTS, Damage
from tests.fuzz.seeds import ROOT

SELDOM = ("POST /v1/releases", "POST /v1/kill-switch")
"""What takes a process, or changes what all others are answered: one of so many of these is sent whole."""

WHOLE, LONGEST = 300, 20_000
HEADERS = (
    "Host", "Content-Type", "Content-Length", "Content-Encoding", "Transfer-Encoding", "Accept", "Accept-Language",
    "Range", "Accept-Encoding", "Authorization", "Cookie", "Origin", "Referer", "If-Match", "If-None-Match",
    "If-Modified-Since", "Idempotency-Key", "X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "X-Original-URL",
    "X-HTTP-Method-Override", "traceparent", "tracestate", "Expect", "TE", "Connection", "Upgrade", "Sec-Fetch-Site",
    "User-Agent", "Script-Name",
)  # fmt: skip
VALUES = (
    "localhost", "evil.example", "application/json", "text/plain", "application/json; charset=gbk", "gzip", "chunked",
    "*", "zh;q=0.9, en;q=x", "bytes=0-9999999999999999999", "Bearer x", "Basic eDp4",
    "00-" + "f" * 32 + "-" + "f" * 16 + "-01", "for=127.0.0.1;proto=https", "127.0.0.1", "https", "cross-site",
    "W/\"x\"", "Thu, 01 Jan 1970 00:00:00 GMT", "100-continue",
)  # fmt: skip
DAY, MOMENT = "2026-03-02", "2026-03-02T10:00:00+08:00"


class Number(str):
    """A number as it is written in JSON, be it one that no language could hold."""

    __slots__ = ()


def written(value: Any) -> str:
    """JSON of values of Python and `Number`."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{json.dumps(str(name))}:{written(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(written, value)) + "]"
    return json.dumps(value)


class Requests:
    """Makes requests to a service that describes itself like this (OpenAPI)."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._schemas = document["components"]["schemas"]
        self._operations = [
            (method.upper(), path, {**one, "parameters": [*told.get("parameters", []), *one.get("parameters", [])]})
            for path, told in document["paths"].items()
            for method, one in told.items()
            if method in ("get", "post")
        ]

    def one(self, chance: Random) -> bytes:
        """An operation, its parameters and its body nearly as they should be, sometimes damaged as a text."""
        method, path, operation = chance.choice(self._operations)
        seldom = f"{method} {path}" in SELDOM
        body = self._body(operation, chance)
        if seldom and chance.randrange(WHOLE):
            body = body[: chance.randint(0, max(0, len(body) - 1))]
        head = [f"{method} {_address(path, operation, chance)}", *_headers(operation, chance, sends=bool(body))]
        sent = "\n".join([*head, "", body]).encode("utf-8", "surrogatepass")
        return Damage(chance, [], [], LONGEST).of(sent) if not seldom and chance.random() < 0.2 else sent

    def _body(self, operation: Mapping[str, Any], chance: Random) -> str:
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            return _text(chance) if chance.random() < 0.02 else ""
        made = self._like(content["schema"], chance)
        return written(_changed(made, chance) if chance.random() < 0.8 else made)

    def _like(self, schema: Mapping[str, Any], chance: Random) -> Any:
        """A value that a schema describes, or nearly so."""
        named = schema.get("$ref", "").rpartition("/")[2]
        if named == "Application":
            return application(chance)
        schema = self._schemas.get(named, schema)
        if "enum" in schema:
            return chance.choice(schema["enum"])
        schema = next(iter(schema.get("anyOf", ())), schema)
        kind = schema.get("type", "object")
        match kind[0] if isinstance(kind, list) else kind:
            case "object":
                inner = schema.get("properties", {})
                found = {name: self._like(told, chance) for name, told in inner.items() if chance.random() < 0.9}
                return found or {"x.yaml": _text(chance)}
            case "array":
                items = schema.get("items", {})
                one = self._like(items, chance) if items.get("type") else application(chance)
                return [one] * chance.choice((0, 1, 1, 2, 5))
            case "boolean":
                return chance.random() < 0.5
            case "number" | "integer":
                return Number(chance.choice(("1", "5", "100", chance.choice(NUMBERS))))
        return {"date": DAY, "date-time": MOMENT}.get(schema.get("format", ""), chance.choice(("a", _text(chance))))


def application(chance: Random) -> Any:
    """One of the worked cases."""
    return json.loads(chance.choice(_examples()), parse_float=Number, parse_int=Number)


@cache
def _examples() -> tuple[str, ...]:
    folder = ROOT / "examples" / "applications"
    return tuple(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.json")))


def _address(path: str, operation: Mapping[str, Any], chance: Random) -> str:
    for one in operation["parameters"]:
        if one["in"] == "path":
            known = f"@{one['name'].removesuffix('_id')}"
            path = path.replace("{" + one["name"] + "}", known if chance.random() < 0.6 else _quoted(_text(chance)))
    asked = [one for one in operation["parameters"] if one["in"] == "query" and chance.random() < 0.4]
    given = [f"{one['name']}={_quoted(_parameter(one, chance))}" for one in asked]
    given += [f"{_quoted(_text(chance))}={_quoted(_text(chance))}"] * (chance.random() < 0.05)
    return path + ("?" + "&".join(given) if given else "")


def _parameter(told: Mapping[str, Any], chance: Random) -> str:
    if chance.random() < 0.3:
        return _text(chance)
    schema = told.get("schema", {})
    if "enum" in schema:
        return str(chance.choice(schema["enum"]))
    return {"date": DAY, "date-time": MOMENT}.get(schema.get("format", ""), chance.choice(NUMBERS))


def _headers(operation: Mapping[str, Any], chance: Random, *, sends: bool) -> Iterator[str]:
    if sends and chance.random() < 0.95:
        yield "Content-Type: application/json"
    for one in operation["parameters"]:
        if one["in"] == "header" and chance.random() < 0.3:
            yield f"{one['name']}: {chance.choice(('a', 'b', 'c', _line(chance)))}"
    while chance.random() < 0.15:
        yield f"{chance.choice(HEADERS)}: {chance.choice((chance.choice(VALUES), _line(chance)))}"


def _changed(value: Any, chance: Random) -> Any:
    """The value with one of its members, however deep, changed, left out or put in."""
    if isinstance(value, dict) and value and chance.random() < 0.8:
        name = chance.choice(list(value))
        match chance.randrange(6):
            case 0:
                return {key: inner for key, inner in value.items() if key != name}
            case 1:
                return {**value, _text(chance): _anything(chance)}
            case 2:
                return {**value, **{f"{name}{number}": 1 for number in range(chance.choice((1, 3, 2000)))}}
        return {**value, name: _changed(value[name], chance)}
    if isinstance(value, list) and value and chance.random() < 0.8:
        at = chance.randrange(len(value))
        return [*value[:at], _changed(value[at], chance), *value[at:]]
    return _anything(chance)


def _anything(chance: Random, depth: int = 3) -> Any:
    kind = chance.randrange(7 if depth else 5)
    if kind < 2:
        return _text(chance)
    if kind < 4:
        return Number(chance.choice(NUMBERS))
    if kind == 4:
        return chance.choice((None, True, False, {}, []))
    inner = _anything(chance, depth - 1)
    return [inner] * chance.choice((1, 2, 1200)) if kind == 5 else {_text(chance): inner}


def _text(chance: Random) -> str:
    return chance.choice(TEXTS) if chance.random() < 0.7 else chance.choice(("APP-1", "INNOV", "core", "x", "\ud800"))


def _line(chance: Random) -> str:
    return _text(chance).replace("\n", " ").encode("utf-8", "replace").decode()


def _quoted(text: str) -> str:
    kept = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:+/")
    return "".join(chr(b) if chr(b) in kept else f"%{b:02X}" for b in text.encode("utf-8", "surrogatepass"))
