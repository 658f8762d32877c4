"""How long rule sets of several sizes take on durable_rules: `python -m bench.rete` prints a table."""

from __future__ import annotations

import random
import sys
import time

from greenlane.engine.decide.matching import TRUE
from greenlane.engine.decide.matching.rete import Network

SIZES = (20, 70, 145, 500, 2000)
APPLICATIONS = 300
ROUNDS = 7
PRESENT = 0.15


def line(size: int) -> str:
    """One line of the table: rows, fired rows, time of one run and of building."""
    rand = random.Random(1)
    conditions = range(size * 3 // 2)
    rows = [tuple(rand.sample(conditions, rand.choice([1, 1, 2, 2, 2, 3]))) for _ in range(size)]
    applications = [{c: TRUE for c in conditions if rand.random() < PRESENT} for _ in range(APPLICATIONS)]
    start = time.perf_counter()
    network = Network([rows])
    building = time.perf_counter() - start
    fired = sum(len(network.run(lambda *_, told=codes: told)[0]) for codes in applications) / APPLICATIONS
    best = min(_round(network, applications) for _ in range(ROUNDS))
    return f"| {size} | {network.groups} | {fired:.1f} | {best * 1e6:.1f} µs | {building * 1e3:.1f} ms |"


def _round(network: Network, applications: list[dict[int, int]]) -> float:
    start = time.perf_counter()
    for codes in applications:
        network.run(lambda *_, told=codes: told)
    return (time.perf_counter() - start) / APPLICATIONS


if __name__ == "__main__":
    for size in SIZES:
        sys.stdout.write(line(size) + "\n")
