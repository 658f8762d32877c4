"""Commitments bind a plain text to its row and tell nothing of it."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.api.ledger.proof.leaf import commitment, new_salt

SALT = bytes(range(32))


def test_as_specified() -> None:
    """As docs/audit.md says, so that it can be made with other programs."""
    wanted = hashlib.sha256(b"greenlane commitment v1\ninputs\n" + SALT + "企业".encode()).hexdigest()
    assert commitment("inputs", SALT, "企业".encode()) == wanted


@given(st.binary(), st.binary())
def test_one_content_each(first: bytes, second: bytes) -> None:
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
