"""Turning to a new master key while the service decides: every data key wrapped anew, some at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from greenlane.api.ledger.errors import EncryptionKeyError
from greenlane.api.ledger.key_store import KeyStore
from greenlane.api.ledger.sealing.master_key import SETTING

AT_ONCE = 200
"""Keys in one transaction, so that decisions of new customers wait for no more than that."""

Progress = Callable[[int], None]
"""Told how many more are done."""


@dataclass(frozen=True, slots=True)
class MasterKeyRotation:
    """Works while the service decides, and goes on where it was interrupted."""

    keys: KeyStore

    def begin(self) -> int:
        """Turns to a new master key; says how many keys are to be wrapped anew.

        Where the master key is in a file the new one is made and put before it. A key that is given by the environment
        must have been put there by its owner, before the old one. Raises `EncryptionKeyError`.
        """
        self.keys.open()
        ring = self.keys.ring.again()
        if len(ring.keys) == 1 and ring.file is None:
            raise EncryptionKeyError(
                f"`{SETTING}` holds one key: put the new key and a comma before it, restart, and try again"
            )
        if len(ring.keys) == 1:
            ring = ring.with_new()
            try:
                ring.write()
            except OSError as error:
                raise EncryptionKeyError(
                    f"the new master key cannot be written to `{ring.file}`: {error.strerror}"
                ) from None
        self.keys.turn_to(ring)
        return self.keys.left()

    def finish(self, progress: Progress) -> None:
        """Wraps all keys anew, then leaves nothing of the old master key where this program put it."""
        while done := self.keys.rewrap(AT_ONCE):
            progress(done)
        self.keys.scrub()
        ring = self.keys.ring
        if ring.file is not None and len(ring.keys) > 1:
            ring.newest_only().write()
