"""Clients that ask for decisions under keys of their own, again and again until they are answered."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path

from tests.campaigns.http import send

ROOT = Path(__file__).parents[2]
APPLICATIONS = tuple(path.read_bytes() for path in sorted((ROOT / "examples" / "applications").glob("*.json")))
GIVES_UP_SECONDS = 180


class Clients:
    """A few clients at work. `acknowledged` maps each key to every 201 body that was received for it."""

    def __init__(self, port: int, count: int = 4, pause: float = 0.02) -> None:
        self._port = port
        self._pause = pause
        self._ended = threading.Event()
        self._pool = ThreadPoolExecutor(count)
        self.acknowledged: dict[str, list[bytes]] = {}
        self.refusals: dict[int, int] = {}
        self.broken = 0
        self.unanswered: list[str] = []
        self._lock = threading.Lock()
        self._running: Sequence[Future[None]] = [self._pool.submit(self._work, number) for number in range(count)]

    def __enter__(self) -> Clients:
        return self

    def __exit__(self, *_failure: object) -> None:
        self._ended.set()

    def stop(self) -> None:
        """Lets every client finish what it has begun. Raises what a client raised."""
        self._ended.set()
        self._pool.shutdown()
        for running in self._running:
            running.result()

    def _work(self, number: int) -> None:
        turn = number
        while not self._ended.is_set():
            self._ask(str(uuid.uuid4()), APPLICATIONS[turn % len(APPLICATIONS)], twice=turn % 5 == 0)
            turn += 1
            time.sleep(self._pause)

    def _ask(self, key: str, body: bytes, *, twice: bool) -> None:
        """Asks until there is an answer; now and then once more, as a client does that lost the first one."""
        limit = time.monotonic() + GIVES_UP_SECONDS
        wanted = 2 if twice else 1
        while wanted and time.monotonic() < limit:
            status, answer = self._once(key, body)
            if status == 201:
                with self._lock:
                    self.acknowledged.setdefault(key, []).append(answer)
                wanted -= 1
            else:
                time.sleep(0.1)
        if wanted:
            self.unanswered.append(key)

    def _once(self, key: str, body: bytes) -> tuple[int, bytes]:
        try:
            status, answer, headers = send(
                self._port, "POST", "/v1/decisions?trace=none", body, {"Idempotency-Key": key}
            )
        except (OSError, HTTPException):
            with self._lock:
                self.broken += 1
            return 0, b""
        if status == 503:
            assert headers.get("Retry-After"), "a 503 says when to try again"
        elif status != 201:
            raise AssertionError(f"{status}: {answer[:200]!r}")
        with self._lock:
            self.refusals[status] = self.refusals.get(status, 0) + (status != 201)
        return status, answer
