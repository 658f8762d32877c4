"""The process in which rules that nobody has approved are examined: limits itself, answers on a pipe, opens nothing.

    python -P -m greenlane.api.releases.sandbox_process SECONDS MEMORY_MB ANSWER_MB MATCHER STEPS

What is asked comes on standard input, after its length; that standard input ends is the end of the service's worker,
and of this process. The answer is lines on standard output: what is done next (`STAGE`), and then one of the others.
"""

from __future__ import annotations

import os
import resource
import signal
import struct
import sys
import threading
from typing import BinaryIO, cast

from greenlane.api.json_objects import encode
from greenlane.api.releases.examination import read_asked
from greenlane.api.releases.examiner import examine
from greenlane.engine.decide.matching import MatcherName
from greenlane.engine.policy import compiler

LENGTH = struct.Struct(">Q")
MEGABYTE = 1_000_000
STAGE, FOUND, MEMORY, ANSWER, FAILED = b"S", b"F", b"M", b"A", b"E"
"""What a line begins with: a stage, the findings, too much memory, too long an answer, an error by its class."""

LOW_PRIORITY = 5
"""Requests that wait for this processor go first; on one that is never idle, this goes on all the same."""

PATIENCE = 2
"""How much longer than on a processor of its own it may take by the clock."""


def main(arguments: list[str]) -> None:
    """Examines what is asked and writes the answer."""
    seconds, memory, answer = map(int, arguments[:3])
    compile_rules = compiler(cast(MatcherName, arguments[3]), int(arguments[4]), checked=False)
    _limit(seconds, memory * MEGABYTE)
    out = _own_output()
    length = LENGTH.unpack(sys.stdin.buffer.read(LENGTH.size))[0]
    asked = read_asked(sys.stdin.buffer.read(length))
    threading.Thread(target=_end_with_the_worker, daemon=True).start()
    try:
        found = encode(examine(asked, compile_rules, lambda stage: _tell(out, STAGE, encode(stage))))
        _tell(out, *((FOUND, found) if len(found) <= answer * MEGABYTE else (ANSWER,)))
    except (MemoryError, SystemError):
        # Where no memory is left, Python also fails in this other way.
        _tell(out, MEMORY)
    except Exception as error:
        # The class alone: a text could hold anything of the rules.
        _tell(out, FAILED, type(error).__name__.encode())
    # Freeing what is left could take longer than all the rest.
    os._exit(0)


def _limit(seconds: int, memory: int) -> None:
    """No more time, memory, files or priority than this, whatever becomes of the worker that waits."""
    os.nice(LOW_PRIORITY)
    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds + 1),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        allowed = resource.getrlimit(kind)[1]
        bound = most if allowed == resource.RLIM_INFINITY else min(most, allowed)
        # At the lower limit of time it is told what it was; a process at the upper one is killed, as by anybody.
        resource.setrlimit(kind, (bound - 1 if kind == resource.RLIMIT_CPU else bound, bound))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(PATIENCE * seconds + 1)


def _own_output() -> BinaryIO:
    """Standard output for the answer alone: what a library prints goes nowhere."""
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return out


def _end_with_the_worker() -> None:
    os.read(0, 1)
    os._exit(1)


def _tell(out: BinaryIO, kind: bytes, content: bytes = b"") -> None:
    line = memoryview(kind + content + b"\n")
    while line:
        line = line[out.write(line) :]


if __name__ == "__main__":
    main(sys.argv[1:])
