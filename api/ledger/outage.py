"""Whether something can be written, told when it begins, at growing intervals while it lasts, and when it ends.

A store that is away fails every request: a line for each would bury the one that says what is wrong, and where.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from greenlane.api.logs import logger

FIRST_PAUSE = 10.0
"""Seconds from the first line to the next one; each pause is twice the one before."""

LONGEST_PAUSE = 600.0


@dataclass(slots=True)
class Outage:
    """What becomes of writing to `what`: a path, or an address without a password. Safe for many threads.

    Something that fails again soon after it worked is not told anew each time: the pauses go on growing.
    """

    what: str
    monotonic: Callable[[], float] = time.monotonic
    _lasts: bool = False
    _told: bool = False
    _failures: int = 0
    _begun: float = 0.0
    _next: float = -math.inf
    _pause: float = FIRST_PAUSE
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def lasts(self) -> bool:
        """Whether the last attempt failed."""
        return self._lasts

    def failed(self, reason: str) -> None:
        """An attempt to write failed. `reason` holds nothing that a client sent."""
        with self._lock:
            now = self.monotonic()
            if not self._lasts:
                self._lasts, self._failures, self._begun = True, 0, now
                if now >= self._next + LONGEST_PAUSE:
                    self._pause, self._next = FIRST_PAUSE, now
            self._failures += 1
            if now < self._next:
                return
            self._next, self._pause = now + self._pause, min(2 * self._pause, LONGEST_PAUSE)
            event = "still not available" if self._told else "not available"
            self._told = True
            seconds = round(now - self._begun)
            logger.error(event, what=self.what, reason=reason, failures=self._failures, seconds=seconds)

    def worked(self) -> None:
        """Something was written."""
        if not self._lasts:
            return
        with self._lock:
            if self._lasts and self._told:
                seconds = round(self.monotonic() - self._begun)
                logger.warning("available again", what=self.what, failures=self._failures, seconds=seconds)
            self._lasts = self._told = False
