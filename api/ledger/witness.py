"""The witness file, which keeps signed heads outside the database, and what it says of it. Files; no database.

Who can change the database can remove its newest entries together with their heads, and nothing in it would tell. So
each head is also added to a file, a line each, as soon as its transaction is on disk. Keep it on another disk.

A line is written with one call to a file opened for appending, so processes do not mix theirs. Nobody waits until it is
on disk: a process killed loses nothing, a machine that loses power may lose the lines of its last seconds, and the next
start adds the newest head again.
"""

from __future__ import annotations

import errno
import os
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from greenlane.api.ledger import private_files
from greenlane.api.ledger.errors import StoreUnavailableError
from greenlane.api.ledger.outage import Outage
from greenlane.api.ledger.proof.head import Head, decode_head, encode_head

TAIL_BYTES = 1 << 18
"""Bytes at the end of the file that are read at a start: some 800 heads."""

MISSED = 1000
"""Heads kept in memory while the file cannot be written, the newest."""


@dataclass(slots=True)
class WitnessFile:
    """A file of heads. Safe for many threads and processes."""

    path: Path
    outage: Outage = field(init=False)
    _missed: deque[Head] = field(default_factory=lambda: deque(maxlen=MISSED), repr=False)

    def __post_init__(self) -> None:
        self.outage = Outage(str(self.path.absolute()))

    def add(self, heads: Sequence[Head]) -> None:
        """Adds heads at the end, and those that could not be added before.

        What they tell of is on disk already, so a failure is logged, not raised.
        """
        missed = [self._missed.popleft() for _ in range(len(self._missed))]
        try:
            self._write([*missed, *heads])
        except OSError as error:
            self._missed.extend([*missed, *heads])
            self.outage.failed(os.strerror(error.errno or 0))
        else:
            self.outage.worked()

    def catch_up(self, head: Head) -> None:
        """Adds the newest head, if the process that signed it came to an end before it did.

        A file that others may read is theirs no more.
        """
        private_files.tighten(self.path)
        if not self.ends_with(head):
            self._end_line()
            self.add([head])

    def ends_with(self, head: Head) -> bool:
        """Whether the last line is this head."""
        line = encode_head(head).encode() + b"\n"
        with suppress(OSError):
            return self._end(len(line)) == line
        return False

    def newest(self) -> list[Head]:
        """The heads in the last lines; lines that are none are passed over: an audit tells of them.

        None of a file that is not there; none either of one that cannot be read, which is logged.
        """
        try:
            lines = self._end(TAIL_BYTES).splitlines()
        except FileNotFoundError:
            return []
        except OSError as error:
            self.outage.failed(os.strerror(error.errno or 0))
            return []
        found = []
        for line in lines:
            with suppress(ValueError):
                found.append(decode_head(line.decode()))
        return found

    def check(self) -> None:
        """Returns when lines can be added, as far as can be told. Raises `StoreUnavailableError`."""
        if self.outage.lasts:
            self.add([])
        if not self.outage.lasts:
            try:
                os.close(private_files.append_to(self.path))
                private_files.require_room(self.path)
                return
            except OSError as error:
                self.outage.failed(os.strerror(error.errno or 0))
        raise StoreUnavailableError(f"the witness file `{self.path}` cannot be written")

    def _write(self, heads: Sequence[Head]) -> None:
        lines = "".join(encode_head(head) + "\n" for head in heads).encode()
        handle = private_files.append_to(self.path)
        try:
            written = os.write(handle, lines)
            if written != len(lines):
                _take_back(handle, written)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        finally:
            os.close(handle)

    def _end_line(self) -> None:
        """A line that was cut short, by a power cut, stays one of its own."""
        with suppress(OSError):
            if self._end(1) not in (b"", b"\n"):
                handle = private_files.append_to(self.path)
                os.write(handle, b"\n")
                os.close(handle)

    def _end(self, size: int) -> bytes:
        with self.path.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - size))
            return file.read()


def _take_back(handle: int, written: int) -> None:
    """Leaves no half line, to which the next one would be added, where a disk was full."""
    end = os.lseek(handle, 0, os.SEEK_CUR)
    if os.fstat(handle).st_size == end:
        os.ftruncate(handle, end - written)
