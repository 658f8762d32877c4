"""Measuring: rounds that take turns, so that what disturbs one side disturbs the other."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

Work = Callable[[], object]
ROUNDS = 9
ROUND_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Timing:
    """Nanoseconds of one call: on the clock, and of CPU in all threads, which other programs hardly change."""

    wall: float
    cpu: float


def per_call(works: Mapping[str, Work], rounds: int = ROUNDS) -> dict[str, Timing]:
    """One call of each work: the medians of rounds, the works taking turns in every round.

    The garbage collector runs as in production; what a work left behind is collected before the next one's turn.
    """
    repeats = {name: _repeats(work) for name, work in works.items()}
    found: dict[str, list[Timing]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            gc.collect()
            found[name].append(_round(work, repeats[name]))
    return {name: Timing(median(t.wall for t in times), median(t.cpu for t in times)) for name, times in found.items()}


def each(works: Sequence[Work]) -> list[int]:
    """Nanoseconds of every single work, once, with the garbage collector as in production."""
    found = []
    for work in works:
        start = time.perf_counter_ns()
        work()
        found.append(time.perf_counter_ns() - start)
    return found


def percentile(times: Sequence[int], share: float) -> float:
    """The time that `share` of the times do not pass."""
    ordered = sorted(times)
    return float(ordered[min(len(ordered) - 1, int(len(ordered) * share))])


def shown(nanoseconds: float) -> str:
    """A time with a unit and three digits."""
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.3g} {unit}"
    return f"{nanoseconds:.0f} ns"


def ratio(theirs: Timing, ours: Timing) -> str:
    """How many times the CPU time of ours theirs takes."""
    return f"{theirs.cpu / ours.cpu:.1f}"


def _round(work: Work, repeats: int) -> Timing:
    start, cpu = time.perf_counter_ns(), time.process_time_ns()
    for _ in range(repeats):
        work()
    return Timing((time.perf_counter_ns() - start) / repeats, (time.process_time_ns() - cpu) / repeats)


def _repeats(work: Work) -> int:
    work()
    once = max(_round(work, 10).wall, 1.0)
    return max(1, int(ROUND_SECONDS * 1e9 / once))
