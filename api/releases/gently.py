"""Compiling rules beside requests without holding them up."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

TURN_SECONDS = 0.0005
"""How long compiling may keep the interpreter from requests that wait for it."""

_COMPILING = threading.Lock()


@contextmanager
def gently() -> Iterator[None]:
    """Compiles one release at a time, and lets requests have their turn often.

    A full collection of garbage stops all threads for as long as everything compiled takes to go through. So none runs
    meanwhile, and what was made is set aside afterwards: later collections pass it over. It is freed all the same when
    nothing refers to it any more, but for the few cycles in it.
    """
    with _COMPILING:
        before, collecting = sys.getswitchinterval(), gc.isenabled()
        sys.setswitchinterval(TURN_SECONDS)
        gc.disable()
        try:
            yield
        finally:
            gc.collect(0)
            gc.freeze()
            if collecting:
                gc.enable()
            sys.setswitchinterval(before)
