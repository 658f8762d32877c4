"""What a leaf says: what happened to what and when, and the digest of every column of its row. Pure.

What is encrypted in a row is told by a commitment beside it, which only random bytes that go with its key open.

The data is UTF-8 JSON with sorted keys and nothing between tokens; numbers never occur but in `v`.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import msgspec

from greenlane.api.json_objects import canonical

VERSION = 1
SALT_BYTES = 32
COMMITMENT_TITLE = "greenlane commitment v1"

Value = str | bytes | int | None
"""A value of a column as databases give it back."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One entry of the log. `columns` maps each column to the digest of its value, None for null. `at` is UTC."""

    kind: str
    subject: str
    at: str
    columns: Mapping[str, str | None]


class _Form(msgspec.Struct, forbid_unknown_fields=True):
    at: str
    columns: dict[str, str | None]
    kind: str
    subject: str
    v: Literal[1]


_decoder = msgspec.json.Decoder(_Form)


def digest(value: Value) -> str | None:
    """The SHA-256, in hex, of a text's UTF-8, of bytes as they are, of a whole number's decimal digits, of `true` or
    `false`; None for null. Other values raise `TypeError`: a column of their kind has no agreed bytes.
    """
    if value is None:
        return None
    if isinstance(value, str):
        # A database file can be damaged to hold what is not UTF-8: that must give another digest, not an error.
        content = value.encode("utf-8", "surrogateescape")
    elif isinstance(value, bytes):
        content = value
    elif isinstance(value, bool):
        content = b"true" if value else b"false"
    elif isinstance(value, int):
        content = b"%d" % value
    else:
        raise TypeError(f"{type(value).__name__} has no agreed bytes")
    return hashlib.sha256(content).hexdigest()


def encode_leaf(kind: str, subject: str, at: str, content: Mapping[str, Value]) -> bytes:
    """The data of the leaf for a row."""
    columns = {name: digest(value) for name, value in content.items()}
    return canonical({"at": at, "columns": columns, "kind": kind, "subject": subject, "v": VERSION})


def decode_leaf(data: str) -> Leaf:
    """What the data of a leaf says. Raises `ValueError` when it is not a leaf's."""
    try:
        found = _decoder.decode(data)
    except msgspec.MsgspecError as error:
        raise ValueError("not a leaf") from error
    return Leaf(found.kind, found.subject, found.at, found.columns)


def new_salt() -> bytes:
    """32 random bytes. Kept with the plain text and destroyed with it: without them nothing can be guessed."""
    return secrets.token_bytes(SALT_BYTES)


def commitment(name: str, salt: bytes, content: bytes) -> str:
    """The SHA-256, in hex, of the title line, the line `name`, the salt and the content.

    `name` is the column that holds the content encrypted; the commitment stands in the column `{name}_commitment`.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes")
    return hashlib.sha256(f"{COMMITMENT_TITLE}\n{name}\n".encode() + salt + content).hexdigest()
