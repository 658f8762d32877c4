"""Commitments: what an encrypted column holds in clear, bound to the row without being told by it."""

from __future__ import annotations

import hashlib
import secrets

SALT_BYTES = 32
TITLE = "greenlane commitment v1"


def new_salt() -> bytes:
    """32 random bytes. Kept with the plain text and destroyed with it: without them nothing can be guessed."""
    return secrets.token_bytes(SALT_BYTES)


def commitment(name: str, salt: bytes, content: bytes) -> str:
    """The SHA-256, in hex, of the title line, the line `name`, the salt and the content.

    `name` is the column that holds the content encrypted; the commitment stands in the column `{name}_commitment`.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes")
    return hashlib.sha256(f"{TITLE}\n{name}\n".encode() + salt + content).hexdigest()
