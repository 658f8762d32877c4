"""JSON comes in and goes out with decimals as they were written."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.engine.json_text import JsonError, canonical, decode, encode, layout


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_json"),
        ("{", "not_json"),
        ("{'a': 1}", "not_json"),
        ("[1] 2", "not_json"),
        ("NaN", "not_json"),
        ('{"a": Infinity}', "not_json"),
        ('{"a": -Infinity}', "not_json"),
        ("1e99999999999999999999", "not_json"),
        ("1" * 10_001, "not_json"),
        ('"\\ud800"', "not_json"),
        ('"\n"', "not_json"),
        ("\ufeff{}", "not_json"),
        ('{"a": 1, "a": 1}', "duplicate_key"),
        ('[{"b": {"a": 1, "c": 2, "a": null}}]', "duplicate_key"),
        ("[" * 17 + "]" * 17, "too_deep"),
        ("[" * 500_000, "too_deep"),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, "too_deep"),
    ],
)
def test_what_is_refused(text: str, code: str) -> None:
    """Each with the code that its problem has."""
    with pytest.raises(JsonError) as refused:
        decode(text.encode("utf-8"))
    assert refused.value.code == code


def test_bytes_that_are_not_utf8_are_refused() -> None:
    """GBK is not taken for UTF-8."""
    with pytest.raises(JsonError):
        decode('{"name": "企业"}'.encode("gbk"))


def test_the_repeated_key_is_named() -> None:
    """The problem can say which key it was."""
    with pytest.raises(JsonError) as refused:
        decode(b'{"amount": 1, "amount": 2}')
    assert refused.value.subject == "amount"


def test_the_layout_for_people() -> None:
    """A line for each member and item, digits as they were written, Chinese as it is."""
    text = b'{\n  "a": [\n    1.50,\n    {}\n  ],\n  "\xe7\x94\xb2": {\n    "b": []\n  }\n}\n'
    assert layout(decode(b'{"a":[1.50,{}],"\xe7\x94\xb2":{"b":[]}}')) == text
    assert decode(text) == decode(layout(decode(text)))


def test_sixteen_levels_are_accepted() -> None:
    """The limit is where it is said to be."""
    assert decode(b"[" * 16 + b"]" * 16) is not None


@pytest.mark.parametrize("text", ["0", "-0", "1000.01", "2.50", "1E+3", "1E-7", "0.1", "12345678901234567890.1234"])
def test_numbers_keep_their_digits(text: str) -> None:
    """A number leaves with the digits it came with: it was never a float."""
    value = decode(text.encode())
    assert isinstance(value, Decimal)
    assert encode(value) == text.encode()


def test_text_leaves_unescaped() -> None:
    """Chinese leaves as Chinese."""
    assert encode({"zh": "公司授信"}) == '{"zh":"公司授信"}'.encode()


TREES = st.recursive(
    st.none() | st.booleans() | st.decimals(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(TREES)
def test_there_and_back(tree: Any) -> None:
    """What was encoded decodes to the same value."""
    assert decode(encode(tree)) == tree


@given(st.dictionaries(st.text(), st.integers().map(Decimal)))
def test_canonical_does_not_depend_on_order(content: dict[str, Decimal]) -> None:
    """Equal content gives equal bytes."""
    assert canonical(content) == canonical(dict(reversed(content.items())))


@pytest.mark.parametrize("value", [1.5, float("nan"), {1, 2}, object(), b"x", {"a": [0.1]}])
def test_what_has_no_form_is_refused(value: Any) -> None:
    """A binary float never leaves, wherever it hides."""
    with pytest.raises(TypeError):
        encode(value)
