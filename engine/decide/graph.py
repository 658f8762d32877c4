"""Order and cycles among things that wait for each other."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping
from heapq import heappop, heappush
from typing import TypeVar

T = TypeVar("T", str, int)


def ordered(waits_for: Mapping[T, Collection[T]]) -> tuple[T, ...]:
    """Each after those that it waits for, otherwise in the order given; without those on or behind a cycle.

    What is not among the keys is not waited for.
    """
    rank = {name: index for index, name in enumerate(waits_for)}
    open_count = {name: sum(other in rank for other in set(others)) for name, others in waits_for.items()}
    behind: dict[T, list[T]] = {name: [] for name in waits_for}
    for name, others in waits_for.items():
        for other in set(others) & rank.keys():
            behind[other].append(name)
    ready = [(rank[name], name) for name, count in open_count.items() if not count]
    result: list[T] = []
    while ready:
        _, name = heappop(ready)
        result.append(name)
        for waiting in behind[name]:
            open_count[waiting] -= 1
            if not open_count[waiting]:
                heappush(ready, (rank[waiting], waiting))
    return tuple(result)


def cycles(waits_for: Mapping[T, Collection[T]]) -> tuple[tuple[T, ...], ...]:
    """Cycles, each beginning with its first member in the order given; every member of a cycle is in one of them or
    touches one. In a cycle each waits for the next and the last for the first.
    """
    left = waits_for.keys() - set(ordered(waits_for))
    found: list[tuple[T, ...]] = []
    seen: set[T] = set()
    for name in waits_for:
        if name in left and name not in seen:
            cycle = _shortest(name, waits_for, left)
            if cycle and seen.isdisjoint(cycle):
                found.append(cycle)
            seen.update(cycle)
    return tuple(found)


def _shortest(start: T, waits_for: Mapping[T, Collection[T]], among: Collection[T]) -> tuple[T, ...]:
    """The shortest way from `start` back to it, empty when there is none."""
    came_from: dict[T, T] = {}
    queue = deque([start])
    while queue:
        name = queue.popleft()
        for other in waits_for[name]:
            if other == start:
                path = [name]
                while path[-1] != start:
                    path.append(came_from[path[-1]])
                return tuple(reversed(path))
            if other in among and other not in came_from:
                came_from[other] = name
                queue.append(other)
    return ()
