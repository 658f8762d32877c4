"""Numbers from outside: none becomes an `int` before its size is known, and none is more than a 4xx."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from greenlane.api.whole_numbers import LARGEST, whole

LARGE = "1e700000"
NUMBERS = (
    *("-1", "1e19", LARGE, f"-{LARGE}", "1e-700000", "9" * 19, "9" * 5000, "-" + "9" * 5000, "0" * 5000, "0x10"),
    *("1_000", "+1", " 1", "1.0", "1.5", "٣", "１", "²", "NaN", "sNaN", "Infinity", "-0", "", "null"),
)
"""What is a number to one reader or another."""


@pytest.mark.parametrize(
    ("found", "number"),
    [
        *(("0", 0), ("7", 7), ("007", 7), ("-7", -7), ("9" * 18, 10**18 - 1)),
        *((Decimal("7"), 7), (Decimal("7E2"), 700), (Decimal("7.0"), 7), (Decimal("-0"), 0)),
        (Decimal(LARGEST), LARGEST),
    ],
)
def test_what_is_one(found: str | Decimal, number: int) -> None:
    """Digits, or a decimal that is whole."""
    assert whole(found, -LARGEST, LARGEST) == number


@pytest.mark.parametrize("text", [n for n in NUMBERS if n not in ("-1", "1.0")] + ["-007"])
def test_texts_that_are_none(text: str) -> None:
    """Too long, or not digits."""
    assert whole(text, -LARGEST, LARGEST) is None


@pytest.mark.parametrize("text", [LARGE, f"-{LARGE}", "1e-700000", "1.5", "NaN", "sNaN", "Infinity", "1e19"])
def test_decimals_that_are_none(text: str) -> None:
    """Too large, not whole, not finite."""
    assert whole(Decimal(text), -LARGEST, LARGEST) is None


@pytest.mark.parametrize("found", [None, True, 5, 5.0, b"5", ["5"]])
def test_other_values(found: object) -> None:
    """What JSON readers do not make of a number is none."""
    assert whole(found, 0, 9) is None


@pytest.mark.parametrize("found", ["10", "-1", Decimal(10), Decimal(-1)])
def test_bounds(found: str | Decimal) -> None:
    """Both are included, and nothing beyond."""
    assert whole(found, 0, 9) is None
    assert whole(found, -1, 10) is not None


def _operations(document: Any) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, told in document["paths"].items():
        shared = told.get("parameters", [])
        for method, operation in told.items():
            if method in ("get", "post", "put", "delete"):
                yield method, path, {**operation, "parameters": [*shared, *operation.get("parameters", [])]}


def _requests(document: Any) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each parameter of each operation, in the query, a header, the address or the body, with each of the numbers."""
    for method, path, operation in _operations(document):
        names = [one["name"] for one in operation["parameters"] if one["in"] == "path"]
        plain = path
        for name in names:
            plain = plain.replace("{" + name + "}", "x")
        for number in NUMBERS:
            for one in operation["parameters"]:
                if one["in"] == "query":
                    yield method, plain, {"query_string": {one["name"]: number}, "json": {}}
                elif one["in"] == "header":
                    yield method, plain, {"headers": {one["name"]: number.encode().decode("latin-1")}, "json": {}}
                elif number:
                    yield method, path.replace("{" + one["name"] + "}", number), {"json": {}}
            for body in _bodies(document, operation, number):
                yield method, plain, {"data": body.encode(), "content_type": "application/json"}


def _bodies(document: Any, operation: dict[str, Any], number: str) -> Iterator[str]:
    """The body with the number at each of its members, as a number and as a text."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return
    yield number
    schema = content["schema"]
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for name in schema.get("properties", {}):
        yield f"{{{json.dumps(name)}: {number}}}"
        yield f"{{{json.dumps(name)}: {json.dumps(number)}}}"


def test_every_parameter_of_every_operation(client: FlaskClient) -> None:
    """Whatever number stands where: an answer or a refusal, never that the service failed."""
    document = client.get("/openapi.json").get_json()
    seen: set[tuple[str, str]] = set()
    failed = []
    for method, path, sent in _requests(document):
        response = client.open(path, method=method.upper(), **sent)
        seen.add((method, path))
        if response.status_code >= 500:
            failed.append((method, path, str(sent)[:120], response.status_code))
    assert failed == []
    assert len(seen) > 30


@pytest.mark.parametrize("name", ["Content-Length", "Range", "If-Modified-Since", "Max-Forwards", "traceparent"])
def test_headers_that_libraries_read(client: FlaskClient, name: str) -> None:
    """The same of headers that no operation names."""
    for number in NUMBERS:
        value = number.encode().decode("latin-1")
        for path in ("/v1/decisions", "/docs/assets/swagger-ui.css"):
            response = client.get(path, headers={name: f"bytes={value}-" if name == "Range" else value})
            assert response.status_code < 500, (name, number, path)
            response.close()
