"""Inputs that broke a check, kept with the reason: one for each place. Writes to a folder."""

from __future__ import annotations

import hashlib
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

SECONDS = 20
"""Of the processor, for one input."""


class HangError(BaseException):
    """An input has been worked at for too long. No `Exception`, which the code under test may catch."""


class Findings:
    """Inputs that broke a check, one for each place."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._places: set[str] = set()
        self.number = 0

    def run(self, check: Callable[[bytes], None], data: bytes) -> None:
        """Checks the input, and keeps it where that fails. A hang and a lack of memory are told like any other."""
        try:
            _bounded(check, data)
        except (Exception, HangError) as error:
            place = _place(error)
            if place not in self._places:
                self._places.add(place)
                self.number += 1
                name = hashlib.sha256(data).hexdigest()[:12]
                (self._folder / f"{name}.input").write_bytes(data)
                (self._folder / f"{name}.why").write_text("".join(traceback.format_exception(error)))
                sys.stderr.write(f"FINDING {name} {place}\n")


def _bounded(check: Callable[[bytes], None], data: bytes) -> None:
    """Checks within the time there is: what takes longer is tried again, as a machine may have paused."""
    try:
        with _watched():
            check(data)
    except HangError:
        with _watched():
            check(data)


@contextmanager
def _watched() -> Iterator[None]:
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def watch() -> None:
    """Has inputs that take too long end with a `HangError`."""
    signal.signal(signal.SIGVTALRM, _hang)


def _hang(_number: int, _frame: FrameType | None) -> None:
    raise HangError


def _place(error: BaseException) -> str:
    """Where it went wrong; a disagreement is told apart by what it says, as all of them are seen in one place."""
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1]
    if isinstance(error, HangError):
        return f"hang under {' '.join(f'{Path(frame.filename).name}:{frame.name}' for frame in frames[3:9])}"
    said = str(error)[:60] if isinstance(error, AssertionError) else ""
    return f"{type(error).__name__} {Path(last.filename).name}:{last.lineno} {said}"
