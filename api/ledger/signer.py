"""What signs the heads of the log, and the witness file that keeps signed heads. Files and clock, no database.

Who can change the database can remove its newest entries together with their heads, and nothing in it would tell. So
each head is also added to a file, a line each, as soon as its transaction is on disk. Keep it on another disk.

A line is written with one call to a file opened for appending, so processes do not mix theirs. Nobody waits until it is
on disk: a process killed loses nothing, a machine that loses power may lose the lines of its last seconds, and the next
start adds the newest head again.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from greenlane.api.ledger import private_files
from greenlane.api.ledger.errors import SigningKeyError
from greenlane.api.ledger.proof.head import Head, encode_head
from greenlane.api.ledger.proof.signing_key import KeySource, SigningKey
from greenlane.api.logs import logger


@dataclass(slots=True)
class LogSigner:
    """Keeps what heads are signed with: read when first needed, and again when the log's key is another. Thread-safe.

    `source` is where the key is, and `witness` the file that signed heads are added to.
    """

    source: KeySource
    witness: Path
    _key: SigningKey | None = field(default=None, repr=False)

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
        """Adds heads that are on disk to the witness file. A failure is logged, not raised."""
        if heads:
            write(self.witness, heads)

    def catch_up(self, head: Head | None) -> None:
        """Witnesses the newest head, if the process that signed it came to an end before it did.

        A file that others may read is theirs no more.
        """
        private_files.tighten(self.witness)
        if head is not None and not holds(self.witness, head):
            write(self.witness, [head])

    def _read(self, key_id: str) -> SigningKey:
        # A rotation that was cut short left the new key beside the old one, or beside where that was.
        for read in (self.source.read, self.source.next().read):
            with suppress(FileNotFoundError):
                found = read()
                if found.public.id == key_id:
                    return found
        ours = "GREENLANE_SIGNING_KEY" if self.source.text is not None else f"the key in `{self.source.file}`"
        raise SigningKeyError(f"the log is signed with key {key_id}, and {ours} is not it")


def write(witness: Path, heads: Sequence[Head]) -> None:
    """Adds heads at the end of the file. What it tells of is on disk already, so a failure is logged, not raised."""
    lines = "".join(encode_head(head) + "\n" for head in heads).encode()
    try:
        handle = private_files.append_to(witness)
        try:
            os.write(handle, lines)
        finally:
            os.close(handle)
    except OSError as error:
        logger.error("head not witnessed", reason=os.strerror(error.errno or 0), size=heads[-1].size)


def holds(witness: Path, head: Head) -> bool:
    """Whether the file's last line is this head."""
    line = encode_head(head).encode() + b"\n"
    try:
        with witness.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - len(line)))
            return file.read() == line
    except OSError:
        return False
