"""Sealing single values: AES-256-GCM, bound to the row and the column they belong to. Pure but for randomness.

A sealed value is one byte of version, 12 of nonce, then the ciphertext with its tag. What is encrypted is a salt of 32
bytes and the value, for a commitment to both (`proof.leaf.commitment`) that stands in the clear: with the salt inside,
nothing can be confirmed by guessing once the key is destroyed.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from greenlane.api.ledger.proof.leaf import SALT_BYTES, commitment

VERSION = b"\x01"
KEY_BYTES = 32
NONCE_BYTES = 12


class UnsealError(Exception):
    """A sealed value was not made with this key for this place, or has been altered."""


@dataclass(frozen=True)
class DataKey:
    """The key of one customer's decisions."""

    id: str
    secret: bytes = field(repr=False)

    @cached_property
    def cipher(self) -> AESGCM:
        """The cipher under this key."""
        return AESGCM(self.secret)

    @cached_property
    def _of_requests(self) -> bytes:
        return derived(self.secret, "request")

    def request_mac(self, sha256: str) -> str:
        """What stands in the clear for the hash of a request: nobody without the key can confirm a guess with it."""
        return hmac.new(self._of_requests, sha256.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Sealed:
    """A value at rest, and the salt that is sealed with it."""

    blob: bytes
    salt: bytes = field(repr=False)


def new_secret() -> bytes:
    """A key of 256 random bits."""
    return os.urandom(KEY_BYTES)


def derived(secret: bytes, purpose: str) -> bytes:
    """A key for one purpose, from which `secret` cannot be found."""
    return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=f"greenlane/{purpose}".encode()).derive(secret)


def seal(key: DataKey, row: str, column: str, value: bytes) -> Sealed:
    """`value` sealed for one column of one row."""
    random = os.urandom(NONCE_BYTES + SALT_BYTES)
    nonce, salt = random[:NONCE_BYTES], random[NONCE_BYTES:]
    encrypted = key.cipher.encrypt(nonce, salt + value, _place(row, column))
    return Sealed(VERSION + nonce + encrypted, salt)


def seal_committed(key: DataKey, row: str, column: str, value: bytes) -> tuple[bytes, str]:
    """`value` sealed for one column of one row, and the commitment to it that stands beside it."""
    sealed = seal(key, row, column, value)
    return sealed.blob, commitment(column, sealed.salt, value)


def open_committed(key: DataKey, row: str, column: str, blob: bytes, committed: str | None) -> bytes:
    """The value sealed for this place. Raises `UnsealError`, also when it is not what the commitment was made of."""
    salt, value = opened(key, row, column, blob)
    if commitment(column, salt, value) != committed:
        raise UnsealError(f"`{column}` is not what its commitment was made of")
    return value


def opened(key: DataKey, row: str, column: str, blob: bytes) -> tuple[bytes, bytes]:
    """The salt and the value: what an auditor needs to compute the commitment again. Raises `UnsealError`."""
    if blob[:1] != VERSION:
        raise UnsealError(f"`{column}` is sealed in a way that this version does not know")
    try:
        plain = key.cipher.decrypt(blob[1 : 1 + NONCE_BYTES], blob[1 + NONCE_BYTES :], _place(row, column))
    except (InvalidTag, ValueError):
        raise UnsealError(f"`{column}` cannot be unsealed with its key") from None
    if len(plain) < SALT_BYTES:
        raise UnsealError(f"`{column}` was sealed without a salt")
    return plain[:SALT_BYTES], plain[SALT_BYTES:]


def _place(row: str, column: str) -> bytes:
    return f"greenlane/1/{row}/{column}".encode()
