"""What signs the heads of the log, and has them witnessed. Files and clock, no database."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from greenlane.api.ledger.errors import SigningKeyError
from greenlane.api.ledger.proof.head import Head
from greenlane.api.ledger.proof.signing_key import KeySource, SigningKey
from greenlane.api.ledger.witness import WitnessFile


@dataclass(slots=True)
class LogSigner:
    """Keeps what heads are signed with: read when first needed, and again when the log's key is another. Thread-safe.

    `source` is where the key is, and `witness` the file that signed heads are added to.
    """

    source: KeySource
    witness: Path
    known: Head | None = None
    """The newest head that this process has seen in the log."""

    file: WitnessFile = field(init=False)
    _key: SigningKey | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.file = WitnessFile(self.witness)

    def moment(self) -> str:
        """Now: UTC as text of fixed width."""
        return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def first_key(self) -> SigningKey:
        """The key for a log that is to begin: made when there is none. Raises `SigningKeyError`."""
        self._key = self.source.read_or_make()
        return self._key

    def key(self, key_id: str) -> SigningKey:
        """The key with this id, which the log is signed with. Raises `SigningKeyError` when ours is another."""
        if self._key is None or self._key.public.id != key_id:
            self._key = self._read(key_id)
        return self._key

    def witness_all(self, heads: Sequence[Head]) -> None:
        """Adds heads that are on disk to the witness file, and knows them from now on. A failure is not raised."""
        if heads:
            self.saw(heads[-1])
            self.file.add(heads)

    def catch_up(self, head: Head | None) -> None:
        """Witnesses the newest head, if the process that signed it came to an end before it did."""
        if head is not None:
            self.file.catch_up(head)

    def saw(self, head: Head) -> None:
        """This head is one of the log, on disk: the log is to hold it for ever."""
        self.known = head

    def _read(self, key_id: str) -> SigningKey:
        # A rotation that was cut short left the new key beside the old one, or beside where that was.
        for read in (self.source.read, self.source.next().read):
            with suppress(FileNotFoundError):
                found = read()
                if found.public.id == key_id:
                    return found
        ours = "GREENLANE_SIGNING_KEY" if self.source.text is not None else f"the key in `{self.source.file}`"
        raise SigningKeyError(f"the log is signed with key {key_id}, and {ours} is not it")
