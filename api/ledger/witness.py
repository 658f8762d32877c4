"""The witness file: every signed head, outside the database.

Who can change the database can remove its newest entries together with their heads, and nothing in it would tell. So
each head is also added to a file, a line each, as soon as its transaction is on disk. Keep it on another disk.

A line is written with one call to a file opened for appending, so processes do not mix theirs. Nobody waits until it is
on disk: a process killed loses nothing, a machine that loses power may lose the lines of its last seconds, and the next
start adds the newest head again.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from greenlane.api.ledger.proof.head import Head, encode_head
from greenlane.api.logs import logger


def write(witness: Path, heads: Sequence[Head]) -> None:
    """Adds heads at the end of the file. What it tells of is on disk already, so a failure is logged, not raised."""
    lines = "".join(encode_head(head) + "\n" for head in heads).encode()
    try:
        witness.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(witness, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
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
