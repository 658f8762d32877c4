"""Whether what decisions need can be written, found out by writing. Knows neither a database nor a file of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from greenlane.api.ledger.errors import StoreUnavailableError

WAIT_SECONDS = 3.0
"""How long an answer is waited for."""

GOOD_SECONDS = 1.0
"""How long an answer is good for: however often it is asked, it is tried no more often than that."""


class Readiness:
    """Runs `attempt` in a thread of its own, one at a time, for all who ask. Safe for many threads."""

    def __init__(
        self,
        attempt: Callable[[], None],
        monotonic: Callable[[], float] = time.monotonic,
        wait: float = WAIT_SECONDS,
    ) -> None:
        self._attempt = attempt
        self._monotonic = monotonic
        self._wait = wait
        self._lock = threading.Lock()
        self._trial: _Trial | None = None

    def check(self) -> None:
        """Returns when it can be written. Raises what the attempt raises; `StoreUnavailableError` without an answer."""
        with self._lock:
            trial = self._trial
            if trial is None or trial.is_old(self._monotonic()):
                trial = self._trial = _Trial(self._attempt, self._monotonic)
        if not trial.done.wait(self._wait):
            raise StoreUnavailableError("the store did not answer in time")
        if trial.failure is not None:
            raise trial.failure


class _Trial:
    """One attempt, begun when it is made."""

    def __init__(self, attempt: Callable[[], None], monotonic: Callable[[], float]) -> None:
        self.done = threading.Event()
        self.failure: Exception | None = None
        self._ended = 0.0
        self._attempt = attempt
        self._monotonic = monotonic
        threading.Thread(target=self._run, name="readiness", daemon=True).start()

    def is_old(self, now: float) -> bool:
        """Whether its answer is not good any more."""
        return self.done.is_set() and now - self._ended >= GOOD_SECONDS

    def _run(self) -> None:
        try:
            self._attempt()
        except Exception as error:
            self.failure = error
        self._ended = self._monotonic()
        self.done.set()
