"""The data of a leaf, and commitments beside it: the same for the same row, others for any other."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.api.ledger.proof.leaf import Leaf, commitment, decode_leaf, digest, encode_leaf, new_salt

AT = "2026-03-02T01:00:00.000000Z"
SALT = bytes(range(32))


def sha256(content: bytes) -> str:
    """In hex."""
    return hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("value", "content"),
    [
        ("战略", "战略".encode()),
        ("", b""),
        (b"\x00\xff", b"\x00\xff"),
        (0, b"0"),
        (-12, b"-12"),
        (True, b"true"),
        (False, b"false"),
        ("damaged \udcff", b"damaged \xff"),
    ],
)
def test_digests(value: Any, content: bytes) -> None:
    """A digest can be made again with any program that takes a SHA-256 of a file."""
    assert digest(value) == sha256(content)


def test_null_has_no_digest() -> None:
    """So that it is not the empty text."""
    assert digest(None) is None


@pytest.mark.parametrize("value", [1.5, [], {}, object()])
def test_values_without_agreed_bytes(value: Any) -> None:
    """Are a mistake of whoever appends them."""
    with pytest.raises(TypeError):
        digest(value)


def test_the_data_of_a_leaf() -> None:
    """As docs/audit.md specifies it, to the byte."""
    data = encode_leaf("decision", "d-1", AT, {"tier": "core", "answer": b"\x01", "product": None})
    answer = sha256(b"\x01")
    assert data.decode() == (
        '{"at":"2026-03-02T01:00:00.000000Z",'
        f'"columns":{{"answer":"{answer}","product":null,"tier":"{sha256(b"core")}"}},'
        '"kind":"decision","subject":"d-1","v":1}'
    )


@given(st.text(), st.text(), st.dictionaries(st.text(), st.text() | st.binary() | st.integers() | st.none()))
def test_what_is_encoded_is_decoded(kind: str, subject: str, content: dict[str, Any]) -> None:
    """Whatever the names and values."""
    columns = {name: digest(value) for name, value in content.items()}
    assert decode_leaf(encode_leaf(kind, subject, AT, content).decode()) == Leaf(kind, subject, AT, columns)


@pytest.mark.parametrize(
    "data",
    [
        "",
        "{}",
        "[]",
        "null",
        '{"at":1,"columns":{},"kind":"k","subject":"s","v":1}',
        '{"at":"t","columns":[],"kind":"k","subject":"s","v":1}',
        '{"at":"t","columns":{"a":1},"kind":"k","subject":"s","v":1}',
        '{"at":"t","columns":{},"kind":"k","subject":"s","v":2}',
        '{"at":"t","columns":{},"kind":"k","subject":"s"}',
        '{"at":"t","columns":{},"kind":"k","more":1,"subject":"s","v":1}',
        '{"at":"\udcff","columns":{},"kind":"k","subject":"s","v":1}',
    ],
)
def test_what_is_no_leaf(data: str) -> None:
    """Is refused, whatever it is."""
    with pytest.raises(ValueError):
        decode_leaf(data)


def test_a_commitment_as_specified() -> None:
    """As docs/audit.md says, so that it can be made with other programs."""
    wanted = hashlib.sha256(b"greenlane commitment v1\ninputs\n" + SALT + "企业".encode()).hexdigest()
    assert commitment("inputs", SALT, "企业".encode()) == wanted


@given(st.binary(), st.binary())
def test_one_content_for_each_commitment(first: bytes, second: bytes) -> None:
    """Another content has another commitment."""
    assert (commitment("inputs", SALT, first) == commitment("inputs", SALT, second)) == (first == second)


def test_another_name_or_salt_is_another_commitment() -> None:
    """An answer cannot stand for inputs, nor the commitment of one row for that of another."""
    assert len({commitment(name, salt, b"{}") for name in ("inputs", "answer") for salt in (SALT, new_salt())}) == 4


@pytest.mark.parametrize("salt", [b"", SALT[:-1], SALT + b"\0"])
def test_salts_are_whole(salt: bytes) -> None:
    """A shorter salt would let content flow into its place."""
    with pytest.raises(ValueError, match="32 bytes"):
        commitment("inputs", salt, b"")
