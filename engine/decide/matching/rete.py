"""Forward chaining by durable_rules: the only module that imports it, fenced against what is known to go wrong in it.

A network is rows in strata; a row is a conjunction of conditions, which are plain numbers. The caller says which
conditions are present, durable_rules finds the rows whose conditions all are: every fired row comes from its agenda.

- One fact per stratum and group of rows carries the conditions, so a row is one pattern and never a join. Chaining
  goes by strata: the rows fired so far decide the conditions of the next. A fact is retracted when its rows are read.
- Rows are put in groups, each a native rule set of its own, so small that no facts can make it reach a native limit.
- Nothing of the caller's reaches C: conditions and rows are renumbered within their group, and a message is made of
  fragments written when the network is built.
- A session (native rule sets with one fact memory each) serves one evaluation at a time, whichever thread runs it.

docs/durable-rules.md tells every hazard, its fence and its test.
"""

from __future__ import annotations

import json
import weakref
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import durable_rules_engine as native  # type: ignore[import-not-found, unused-ignore]

Row = tuple[int, ...]
CodesOf = Callable[[int, tuple[int, ...]], Mapping[int, int]]

UNDETERMINED = 1
TRUE = 2

_SID = "1"
_ALWAYS = -1
_ALWAYS_NAME = "end"
_RETRACTION = f'{{"id":"f","sid":"{_SID}"}}'


class RuleSetTooLarge(ValueError):
    """A row that no splitting makes small enough. `row` is its index over all strata."""

    def __init__(self, row: int, reason: str) -> None:
        self.row = row
        self.reason = reason
        super().__init__(f"row {row}: {reason}")


class MatchingFailed(RuntimeError):
    """durable_rules refused what it was given or lost a row: the evaluation has no result."""


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


class Network:
    """A set of rows, built once and then run any number of times, from any thread, before and after a fork.

    `strata` holds the rows by stratum; the empty row always fires. A row is known by its index over all strata.
    Raises `RuleSetTooLarge` for a row that is too large by itself.
    """

    def __init__(self, strata: Sequence[Sequence[Row]], limits: Limits = LIMITS) -> None:
        self._strata = _grouped(strata, limits)
        self._groups = tuple(group for groups in self._strata for group in groups)
        self._idle = [_Session(self._groups)]

    @property
    def groups(self) -> int:
        """How many native rule sets the rows were put in."""
        return len(self._groups)

    def run(self, codes_of: CodesOf) -> tuple[tuple[int, ...], ...]:
        """The rows that fire, by stratum, ascending.

        `codes_of(stratum, fired)` gives the codes of the conditions that are present, `TRUE` or `UNDETERMINED`; those
        read by no row of the stratum are passed over. `fired` are the rows fired in earlier strata. It may run this
        network again. Both codes make a row fire: what an undetermined condition does to a row is the caller's say.
        Raises `ValueError` for any other code and `MatchingFailed` when durable_rules fails.
        """
        fired: tuple[int, ...] = ()
        result: list[tuple[int, ...]] = []
        for stratum, groups in enumerate(self._strata):
            rows: tuple[int, ...] = ()
            if groups:
                rows = self._fire(groups, codes_of(stratum, fired))
            result.append(rows)
            fired += rows
        return tuple(result)

    def _fire(self, groups: tuple[_Group, ...], codes: Mapping[int, int]) -> tuple[int, ...]:
        messages = [group.message(codes) for group in groups]
        try:
            session = self._idle.pop()
        except IndexError:
            session = _Session(self._groups)
        fired: list[int] = []
        for group, message in zip(groups, messages, strict=True):
            session.fire(group, message, fired)
        # Given back only by an evaluation that went well: after a fault the session is closed with its last reference.
        self._idle.append(session)
        fired.sort()
        return tuple(fired)


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    """Rows of one stratum that make one native rule set.

    `definition` is that rule set, `rows` gives the row index by native name, `fragments` the text of a message by
    condition and code.
    """

    index: int
    definition: str
    rows: Mapping[str, int]
    fragments: Mapping[int, Mapping[int, str]]

    def message(self, codes: Mapping[int, int]) -> str:
        known = self.fragments
        try:
            present = [known[condition][code] for condition, code in codes.items() if condition in known]
        except KeyError as unknown:
            raise ValueError(f"code {unknown} of a condition is neither {TRUE} nor {UNDETERMINED}") from None
        return f'{{"id":"f","sid":"{_SID}","z":0{"".join(present)}}}'


