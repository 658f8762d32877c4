"""Signed tree heads: how large the log was at a moment, and the root of its tree. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from greenlane.api.json_objects import canonical
from greenlane.api.ledger.proof.signing_key import PublicKey, SigningKey

TITLE = "greenlane tree head v1"
FORMS: Mapping[str, str] = {
    "root": r"[0-9a-f]{64}",
    "time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z",
    "key": r"[0-9a-f]{16}",
    "signature": r"[0-9a-f]{128}",
}


@dataclass(frozen=True, slots=True)
class Head:
    """`root` of the first `size` leaves at `time` (UTC), signed by the key with the id `key`.

    `previous` is the size of the head before, 0 for the first: there was none between. Root and signature are hex.
    """

    size: int
    root: str
    time: str
    previous: int
    key: str
    signature: str

    def signed(self) -> bytes:
        """The text that the signature is over: six lines, each ended by a line feed."""
        lines = (TITLE, self.size, self.root, self.time, self.previous, self.key)
        return "".join(f"{line}\n" for line in lines).encode()

    def verifies(self, key: PublicKey) -> bool:
        """Whether this key, by this id, signed it."""
        return key.id == self.key and key.verifies(bytes.fromhex(self.signature), self.signed())


def sign(key: SigningKey, size: int, root: bytes, time: str, previous: int) -> Head:
    """A head, signed."""
    unsigned = Head(size, root.hex(), time, previous, key.public.id, "")
    return Head(size, root.hex(), time, previous, unsigned.key, key.sign(unsigned.signed()).hex())


def encode_head(head: Head) -> str:
    """JSON with sorted keys and nothing between tokens."""
    return canonical({name: getattr(head, name) for name in Head.__slots__}).decode()


def decode_head(text: str) -> Head:
    """The head that `encode_head` made this text of. Raises `ValueError` for any other text."""
    found = json.loads(text)
    if not isinstance(found, dict) or found.keys() != {"size", "previous", *FORMS}:
        raise ValueError("not a head")
    sizes = (found["size"], found["previous"])
    if not all(type(n) is int and 0 <= n < 1 << 63 for n in sizes):
        raise ValueError("not a head")
    if not all(isinstance(found[name], str) and re.fullmatch(form, found[name]) for name, form in FORMS.items()):
        raise ValueError("not a head")
    head = Head(**found)
    if encode_head(head) != text:
        raise ValueError("not a head as it is written")
    return head
