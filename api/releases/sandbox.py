"""The wall around rules that nobody has approved: they are examined in processes of their own, few, short and small.

Starts processes and ends them; touches the files by which the workers of one machine count them, and nothing else.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import msgspec

from greenlane.api.config import Settings
from greenlane.api.json_objects import encode
from greenlane.api.logs import logger
from greenlane.api.problems import ProblemError
from greenlane.api.releases import sandbox_process as child
from greenlane.api.releases.examination import Asked, Findings, read_findings
from greenlane.api.releases.examination_limits import Limit, refusal

PASSED_ON = frozenset({"PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TZ"})
"""What a process is told of the environment: no setting, no address, no key."""

LOOK_SECONDS = 0.05
"""Between two looks for a place."""

RETRY_AFTER = 5
"""Seconds that a caller who found no place is asked to wait."""

STAGES_ROOM = child.MEGABYTE
"""Bytes for what comes before the answer."""

OUT_OF_TIME = frozenset({-signal.SIGXCPU, -signal.SIGALRM})


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended: the lines it wrote, and its code (negative: the signal). `late`: it was ended by us."""

    lines: list[bytes]
    code: int
    late: bool


class Sandbox:
    """Examines rules in processes of their own. Safe for many threads.

    A process has the time and memory that the settings say, and none of their secrets. With `places`, a directory,
    the workers of one machine run no more than `draft_processes` at once; at most half of the threads of this one wait
    for them, so that the others go on answering. A process ends with the worker that waits for it.
    """

    def __init__(self, settings: Settings, places: Path | None) -> None:
        self._settings = settings
        self._places = places
        self._threads = threading.BoundedSemaphore(max(1, settings.threads // 2))
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._closed = False

    def examine(self, asked: Asked) -> Findings:
        """What is found, in a process of its own.

        Raises `ProblemError`: what is wrong with the rules or cases; rules_faulty where they take more than a limit;
        drafts_busy when there is no place in time.
        """
        if not self._threads.acquire(blocking=False):
            raise _busy()
        try:
            with self._place() as place:
                ended = self._run(encode(asked), place)
        finally:
            self._threads.release()
        found = self._found(ended)
        if found.problem is not None:
            raise ProblemError(found.problem, found.errors)
        return found

    def close(self) -> None:
        """Ends what runs; nothing more is begun."""
        with self._lock:
            self._closed = True
            for process in self._running:
                process.kill()

    @contextmanager
    def _place(self) -> Iterator[int | None]:
        """A file that is locked as long as the process runs to which it is handed, or None where nobody counts."""
        if self._places is None:
            yield None
            return
        self._places.mkdir(mode=0o700, exist_ok=True)
        deadline = time.monotonic() + self._settings.draft_wait
        while (place := self._free_place(self._places)) is None:
            if time.monotonic() >= deadline:
                raise _busy()
            time.sleep(LOOK_SECONDS)
        try:
            yield place
        finally:
            os.close(place)

    def _free_place(self, places: Path) -> int | None:
        for number in range(self._settings.draft_processes):
            place = os.open(places / str(number), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                # The kernel frees it when the last process that has it is gone, however that comes.
                fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(place)
            else:
                return place
        return None

    def _run(self, content: bytes, place: int | None) -> Ended:
        process = self._started(place)
        late = threading.Event()

        def end() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(child.PATIENCE * self._settings.draft_seconds, end)
        timer.start()
        try:
            lines = self._exchanged(process, content)
            process.wait()
        finally:
            timer.cancel()
            process.kill()
            process.wait()
            with self._lock:
                self._running.discard(process)
        return Ended(lines, process.returncode, late.is_set())

    def _started(self, place: int | None) -> subprocess.Popen[bytes]:
        known = self._settings
        limits = (
            known.draft_seconds,
            known.draft_memory,
            known.draft_answer,
            known.matcher,
            known.decision_steps,
        )
        with self._lock:
            if self._closed:
                raise _busy()
            try:
                process = subprocess.Popen(
                    [sys.executable, "-P", "-B", "-m", child.__name__, *map(str, limits)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env={name: value for name, value in os.environ.items() if name in PASSED_ON},
                    pass_fds=() if place is None else (place,),
                    start_new_session=True,
                )
            except OSError as error:
                logger.error("no process for a draft", error=type(error).__name__)
                raise _busy() from None
            self._running.add(process)
        return process

    def _exchanged(self, process: subprocess.Popen[bytes], content: bytes) -> list[bytes]:
        """The lines of the answer; none where it is too long. Standard input stays open until the process ends."""
        assert process.stdin is not None
        assert process.stdout is not None
        limit = self._settings.draft_answer * child.MEGABYTE + STAGES_ROOM
        # What a process that was killed did not take is in the buffer still, and closing tries to send it again.
        with suppress(BrokenPipeError), closing(process.stdin), closing(process.stdout):
            with suppress(BrokenPipeError):
                _write(process.stdin, content)
            answer = process.stdout.read(limit + 1)
            if len(answer) > limit:
                process.kill()
                answer = child.ANSWER
        return answer.splitlines()

    def _found(self, ended: Ended) -> Findings:
        last = ended.lines[-1] if ended.lines else b""
        kind, content = last[:1], last[1:]
        if kind == child.FOUND and not ended.late and ended.code == 0:
            return read_findings(content)
        stages = [line[1:] for line in ended.lines if line[:1] == child.STAGE]
        stage = msgspec.json.decode(stages[-1], type=str) if stages else ""
        limit = _limit(ended, kind)
        if limit is Limit.DIED and not self._closed:
            logger.error("a draft's process died", code=ended.code, error=content[:80].decode("ascii", "replace"))
        if self._closed:
            raise _busy()
        raise refusal(limit, stage, self._settings)


def _limit(ended: Ended, kind: bytes) -> Limit:
    if ended.late or ended.code in OUT_OF_TIME:
        return Limit.TIME
    return {child.MEMORY: Limit.MEMORY, child.ANSWER: Limit.ANSWER}.get(kind, Limit.DIED)


def _write(pipe: IO[bytes], content: bytes) -> None:
    pipe.write(child.LENGTH.pack(len(content)))
    pipe.write(content)
    pipe.flush()


def _busy() -> ProblemError:
    return ProblemError("drafts_busy", retry_after=RETRY_AFTER)
