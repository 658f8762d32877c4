"""The plan of a ruleset: what each decision reads, and the order that follows from it. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TypeVar

from greenlane.engine.feel import names_read
from greenlane.engine.rules.ruleset import Decision, Ruleset
from greenlane.engine.rules.table import Cell, Row, Table

T = TypeVar("T", str, int)


@dataclass(frozen=True, slots=True)
class Plan:
    """`reads`: by decision, the facts, decisions, asserted facts and reference tables it reads; neither its parameters
    nor what it asserts itself. `order`: the decisions, each after those it reads, otherwise in file order; those on or
    behind a cycle at the end. `asserted`: by asserted fact, the rule set that asserts it.
    """

    reads: Mapping[str, tuple[str, ...]]
    order: tuple[str, ...]
    asserted: Mapping[str, str]

    def needs(self, decision: str) -> tuple[str, ...]:
        """The decisions that a decision reads, directly or by a fact that they assert."""
        return _decisions(self.reads[decision], self.reads, self.asserted)


def plan_of(ruleset: Ruleset) -> Plan:
    """The plan of a ruleset; also of one with cycles."""
    asserted = asserted_facts(ruleset)
    reads = {name: decision_reads(decision) for name, decision in ruleset.decisions.items()}
    order = topological_order({name: _decisions(names, reads, asserted) for name, names in reads.items()})
    behind = tuple(name for name in reads if name not in set(order))
    return Plan(reads, order + behind, asserted)


def decision_cycles(ruleset: Ruleset) -> tuple[tuple[str, ...], ...]:
    """Decisions that wait for each other: each reads the next, the last reads the first. A decision may read itself."""
    plan = plan_of(ruleset)
    return cycles({name: plan.needs(name) for name in plan.reads})


def row_cycles(ruleset: Ruleset) -> tuple[tuple[Row, ...], ...]:
    """Rows of a rule set each of which reads a fact that the next asserts, and the last one that the first asserts."""
    tables = [decision.logic for decision in ruleset.decisions.values() if isinstance(decision.logic, Table)]
    return tuple(
        tuple(table.rows[index] for index in cycle)
        for table in tables
        if table.asserted
        for cycle in cycles(_awaited(table))
    )


def strata_of(table: Table) -> tuple[int, ...]:
    """The rows of an asserting rule set as masks, in the order in which they can run.

    A row runs after all other rows that assert a fact it reads. Rows on or behind a cycle run last, together.
    """
    awaited = _awaited(table)
    level: dict[int, int] = {}
    for row in topological_order(awaited):
        level[row] = max((level[other] + 1 for other in awaited[row]), default=0)
    last = max(level.values(), default=-1) + 1
    masks = [0] * (last + 1)
    for row in range(len(table.rows)):
        masks[level.get(row, last)] |= 1 << row
    return tuple(mask for mask in masks if mask)


def asserted_facts(ruleset: Ruleset) -> dict[str, str]:
    """The names that rule sets assert for all to read, with the rule set. A function asserts for its caller alone."""
    return {
        fact: decision.name
        for decision in ruleset.decisions.values()
        if isinstance(decision.logic, Table) and not decision.parameters
        for fact in decision.logic.asserted
    }


def decision_reads(decision: Decision) -> tuple[str, ...]:
    """The names that a decision reads, in order of first appearance."""
    logic = decision.logic
    own = {parameter.name for parameter in decision.parameters}
    if isinstance(logic, Cell):
        names = names_read(logic.node)
    else:
        own.update(logic.asserted)
        names = tuple(_table_reads(logic))
    return tuple(name for name in dict.fromkeys(names) if name not in own)


def row_reads(table: Table, row: Row) -> tuple[str, ...]:
    """The names that the conditions and the values of a row read, in order of first appearance."""
    return tuple(dict.fromkeys(_row_reads(table, row)))


def _table_reads(table: Table) -> Iterator[str]:
    for row in table.rows:
        yield from _row_reads(table, row)
    for cells in (table.referral or {}, table.default):
        for cell in cells.values():
            yield from names_read(cell.node)


def _row_reads(table: Table, row: Row) -> Iterator[str]:
    guard = table.sections[row.section].guard
    if guard is not None:
        yield from names_read(guard.node)
    for test in row.tests:
        yield test.fact
        yield from names_read(test.cell.node)
    for cell in (row.when, *row.outputs, *row.asserts.values()):
        if cell is not None:
            yield from names_read(cell.node)


def _awaited(table: Table) -> dict[int, tuple[int, ...]]:
    asserting: dict[str, list[int]] = {fact: [] for fact in table.asserted}
    for index, row in enumerate(table.rows):
        for fact in row.asserts:
            asserting.setdefault(fact, []).append(index)
    return {
        index: tuple(dict.fromkeys(o for name in row_reads(table, row) for o in asserting.get(name, ()) if o != index))
        for index, row in enumerate(table.rows)
    }


def _decisions(names: tuple[str, ...], decisions: Mapping[str, object], asserted: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(d for d in (asserted.get(name, name) for name in names) if d in decisions))


def topological_order(waits_for: Mapping[T, Collection[T]]) -> tuple[T, ...]:
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
    left = waits_for.keys() - set(topological_order(waits_for))
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
