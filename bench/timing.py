"""Measuring in CPU time: sides that are compared take turns, so that what disturbs one disturbs the other."""

from __future__ import annotations

import gc
import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

Work = Callable[[], object]
Block = Callable[[int], float]
"""One side: makes so many calls and gives the nanoseconds of CPU of one of them."""
ROUNDS = 9
BLOCK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Timing:
    """Nanoseconds of CPU of one call in each round, in all threads of the process."""

    rounds: tuple[float, ...]

    @property
    def cpu(self) -> float:
        """The median."""
        return median(self.rounds)


def per_call(blocks: Mapping[str, Block], turn: int, rounds: int = ROUNDS) -> dict[str, Timing]:
    """One call of each side: a block of each in every round, in one order and in the next round in the other.

    A block is a number of whole turns of `turn` calls, as many as a tenth of a second lets and at least one: each goes
    through every input as often as any other. A block before the first round warms and is not counted.
    """
    calls = {name: _calls(block, turn) for name, block in blocks.items()}
    for name, block in blocks.items():
        block(calls[name])
    found: dict[str, list[float]] = {name: [] for name in blocks}
    for number in range(rounds):
        for name in list(blocks) if number % 2 == 0 else reversed(list(blocks)):
            found[name].append(blocks[name](calls[name]))
    return {name: Timing(tuple(each)) for name, each in found.items()}


def ratio(theirs: Timing, ours: Timing) -> float:
    """How many times the CPU time of ours theirs takes: the median of the ratios of the rounds."""
    return median(t / o for t, o in zip(theirs.rounds, ours.rounds, strict=True))


def in_process(work: Work) -> Block:
    """The work as a side: what others left behind is collected before each block, which then collects as it would."""

    def block(calls: int) -> float:
        gc.collect()
        start = time.process_time_ns()
        for _ in range(calls):
            work()
        return (time.process_time_ns() - start) / calls

    return block


def turning(call: Callable[[Any], object], inputs: Sequence[Any]) -> Block:
    """A side in this process whose calls take the inputs in turn."""
    following = itertools.cycle(inputs).__next__
    return in_process(lambda: call(following()))


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
    """A ratio with two digits after the point, none from ten on, or its first two when it is small."""
    if ratio < 0.095:
        return f"{ratio:.2g}"
    return f"{ratio:.2f}" if ratio < 9.995 else f"{ratio:,.0f}"


def _calls(block: Block, turn: int) -> int:
    once = min(block(turn), block(turn))
    return turn * max(1, int(BLOCK_SECONDS * 1e9 / (once * turn)))
