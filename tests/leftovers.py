"""What a run of the tests would leave behind, taken away however the run ends.

Every process of pytest has a directory of its own for everything temporary, and a guard: a process that waits for it to
end, be it by a kill, then ends whatever was started with that directory and removes it. Touches nothing else.
"""

from __future__ import annotations

import atexit
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

VARIABLE = "TMPDIR"
PREFIX = "greenlane-tests-"
ROUNDS = 20
"""How often, a tenth of a second apart, processes are asked to end before they are made to; then as often again."""


def watch() -> Path:
    """Gives this process, and those that it starts, a directory for temporary files, gone with them when it ends."""
    place = Path(tempfile.mkdtemp(prefix=PREFIX))
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    guard = subprocess.Popen(
        [sys.executable, "-I", "-S", __file__, str(place), str(os.getpid())],
        stdin=subprocess.PIPE,
        # Out of reach of Ctrl+C, and of what is sent to the group of the tests.
        start_new_session=True,
        env=environment,
    )
    os.environ[VARIABLE] = tempfile.tempdir = str(place)
    # Registered before anything that the tests register, so that it is done after that.
    atexit.register(_finish, guard)
    return place


def _finish(guard: subprocess.Popen[bytes]) -> None:
    assert guard.stdin is not None
    guard.stdin.close()
    guard.wait()


def processes(place: Path) -> Iterator[int]:
    """The processes that were started with this directory, or one in it, for temporary files."""
    wanted = f"{VARIABLE}={place}"
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            variables = (process / "environ").read_bytes().decode(errors="replace").split("\0")
            if any(each == wanted or each.startswith(f"{wanted}/") for each in variables):
                yield int(process.name)


def _guard(place: Path, watched: int) -> None:
    while os.getppid() == watched:
        if select.select([sys.stdin], [], [], 1)[0]:
            break
    for kind in (signal.SIGTERM, signal.SIGKILL):
        asked: set[int] = set()
        for _ in range(ROUNDS):
            found = set(processes(place))
            if not found:
                break
            for process in found - asked:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(process, kind)
            asked |= found
            time.sleep(0.1)
    shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    _guard(Path(sys.argv[1]), int(sys.argv[2]))
