"""Heads: what is signed is what is shown, and nothing else verifies."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.api.ledger.proof.head import Head, decode_head, encode_head, sign
from greenlane.api.ledger.proof.signing_key import PublicKey, new_signing_key

SIGNER = new_signing_key()
HEAD = sign(SIGNER, 200, b"\xab" * 32, "2026-03-02T01:00:00.000000Z", 198)
TEXT = encode_head(HEAD)


def test_the_text_that_is_signed() -> None:
    """Six lines, as docs/audit.md specifies them."""
    assert HEAD.signed().decode() == (
        f"greenlane tree head v1\n200\n{'ab' * 32}\n2026-03-02T01:00:00.000000Z\n198\n{SIGNER.public.id}\n"
    )
    assert SIGNER.public.verifies(bytes.fromhex(HEAD.signature), HEAD.signed())


def test_a_head_is_verified_by_its_key_alone() -> None:
    """Another key does not, nor the same bytes under another id."""
    assert HEAD.verifies(SIGNER.public)
    assert not HEAD.verifies(new_signing_key().public)
    assert not HEAD.verifies(PublicKey(b"\0" * 32))
    assert not replace(HEAD, key="0" * 16).verifies(SIGNER.public)


@pytest.mark.parametrize(
    "changed",
    [{"size": 201}, {"root": "ac" * 32}, {"time": "2026-03-02T01:00:00.000001Z"}, {"previous": 197}],
)
def test_every_member_is_signed(changed: dict[str, Any]) -> None:
    """Change one and the signature is of another head."""
    assert not replace(HEAD, **changed).verifies(SIGNER.public)


def test_text_and_back() -> None:
    """A head read is the head written."""
    assert decode_head(TEXT) == HEAD


@given(st.integers(0, len(TEXT) - 1), st.characters())
def test_any_character_counts(at: int, other: str) -> None:
    """A text with one character different is no head, or a head that does not verify."""
    changed = TEXT[:at] + other + TEXT[at + 1 :]
    try:
        head = decode_head(changed)
    except ValueError:
        return
    assert changed == TEXT or not head.verifies(SIGNER.public)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("size", -1),
        ("size", True),
        ("size", "200"),
        ("size", 1 << 63),
        ("previous", 1.0),
        ("root", "AB" * 32),
        ("root", None),
        ("time", "2026-03-02"),
        ("key", ""),
        ("signature", HEAD.signature.upper()),
        ("signature", HEAD.signature + "\n"),
    ],
)
def test_forms(name: str, value: Any) -> None:
    """Each member has one form only."""
    text = json.dumps({**json.loads(TEXT), name: value}, sort_keys=True, separators=(",", ":"))
    with pytest.raises(ValueError, match="not a head"):
        decode_head(text)


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", "\udcff", TEXT + " ", TEXT.replace(",", ", ")])
def test_other_texts(text: str) -> None:
    """A head is written in one way only, so that every byte of it counts."""
    with pytest.raises(ValueError):
        decode_head(text)


def test_signing_twice_gives_the_same() -> None:
    """Ed25519 needs no chance: the same tree at the same moment has one head."""
    again = sign(SIGNER, 200, b"\xab" * 32, "2026-03-02T01:00:00.000000Z", 198)
    assert again == HEAD == Head(**json.loads(TEXT))
