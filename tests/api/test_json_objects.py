"""The service writes the same JSON as the engine, faster."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from greenlane.api.http.exchange import is_json
from greenlane.api.json_objects import canonical, encode
from greenlane.engine import json_text
from tests.engine.test_json_text import TREES


@given(TREES)
def test_the_bytes_of_the_engine(tree: Any) -> None:
    """Both encoders write one form, as given and with keys sorted."""
    assert encode(tree) == json_text.encode(tree)
    assert canonical(tree) == json_text.canonical(tree)


@pytest.mark.parametrize(
    "value", ['\x00\x1f\x7f\x80\u2028\\/"\b\f\n\r\t', 7, Decimal("1E+400"), (1, "a"), {"b": 1, "a": {}}]
)
def test_what_escapes_and_numbers_look_like(value: Any) -> None:
    """The rare characters, whole numbers of Python, tuples."""
    assert encode(value) == json_text.encode(value)


@pytest.mark.parametrize(
    ("content_type", "accepted"),
    [
        ("application/json", True),
        ("Application/JSON; charset=UTF-8", True),
        ('application/json; charset="utf-8"', True),
        ("application/json; charset=gbk", False),
        ("text/json", False),
        ("text/plain", False),
        ("application/x-www-form-urlencoded", False),
        ("", False),
    ],
)
def test_content_types(content_type: str, accepted: bool) -> None:
    """Only UTF-8 JSON."""
    assert is_json(content_type) is accepted
