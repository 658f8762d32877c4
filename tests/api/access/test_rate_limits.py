"""Allowances: what a caller may use in a minute, whatever process it meets."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.api.access.rate_limits import PROBES, SLOTS, Buckets, Quota
from tests.api.conftest import Seconds

ROOT = Path(__file__).parents[3]


@pytest.fixture
def buckets(seconds: Seconds) -> Buckets:
    """Allowances of one process."""
    return Buckets(None, seconds)


def test_the_whole_allowance_at_once(buckets: Buckets) -> None:
    """It counts down, and says when it will be whole again; then the caller waits."""
    assert buckets.take("a", 3) == Quota(True, 3, 2, 20, 0)
    assert buckets.take("a", 3) == Quota(True, 3, 1, 40, 0)
    assert buckets.take("a", 3) == Quota(True, 3, 0, 60, 0)
    assert buckets.take("a", 3) == Quota(False, 3, 0, 60, 20)


def test_it_comes_back_evenly(buckets: Buckets, seconds: Seconds) -> None:
    """After the seconds told one more request is answered, and no second one; refused ones cost nothing."""
    for _ in range(3):
        buckets.take("a", 3)
    seconds.now += 19.5
    refused = [buckets.take("a", 3) for _ in range(10)]
    assert {(q.allowed, q.retry_after) for q in refused} == {(False, 1)}
    seconds.now += 0.5
    assert [buckets.take("a", 3).allowed for _ in range(2)] == [True, False]
    seconds.now += 3600
    assert [buckets.take("a", 3).allowed for _ in range(4)] == [True, True, True, False]


def test_each_has_its_own(buckets: Buckets) -> None:
    """What one uses the other does not miss."""
    assert [buckets.take(name, 1).allowed for name in "abab"] == [True, True, False, False]


@given(
    st.sampled_from([15, 30, 60, 120, 240]),
    st.lists(st.tuples(st.integers(0, 400), st.integers(1, 60)), max_size=40),
)
def test_as_a_token_bucket(limit: int, calls: list[tuple[int, int]]) -> None:
    """It allows exactly what a bucket of tokens allows that is full at first and fills evenly."""
    seconds, tokens = Seconds(), Fraction(limit)
    buckets = Buckets(None, seconds)
    for sixteenths, times in calls:
        seconds.now += sixteenths / 16
        tokens = min(Fraction(limit), tokens + Fraction(sixteenths * limit, 16 * 60))
        for _ in range(times):
            found = buckets.take("a", limit)
            assert found.allowed is (tokens >= 1)
            tokens -= found.allowed
            assert found.remaining == int(tokens)


def test_more_callers_than_places(buckets: Buckets, seconds: Seconds) -> None:
    """Nobody gets more than its allowance for there being many; idle ones give their places away."""
    for number in range(SLOTS * 2):
        buckets.take(f"caller {number}", 1)
    fresh = [buckets.take(f"fresh {number}", 1).allowed for number in range(1000)]
    assert not all(fresh)
    seconds.now += 60
    assert all(buckets.take(f"fresh {number}", 1).allowed for number in range(1000))
    assert not any(buckets.take(f"fresh {number}", 1).allowed for number in range(1000))
    assert SLOTS > PROBES


TAKES = """
import sys
from pathlib import Path
from greenlane.api.access.rate_limits import Buckets
buckets = Buckets(Path(sys.argv[1]), lambda: 1000.0)
sys.stdin.readline()
print(sum(buckets.take("a", 100).allowed for _ in range(90)))
"""

HOLDS = """
import os, sys
from pathlib import Path
from greenlane.api.access.rate_limits import Buckets
with Buckets(Path(sys.argv[1]), lambda: 1000.0)._turn():
    print("held", flush=True)
    sys.stdin.readline()
"""


def process(program: str, path: Path) -> subprocess.Popen[str]:
    """A process with the allowances at `path`."""
    return subprocess.Popen(
        [sys.executable, "-c", program, str(path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_processes_share(tmp_path: Path) -> None:
    """Four that call at the same moment get together what one would get."""
    running = [process(TAKES, tmp_path / "limits") for _ in range(4)]
    for each in running:
        assert each.stdin is not None
        each.stdin.write("\n")
        each.stdin.flush()
    assert sum(int(each.communicate(timeout=60)[0]) for each in running) == 100


def test_a_process_that_dies_does_not_stop_the_others(tmp_path: Path) -> None:
    """Killed in the middle of taking, its lock is free."""
    holder = process(HOLDS, tmp_path / "limits")
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    holder.send_signal(signal.SIGKILL)
    holder.communicate(timeout=60)
    assert Buckets(tmp_path / "limits", time.monotonic).take("a", 1).allowed


def test_the_file_is_the_owners_own(tmp_path: Path) -> None:
    """Nobody else on the machine reads or writes it."""
    Buckets(tmp_path / "limits", time.monotonic)
    assert (tmp_path / "limits").stat().st_mode & 0o777 == 0o600
