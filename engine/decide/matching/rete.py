"""Rows of rule sets found by forward chaining: alone imports durable_rules, fenced. No network, no files.

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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import durable_rules_engine as native  # type: ignore[import-not-found, unused-ignore]

from greenlane.engine.decide.matching.conditions import (
    TRUE,
    UNDETERMINED,
    Condition,
    Conditions,
    MatchedRows,
    code_of,
)
from greenlane.engine.decide.matching.index import IndexedColumn, columns_of, residuals_of
from greenlane.engine.decide.matching.rete_groups import LIMITS, Conjunction, Limits, split
from greenlane.engine.feel.scope import Scope

Codes = dict[int, int]
"""The conditions that are `TRUE` or `UNDETERMINED`, by number."""

CodesOf = Callable[[int, tuple[int, ...]], Mapping[int, int]]
_Evaluated = tuple[tuple[IndexedColumn, ...], tuple[tuple[int, Condition], ...]]

_MOST_KEPT = 1000

_SID = "1"
_ALWAYS = -1
_ALWAYS_NAME = "end"
_RETRACTION = f'{{"id":"f","sid":"{_SID}"}}'


class _SharedCodes(NamedTuple):
    """The codes of the conditions of invariant names, and the values of the counted ones of them so far."""

    codes: Codes
    values: dict[int, Any]


class ReteMatcher:
    """Finds rows by a network; what conditions say is told by the index.

    Raises `RuleSetTooLargeError` for a row that is too large for it.
    """

    def __init__(self, conditions: Conditions) -> None:
        self.conditions = conditions
        self._members = [row for row in range(len(conditions.rows)) if conditions.members >> row & 1]
        self._network = Network([[conditions.row_conditions(row) for row in self._members]])
        varying = conditions.varying
        columns, residuals = columns_of(conditions), tuple(residuals_of(conditions))
        self._invariant: _Evaluated = (
            tuple(c for c in columns if varying and c.name not in varying),
            tuple((i, c) for i, c in residuals if conditions.is_invariant(c) and not c.counted),
        )
        self._varying: _Evaluated = (
            tuple(c for c in columns if not varying or c.name in varying),
            tuple((i, c) for i, c in residuals if not conditions.is_invariant(c) and not c.counted),
        )
        self._rows_by_condition = conditions.rows_by_condition()
        self._varying_conditions = tuple(
            i for i, c in enumerate(conditions.conditions) if not varying.isdisjoint(c.reads)
        )
        self._open_conditions: dict[int, tuple[int, ...]] = {}

    def share(self, scope: Scope) -> _SharedCodes:
        """The codes of the conditions of invariant names."""
        return _SharedCodes(_codes({}, self._invariant, scope), {})

    def match(self, scope: Scope, in_force: int, explain: bool = False, shared: object = None) -> MatchedRows:
        """The rows that hold or are undetermined."""
        before = shared if type(shared) is _SharedCodes else None
        known = self.conditions.counted(scope, before.values if before is not None else None)
        codes = _codes((before or self.share(scope)).codes, self._varying, scope)
        if known:
            codes.update((index, code) for index, value in known.items() if (code := code_of(value)))
        told = self._of_open_rows(codes) if self._varying_conditions else codes
        possible = 0
        for row in self._network.run(lambda stratum, fired: told)[0]:
            possible |= 1 << self._members[row]
        possible &= in_force
        undetermined = self._undetermined(possible, codes) if UNDETERMINED in codes.values() else 0
        return MatchedRows(possible & ~undetermined, undetermined, self._truths(codes) if explain else None, known)

    def _of_open_rows(self, codes: Codes) -> Codes:
        """Without the conditions of rows that the arguments of a call leave no chance: most of them, commonly."""
        closed = 0
        for index in self._varying_conditions:
            if index not in codes:
                closed |= self._rows_by_condition[index]
        wanted = self._open_conditions.get(closed)
        if wanted is None:
            open_rows = self.conditions.members & ~closed
            wanted = tuple(index for index, rows in enumerate(self._rows_by_condition) if rows & open_rows)
            if len(self._open_conditions) < _MOST_KEPT:
                self._open_conditions[closed] = wanted
        return {index: codes[index] for index in wanted if index in codes}

    def _undetermined(self, possible: int, codes: Mapping[int, int]) -> int:
        """Those of the rows that fired which ask for an undetermined condition."""
        undetermined = 0
        for row in self._members:
            if possible >> row & 1 and any(codes[part.condition] == UNDETERMINED for part in self.conditions.rows[row]):
                undetermined |= 1 << row
        return undetermined

    def _truths(self, codes: Mapping[int, int]) -> bytes:
        return bytes(codes.get(index, 0) for index in range(len(self.conditions.conditions)))


def _codes(before: Codes, evaluated: _Evaluated, scope: Scope) -> Codes:
    columns, residuals = evaluated
    codes = before.copy()
    for column in columns:
        codes.update(column.codes(scope[column.name]))
    for index, condition in residuals:
        code = condition.code(scope)
        if code:
            codes[index] = code
    return codes


class MatchingError(RuntimeError):
    """durable_rules refused what it was given or lost a row: the evaluation has no result."""


class Network:
    """A set of rows, built once and then run any number of times, from any thread, before and after a fork.

    `strata` holds the rows by stratum; the empty row always fires. A row is known by its index over all strata.
    Raises `RuleSetTooLargeError` for a row that is too large by itself.
    """

    def __init__(self, strata: Sequence[Sequence[Conjunction]], limits: Limits = LIMITS) -> None:
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
        Raises `ValueError` for any other code and `MatchingError` when durable_rules fails.
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
            raise MatchingError(f"a fact was answered with code {code}")
        started = native.start_action_for_state(handle, state)
        text = started and started[1]
        while text is not None:
            row = rows[text[2:5]]
            fired.append(row)
            text = native.complete_and_start_action(handle, state)
        native.retract_fact(handle, _RETRACTION)
    except (native.error, LookupError) as fault:
        raise MatchingError(f"durable_rules failed: {fault}") from fault
    if row != _ALWAYS:
        raise MatchingError("the row that always holds did not fire last")
    fired.pop()


def _create(group: _Group) -> int:
    try:
        handle: int = native.create_ruleset(f"g{group.index}", group.definition)
    except native.error as fault:
        raise MatchingError(f"durable_rules refused a rule set: {fault}") from fault
    return handle


def _grouped(strata: Sequence[Sequence[Conjunction]], limits: Limits) -> list[tuple[_Group, ...]]:
    """The groups of each stratum, numbered over all strata."""
    result: list[tuple[_Group, ...]] = []
    first = count = 0
    for rows in strata:
        parts = split(rows, first, limits)
        result.append(tuple(_group(count + i, part) for i, part in enumerate(parts)))
        first += len(rows)
        count += len(parts)
    return result


def _group(index: int, rows: Mapping[int, Conjunction]) -> _Group:
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
