"""Measuring: rounds that take turns, so that what disturbs one side disturbs the other."""

from __future__ import annotations

import gc
import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

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

    The garbage collector runs as in production; what a work left behind is collected before the next one's turn. A work
    that takes longer than a round is done once in each.
    """
    repeats = {name: _repeats(work) for name, work in works.items()}
    found: dict[str, list[Timing]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            gc.collect()
            found[name].append(_round(work, repeats[name]))
    return {name: Timing(median(t.wall for t in times), median(t.cpu for t in times)) for name, times in found.items()}


def each(works: Sequence[Work]) -> list[int]:
    """Nanoseconds of CPU of every single work, once, with the garbage collector as in production."""
    gc.collect()
    found = []
    for work in works:
        start = time.process_time_ns()
        work()
        found.append(time.process_time_ns() - start)
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


def times(ratio: float) -> str:
    """A ratio with two digits after the point, or none from ten on."""
    return f"{ratio:.2f}" if ratio < 9.995 else f"{ratio:,.0f}"


def ratio(theirs: Timing, ours: Timing) -> float:
    """How many times the CPU time of ours theirs takes."""
    return theirs.cpu / ours.cpu


def turning(call: Callable[[Any], object], inputs: Sequence[Any]) -> Work:
    """A work that takes the next input each time."""
    following = itertools.cycle(inputs).__next__
    return lambda: call(following())


def _round(work: Work, repeats: int) -> Timing:
    start, cpu = time.perf_counter_ns(), time.process_time_ns()
    for _ in range(repeats):
        work()
    return Timing((time.perf_counter_ns() - start) / repeats, (time.process_time_ns() - cpu) / repeats)


def _repeats(work: Work) -> int:
    once = _round(work, 1).wall
    if once > ROUND_SECONDS * 1e9:
        return 1
    once = max(_round(work, 10).wall, 1.0)
    return max(1, int(ROUND_SECONDS * 1e9 / once))
