"""API keys as text: what a caller holds, and what is kept of it."""

from __future__ import annotations

import hashlib
import re
import secrets

PREFIX = "gl_"
"""What keys start with, so that people and scanners of leaked secrets know them."""

SECRET_BYTES = 32

_key = re.compile(r"gl_[A-Za-z0-9_-]{43}")


def new_secret() -> str:
    """A key that nobody can guess: `gl_` and 256 random bits in base64url."""
    return PREFIX + secrets.token_urlsafe(SECRET_BYTES)


def is_key(text: str) -> bool:
    """Whether a text has the form of a key."""
    return _key.fullmatch(text) is not None


def digest(secret: str) -> str:
    """What is stored of a key. One round of SHA-256 is enough: there are no 256 random bits to be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()
