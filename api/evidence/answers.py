"""What is answered about the log and its proofs: each declared once, for its bytes and OpenAPI. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from msgspec import field

from greenlane.api.json_objects import JsonObject, Moment, Sha256, meant


def number(description: str) -> Any:
    """What a whole number means."""
    return meant(description, minimum=0)


Path = Annotated[Sequence[Sha256], meant("Hashes in the order of RFC 9162")]


class HeadDocument(JsonObject):
    """A signed tree head: docs/audit.md says what the signature is over. Alone it is written with sorted members."""

    size: Annotated[int, number("Entries in the log")]
    root: Annotated[Sha256, meant("The root of their tree")]
    time: Moment
    previous: Annotated[int, number("The size of the head before, 0 for the first")]
    key: Annotated[str, meant("The id of the key that signed")]
    signature: Annotated[str, meant("Ed25519, in hex", pattern="^[0-9a-f]{128}$")]


class KeyDocument(JsonObject):
    """A public key."""

    id: Annotated[str, meant("The first 16 digits of the SHA-256 of its bytes")]
    algorithm: Annotated[str, meant("Ed25519")]
    public_key: Annotated[Sha256, meant("Its 32 bytes in hex")]
    pem: Annotated[str, meant("The same as PEM")]
    added_at: Moment
    position: Annotated[int, number("Where its entry is in the log")]
    current: Annotated[bool, meant("Whether heads are signed with it now")]


class KeysDocument(JsonObject):
    """All public keys."""

    keys: Sequence[KeyDocument]


class EntryDocument(JsonObject):
    """An entry of the log."""

    position: Annotated[int, number("Its place, from 0")]
    data: Annotated[str, meant("What the leaf hash is of: JSON with the digest of every column of a row")]
    hash: Annotated[Sha256, meant("SHA-256 of a zero byte and the data")]


class EntriesDocument(JsonObject):
    """Entries of the log."""

    size: Annotated[int, number("Entries in the log")]
    entries: Sequence[EntryDocument]
    next: Annotated[int | None, meant("Where to go on; null when there are no more")]


class IncludedDocument(JsonObject):
    """An entry, and the hashes that lead to a root."""

    entry: EntryDocument
    size: Annotated[int, number("Entries in the tree that the proof is for")]
    path: Path


class InclusionDocument(IncludedDocument):
    """The proof that an entry is in a tree."""

    root: Annotated[Sha256, meant("The root that the proof leads to")]


class ConsistencyDocument(JsonObject, kw_only=True):
    """The proof that one tree is the beginning of another."""

    old: Annotated[int, number("Entries in the smaller tree")] = field(name="from")
    to: Annotated[int, number("Entries in the larger tree")]
    path: Path
    from_root: Sha256
    to_root: Sha256


class ReceiptDocument(JsonObject):
    """A decision's entry, and a signed head that it is under."""

    decision_id: str
    entry: EntryDocument
    size: Annotated[int, number("Entries in the tree that the proof is for")]
    path: Path
    head: HeadDocument
