"""How much each caller has used of its allowance, by the generic cell rate algorithm. Touches shared memory alone."""

from __future__ import annotations

import fcntl
import hashlib
import mmap
import os
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from greenlane.api.days import Seconds

SLOT = struct.Struct("=Qd")
SLOTS = 16_384
PROBES = 8
"""Places in which a caller may be kept. When all are taken by others that are not idle, it shares the first."""

WINDOW = 60.0
"""Seconds in which the whole allowance may be used, at once or evenly."""


@dataclass(frozen=True, slots=True)
class Quota:
    """What is left of an allowance of `limit` a minute; `whole_in` and `retry_after` are seconds, rounded up."""

    allowed: bool
    limit: int
    remaining: int
    whole_in: int
    retry_after: int


class Buckets:
    """The allowances in use, in memory that all processes of one machine share. Safe for many threads.

    The generic cell rate algorithm: of each caller one number is kept, the moment at which its allowance is whole
    again. A caller whose moment has passed is as one never seen, so its place may be given to another without loss.
    Libraries for this keep their counts in one process or in a server of their own (Redis and its like), which this
    service does not need otherwise.

    With `path` the memory is that file's, else it is this process's alone. A process opens them after it was
    forked. The lock is the kernel's, which takes it back from a process that dies.
    """

    def __init__(self, path: Path | None, now: Seconds) -> None:
        self._now = now
        self._lock = threading.Lock()
        size = SLOT.size * SLOTS
        self._file: int | None = None
        if path is None:
            self._memory = mmap.mmap(-1, size)
            return
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        os.ftruncate(self._file, size)
        self._memory = mmap.mmap(self._file, size)

    def take(self, name: str, limit: int) -> Quota:
        """Takes one from the allowance of `limit` a minute that `name` has, if one is left."""
        # Other processes' time is the same: the monotonic clock of Linux is the machine's.
        tag = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest()) or 1
        each = WINDOW / limit
        with self._turn():
            now = self._now()
            at = self._place(tag, now)
            held, whole_at = SLOT.unpack_from(self._memory, at)
            begun = max(whole_at, now) if held else now
            allowed = begun + each - now <= WINDOW
            if allowed:
                begun += each
                SLOT.pack_into(self._memory, at, tag, begun)
        used = begun - now
        wait = 0 if allowed else max(1, ceil(used + each - WINDOW))
        # The slack keeps a whole allowance from being told as one less for the rounding of seconds.
        return Quota(allowed, limit, int((WINDOW - used) / each + 1e-6), ceil(used), wait)

    def _place(self, tag: int, now: float) -> int:
        first = tag % SLOTS
        idle = None
        for number in range(PROBES):
            at = (first + number) % SLOTS * SLOT.size
            held, whole_at = SLOT.unpack_from(self._memory, at)
            if held == tag:
                return at
            if idle is None and (not held or whole_at <= now):
                idle = at
        return first * SLOT.size if idle is None else idle

    @contextmanager
    def _turn(self) -> Iterator[None]:
        with self._lock:
            if self._file is None:
                yield
                return
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)
