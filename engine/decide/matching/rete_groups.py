"""Rows of rule sets in groups that stay within the limits of durable_rules. Pure; durable_rules is not needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

Conjunction = tuple[int, ...]
"""The conditions of a row, by number."""


class RuleSetTooLargeError(ValueError):
    """A row that no splitting makes small enough. `row` is its index over all strata."""

    def __init__(self, row: int, reason: str) -> None:
        self.row = row
        self.reason = reason
        super().__init__(f"row {row}: {reason}")


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a group may grow. The defaults stay below the limits measured in durable_rules 2.0.28.

    `leaves` bounds the children of a node (511 and more hang the native code) and the nodes waiting to be visited (more
    than 64: code 303). Of two waiting nodes none is above the other, so they are no more than the leaves of the tree,
    which has one leaf more than counted here: the row that always holds. `conditions` bounds the properties of a fact
    (254), `rows` the patterns below one node (256).
    """

    leaves: int = 63
    conditions: int = 240
    rows: int = 200


LIMITS = Limits()


def split(rows: Sequence[Conjunction], first: int, limits: Limits) -> list[dict[int, Conjunction]]:
    """The rows by index, in parts that keep within the limits.

    A row is a path in the tree of tests, its commonest condition first. Paths are taken in order, so a row adds a leaf
    unless it is the row before it, or goes on from there.
    """
    paths = _paths(rows, first)
    parts: list[dict[int, Conjunction]] = []
    leaves = 0
    conditions: set[int] = set()
    before: Conjunction = ()
    for index, path in sorted(paths.items(), key=lambda item: (item[1], item[0])):
        if len(path) > limits.conditions:
            raise RuleSetTooLargeError(index, f"{len(path)} conditions in one row, more than {limits.conditions}")
        leaves += path[: len(before)] != before or not before
        conditions.update(path)
        full = leaves > limits.leaves or len(conditions) > limits.conditions
        if not parts or full or len(parts[-1]) == limits.rows:
            parts.append({})
            leaves, conditions = 1, set(path)
        parts[-1][index] = before = path
    return parts


def _paths(rows: Sequence[Conjunction], first: int) -> dict[int, Conjunction]:
    """Each row's conditions once, by row index, the commonest in all rows first."""
    read = Counter(condition for row in rows for condition in set(row))
    place = {condition: i for i, condition in enumerate(sorted(read, key=lambda c: (-read[c], c)))}
    return {first + i: tuple(sorted(set(row), key=place.__getitem__)) for i, row in enumerate(rows)}