class _Session:
    """Native rule sets, one for each group, each with one fact memory, for one evaluation at a time."""

    __slots__ = ("__weakref__", "_handles")

    def __init__(self, groups: Sequence[_Group]) -> None:
        self._handles: list[int] = []
        # Not `__del__`: at the end of the process the native module may be gone before the last session.
        weakref.finalize(self, _close, self._handles)
        for group in groups:
            handle = _create(group)
            # INVARIANT: an action has been started in a fact memory before the memory can be deleted, for the native
            # code frees pointers that only the start of an action sets.
            _fire(handle, group, group.message({}), [])
            self._handles.append(handle)

    def fire(self, group: _Group, message: str, fired: list[int]) -> None:
        """Adds the rows of the group that hold to `fired`."""
        _fire(self._handles[group.index], group, message, fired)


def _close(handles: Sequence[int]) -> None:
    for handle in handles:
        native.delete_state(handle, _SID)
        native.delete_ruleset(handle)


def _fire(handle: int, group: _Group, message: str, fired: list[int]) -> None:
    """Adds the rows that hold to `fired`, in no promised order; leaves no fact behind."""
    rows = group.rows
    row = 0
    try:
        code, state = native.assert_fact(handle, message)
        if code:
            raise MatchingFailed(f"a fact was answered with code {code}")
        started = native.start_action_for_state(handle, state)
        text = started and started[1]
        while text is not None:
            row = rows[text[2:5]]
            fired.append(row)
            text = native.complete_and_start_action(handle, state)
        native.retract_fact(handle, _RETRACTION)
    except (native.error, LookupError) as fault:
        raise MatchingFailed(f"durable_rules failed: {fault}") from fault
    if row != _ALWAYS:
        raise MatchingFailed("the row that always holds did not fire last")
    fired.pop()


def _create(group: _Group) -> int:
    try:
        handle: int = native.create_ruleset(f"g{group.index}", group.definition)
    except native.error as fault:
        raise MatchingFailed(f"durable_rules refused a rule set: {fault}") from fault
    return handle


def _grouped(strata: Sequence[Sequence[Row]], limits: Limits) -> list[tuple[_Group, ...]]:
    """The groups of each stratum, numbered over all strata."""
    result: list[tuple[_Group, ...]] = []
    first = count = 0
    for rows in strata:
        parts = _split(rows, first, limits)
        result.append(tuple(_group(count + i, part) for i, part in enumerate(parts)))
        first += len(rows)
        count += len(parts)
    return result


def _split(rows: Sequence[Row], first: int, limits: Limits) -> list[dict[int, Row]]:
    """The rows by index, in parts that keep within the limits.

    A row is a path in the tree of tests, its commonest condition first. Paths are taken in order, so a row adds a leaf
    unless it is the row before it, or goes on from there.
    """
    paths = _paths(rows, first)
    parts: list[dict[int, Row]] = []
    leaves = 0
    conditions: set[int] = set()
    before: Row = ()
    for index, path in sorted(paths.items(), key=lambda item: (item[1], item[0])):
        if len(path) > limits.conditions:
            raise RuleSetTooLarge(index, f"{len(path)} conditions in one row, more than {limits.conditions}")
        leaves += path[: len(before)] != before or not before
        conditions.update(path)
        full = leaves > limits.leaves or len(conditions) > limits.conditions
        if not parts or full or len(parts[-1]) == limits.rows:
            parts.append({})
            leaves, conditions = 1, set(path)
        parts[-1][index] = before = path
    return parts


def _paths(rows: Sequence[Row], first: int) -> dict[int, Row]:
    """Each row's conditions once, by row index, the commonest in all rows first."""
    read = Counter(condition for row in rows for condition in set(row))
    place = {condition: i for i, condition in enumerate(sorted(read, key=lambda c: (-read[c], c)))}
    return {first + i: tuple(sorted(set(row), key=place.__getitem__)) for i, row in enumerate(rows)}


def _group(index: int, rows: Mapping[int, Row]) -> _Group:
    conditions = sorted({condition for row in rows.values() for condition in row})
    local = {condition: f"c{i}" for i, condition in enumerate(conditions)}
    names = {f"{i:03}": row for i, row in enumerate(rows)}
    definition = {
        name: _pattern([{"$gte": {local[condition]: UNDETERMINED}} for condition in rows[row]])
        for name, row in names.items()
    }
    definition[_ALWAYS_NAME] = _pattern([])
    return _Group(
        index=index,
        definition=json.dumps(definition),
        rows={**names, _ALWAYS_NAME: _ALWAYS},
        fragments={
            condition: {code: f',"{name}":{code}' for code in (UNDETERMINED, TRUE)} for condition, name in local.items()
        },
    )


def _pattern(tests: list[object]) -> dict[str, object]:
    """A native rule of one pattern. Without tests it holds for every message, not for the session's own state."""
    return {"all": [{"m": {"$and": tests} if tests else {"z": 0}}]}
