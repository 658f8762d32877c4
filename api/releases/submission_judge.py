"""The thread of a process that judges submissions: its own at once, and those of others that are overdue. No SQL."""

from __future__ import annotations

import threading
import time

from greenlane.api.ledger.errors import StoreUnavailableError
from greenlane.api.logs import logger, reason, where
from greenlane.api.problems import ProblemError
from greenlane.api.releases.submission_records import Submission, SubmissionRequest
from greenlane.api.releases.submissions import Submissions

LOOK_SECONDS = 2.0
"""Between two looks for what is overdue, and before what could not be judged is tried again."""


class SubmissionJudge:
    """Judges the submissions of one process one after the other. Safe for many threads.

    What cannot be judged, since the store is away or no place for drafts is free, is tried again; what fails otherwise
    is refused, so that nothing waits for ever. `waiters` is how many requests may wait for it at a time.
    """

    def __init__(self, submissions: Submissions, waiters: int) -> None:
        self._submissions = submissions
        self._waiters = threading.BoundedSemaphore(waiters)
        self._own: dict[SubmissionRequest, None] = {}
        self._lock = threading.Lock()
        self._woken = threading.Event()
        self._judged = threading.Condition()
        self._rounds = 0
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begins to look for what is overdue; nothing where that has begun, or has been stopped."""
        with self._lock:
            if self._thread is None and not self._stopped.is_set():
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Ends the thread, but not what is being examined for it. What is not judged is left to other processes."""
        with self._lock:
            self._stopped.set()
        self._woken.set()
        self._told()

    def join(self) -> None:
        """Waits a while for the thread to end."""
        if self._thread is not None:
            self._thread.join(2 * LOOK_SECONDS)

    def take(self, request: SubmissionRequest) -> None:
        """Judges a request as soon as those before it are."""
        with self._lock:
            self._own[request] = None
        self.start()
        self._woken.set()

    def wait(self, request: SubmissionRequest, seconds: float) -> Submission:
        """What has come of a request after so many seconds at most; at once where too many wait already."""
        if seconds <= 0:
            return Submission(request, "pending")
        free = self._waiters.acquire(blocking=False)
        try:
            return self._waited(request, time.monotonic() + (seconds if free else 0))
        finally:
            if free:
                self._waiters.release()

    def _waited(self, request: SubmissionRequest, deadline: float) -> Submission:
        while True:
            rounds = self._rounds
            found = self._submissions.latest(request.release)
            if found is None or found.request != request:
                # Somebody asked again, which can only be once this one was judged.
                return Submission(request, "pending")
            left = deadline - time.monotonic()
            if found.state != "pending" or left <= 0 or self._stopped.is_set():
                return found
            with self._judged:
                if self._rounds == rounds:
                    self._judged.wait(min(left, LOOK_SECONDS))

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._woken.wait(LOOK_SECONDS)
            self._woken.clear()
            for request in self._waiting():
                if self._stopped.is_set():
                    return
                self._judge(request)

    def _waiting(self) -> list[SubmissionRequest]:
        with self._lock:
            own = list(self._own)
        try:
            return list(dict.fromkeys((*own, *self._submissions.overdue())))
        except StoreUnavailableError:
            return []
        except Exception as error:
            logger.error("submissions cannot be followed", error=type(error).__name__, where=where(error))
            return own

    def _judge(self, request: SubmissionRequest) -> None:
        try:
            self._submissions.judge(request)
        except StoreUnavailableError as error:
            logger.warning("a submission waits for the store", reason=reason(error))
            return
        except ProblemError:
            return
        except Exception as error:
            logger.error("a submission cannot be judged", error=type(error).__name__, where=where(error))
            self._give_up(request)
        with self._lock:
            self._own.pop(request, None)
        self._told()

    def _give_up(self, request: SubmissionRequest) -> None:
        try:
            self._submissions.refuse(request, ProblemError("internal"))
        except Exception as error:
            logger.error("a submission cannot be refused", error=type(error).__name__, where=where(error))

    def _told(self) -> None:
        with self._judged:
            self._rounds += 1
            self._judged.notify_all()
