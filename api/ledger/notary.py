"""Who signs the heads of the log: the key, the clock, and where heads are witnessed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from greenlane.api.ledger.errors import SigningKeyError
from greenlane.api.ledger.proof.keys import KeyPlace, Signer, new_key


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Notary:
    """Keeps what heads are signed with: read when first needed, and again when the log's key is another. Thread-safe.

    `place` None stands for a key that lives as long as the process; `witness` None for no witness file.
    """

    place: KeyPlace | None = None
    witness: Path | None = None
    clock: Callable[[], datetime] = _now
    _signer: Signer | None = field(default=None, repr=False)

    def moment(self) -> str:
        """Now: UTC as text of fixed width."""
        return self.clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def make(self) -> Signer:
        """The key for a log that is to begin: made when there is none. Raises `SigningKeyError`."""
        self._signer = self.place.read_or_make() if self.place else passing_key()
        return self._signer

    def signer(self, key: str) -> Signer:
        """The key with this id, which the log is signed with. Raises `SigningKeyError` when ours is another."""
        if self._signer is None or self._signer.public.id != key:
            self._signer = self._read(key)
        return self._signer

    def _read(self, key: str) -> Signer:
        for read in self._places():
            with suppress(FileNotFoundError):
                found = read()
                if found.public.id == key:
                    return found
        raise SigningKeyError(f"the log is signed with key {key}, and {self._named()} is not it")

    def _places(self) -> tuple[Callable[[], Signer], ...]:
        if self.place is None:
            return (passing_key,)
        # A rotation that was cut short left the new key beside the old one, or beside where that was.
        return (self.place.read, self.place.next().read)

    def _named(self) -> str:
        if self.place is None:
            return "the key of this process"
        return "GREENLANE_SIGNING_KEY" if self.place.text is not None else f"the key in `{self.place.file}`"


@cache
def passing_key() -> Signer:
    """A key that lives as long as the process."""
    return new_key()
