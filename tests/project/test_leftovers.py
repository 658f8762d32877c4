"""However a run of the tests ends, no process and no folder of it is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.leftovers import processes
from tests.project.sources import ROOT

CONFTEST = "from tests.leftovers import watch\n\ndef pytest_configure():\n    watch()\n"
TESTS = '''
import os, subprocess, sys, tempfile, time
from pathlib import Path

import pytest

IGNORES = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"

def leave(session=False, words="import time; time.sleep(600)"):
    made = Path(tempfile.mkdtemp())
    (made / "file").write_text("x")
    subprocess.Popen([sys.executable, "-c", words], cwd=made, start_new_session=session)

@pytest.mark.parametrize("one", range(2))
def test_that_leaves_things(one, tmp_path):
    """A process in the group of the tests, one outside of it, one that will not end, folders, and it goes on."""
    (tmp_path / "file").write_text("x")
    leave()
    leave(session=True)
    leave(session=True, words=IGNORES)
    Path(os.environ["READY"], f"{os.getpid()}").write_text("")
    if os.environ["ENDS"] == "no":
        time.sleep(600)
'''


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory for temporary files that should be empty again."""
    made = Path(tempfile.mkdtemp())
    yield made
    for process in processes(made):
        os.kill(process, signal.SIGKILL)


def run(place: Path, folder: Path, *options: str, ends: bool = False) -> subprocess.Popen[bytes]:
    """Starts a run of these tests; returns when they are at it."""
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_it.py").write_text(TESTS)
    ready = folder / "ready"
    ready.mkdir()
    told = {"TMPDIR": str(place), "PYTHONPATH": str(ROOT), "READY": str(ready), "ENDS": "yes" if ends else "no"}
    environment = {**os.environ, **told, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, str(folder)]
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    while not list(ready.iterdir()):
        assert process.poll() is None
        time.sleep(0.05)
    return process


def worker(folder: Path) -> int:
    """The process that runs a test."""
    return int(next((folder / "ready").iterdir()).name)


def assert_nothing_left(place: Path) -> None:
    """Returns once the directory is empty and no process has it; fails when that does not come to be."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        left = [list(place.iterdir()), list(processes(place))]
        if left == [[], []]:
            return
        time.sleep(0.1)
    pytest.fail(f"left: {left}")


PARALLEL = ("-p", "xdist", "-n", "2")


def test_a_run_that_ends(place: Path, tmp_path: Path) -> None:
    """It waits until nothing is left."""
    run(place, tmp_path, *PARALLEL, ends=True).communicate()
    assert [*place.iterdir()] == []
    assert [*processes(place)] == []


@pytest.mark.parametrize(
    ("end", "kind", "options"),
    [
        (os.killpg, signal.SIGINT, PARALLEL),
        (os.kill, signal.SIGINT, PARALLEL),
        (os.kill, signal.SIGKILL, PARALLEL),
        (os.kill, signal.SIGTERM, ()),
    ],
)
def test_a_run_that_is_ended(
    place: Path,
    tmp_path: Path,
    end: Callable[[int, int], None],
    kind: signal.Signals,
    options: tuple[str, ...],
) -> None:
    """By Ctrl+C, by its limit (an interrupt of the one process) or by a kill, which nothing can answer."""
    process = run(place, tmp_path, *options)
    end(process.pid, kind)
    process.communicate()
    assert_nothing_left(place)


def test_a_worker_that_is_killed(place: Path, tmp_path: Path) -> None:
    """What it had started goes with it, though the run goes on."""
    process = run(place, tmp_path, *PARALLEL)
    os.kill(worker(tmp_path), signal.SIGKILL)
    os.kill(process.pid, signal.SIGINT)
    process.communicate()
    assert_nothing_left(place)


def test_a_limit_says_how_to_raise_it(tmp_path: Path) -> None:
    """When it stops a command, and only then; the exit code of the command is passed on."""
    limited = ["sh", str(ROOT / "scripts" / "limited.sh")]
    command = [*limited, "1", "make it", "LIMIT", "sleep", "600"]
    stopped = subprocess.run(command, capture_output=True, text=True, check=False)
    assert stopped.returncode == 124
    assert stopped.stderr == "greenlane: stopped after 1 s; `make it LIMIT=2` gives it longer\n"
    command = [*limited, "60", "make it", "LIMIT", "sh", "-c", "exit 3"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (3, "")
