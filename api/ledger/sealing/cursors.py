"""Cursors of lists: a position, sealed for one list and its conditions. Pure.

A cursor is 32 characters of base64url: the AES-SIV (RFC 5297) of the position, with what it is a cursor of as
associated data. So nobody else can make one, read one, or carry one to another list; and one that is given out stays
good for as long as the deployment keeps the secret that its key was derived from.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from greenlane.api.ledger.sealing.values import UnsealError, derived

POSITION_BYTES = 8
FORM = re.compile(r"[A-Za-z0-9_-]{32}")


@dataclass(frozen=True)
class CursorKey:
    """Seals and opens cursors. Every process that has the same `secret` takes those of the others."""

    secret: bytes = field(repr=False)

    @cached_property
    def _cipher(self) -> AESSIV:
        return AESSIV(derived(self.secret, "cursor"))

    def seal(self, place: bytes, position: int) -> str:
        """The cursor for a position of the list that `place` names, with the conditions it was asked for under."""
        sealed = self._cipher.encrypt(position.to_bytes(POSITION_BYTES), [place])
        return base64.urlsafe_b64encode(sealed).decode()

    def open(self, place: bytes, cursor: str) -> int:
        """The position. Raises `UnsealError` for any text that `seal` did not make for this place.

        Its form is looked at before anything else; the tag is compared in constant time.
        """
        if FORM.fullmatch(cursor) is None:
            raise UnsealError("not a cursor")
        try:
            return int.from_bytes(self._cipher.decrypt(base64.urlsafe_b64decode(cursor), [place]))
        except InvalidTag:
            raise UnsealError("not a cursor of this list") from None
