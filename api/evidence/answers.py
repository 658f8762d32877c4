"""The shapes of proofs, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from greenlane.api.schemas.answers import MOMENT, items, text

HASH: dict[str, Any] = {"pattern": "^[0-9a-f]{64}$"}


def number(description: str, name: str | None = None) -> fields.Integer:
    """A whole number that is always there."""
    return fields.Integer(required=True, data_key=name, metadata={"description": description, "minimum": 0})


def path() -> fields.List[Any]:
    """The hashes of a proof."""
    return items(fields.String(metadata=HASH), "Hashes in the order of RFC 9162")


class HeadDocument(Schema):
    """A signed tree head: docs/audit.md says what the signature is over."""

    size = number("Entries in the log")
    root = text("The root of their tree", **HASH)
    time = text(**MOMENT)
    previous = number("The size of the head before, 0 for the first")
    key = text("The id of the key that signed")
    signature = text("Ed25519, in hex", pattern="^[0-9a-f]{128}$")


class KeyDocument(Schema):
    """A public key."""

    id = text("The first 16 digits of the SHA-256 of its bytes")
    algorithm = text("Ed25519")
    public_key = text("Its 32 bytes in hex", **HASH)
    pem = text("The same as PEM")
    added_at = text(**MOMENT)
    position = number("Where its entry is in the log")
    current = fields.Boolean(required=True, metadata={"description": "Whether heads are signed with it now"})


class KeysDocument(Schema):
    """All public keys."""

    keys = items(KeyDocument)


class EntryDocument(Schema):
    """An entry of the log."""

    position = number("Its place, from 0")
    data = text("What the leaf hash is of: JSON with the digest of every column of a row")
    hash = text("SHA-256 of a zero byte and the data", **HASH)


class EntriesDocument(Schema):
    """Entries of the log."""

    size = number("Entries in the log")
    entries = items(EntryDocument)
    next = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Where to go on; null when there are no more"}
    )


class IncludedDocument(Schema):
    """An entry, and the hashes that lead to a root."""

    entry = fields.Nested(EntryDocument, required=True)
    size = number("Entries in the tree that the proof is for")
    path = path()


class InclusionDocument(IncludedDocument):
    """The proof that an entry is in a tree."""

    root = text("The root that the proof leads to", **HASH)


class ConsistencyDocument(Schema):
    """The proof that one tree is the beginning of another."""

    old = number("Entries in the smaller tree", name="from")
    to = number("Entries in the larger tree")
    path = path()
    from_root = text(**HASH)
    to_root = text(**HASH)


class ReceiptDocument(IncludedDocument):
    """A decision's entry, and a signed head that it is under."""

    decision_id = text()
    head = fields.Nested(HeadDocument, required=True)
