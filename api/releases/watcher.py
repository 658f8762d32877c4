"""Following the store: every worker of every machine decides by what was recorded, within moments and by itself."""

from __future__ import annotations

import threading

from greenlane.api.ledger.errors import StoreUnavailableError
from greenlane.api.logs import logger, reason
from greenlane.api.releases.snapshot import Snapshots

POLL_SECONDS = 0.25
"""Between two looks at the store: with reading and swapping well under the two seconds that are promised."""


class Watcher:
    """Two threads of one process: one follows the steps, the other compiles, so that neither waits for the other."""

    def __init__(self, snapshots: Snapshots) -> None:
        self._snapshots = snapshots
        self._stopped = threading.Event()
        self._wanted = threading.Event()
        self._threads = [threading.Thread(target=run, daemon=True) for run in (self._follow, self._prepare)]

    def start(self) -> None:
        """Begins to follow. A store that is away is tried again, for ever; the last snapshot goes on deciding."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ends both threads."""
        self._stopped.set()
        self._wanted.set()
        for thread in self._threads:
            thread.join(POLL_SECONDS * 8)

    def _follow(self) -> None:
        away = False
        while not self._stopped.wait(POLL_SECONDS):
            try:
                if self._snapshots.follow():
                    self._wanted.set()
                away = False
            except StoreUnavailableError as error:
                if not away:
                    logger.warning("releases cannot be followed", reason=reason(error))
                away = True
            except Exception as error:
                logger.error("releases cannot be followed", error=type(error).__name__)

    def _prepare(self) -> None:
        while self._wanted.wait() and not self._stopped.is_set():
            self._wanted.clear()
            try:
                self._snapshots.prepare()
            except StoreUnavailableError:
                continue
            except Exception as error:
                logger.error("a release cannot be made ready", error=type(error).__name__)
