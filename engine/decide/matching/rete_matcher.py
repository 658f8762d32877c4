"""Rows found by forward chaining: the conditions are told by the column index, the rows by durable_rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from greenlane.engine.decide.matching.column import Column, columns_of, residuals_of
from greenlane.engine.decide.matching.conditions import Condition, Conditions
from greenlane.engine.decide.matching.match import Match
from greenlane.engine.decide.matching.rete import Network
from greenlane.engine.feel.scope import Scope

Codes = dict[int, int]
MOST_KEPT = 1000


class ReteMatcher:
    """Finds rows by a network. Raises `engine.decide.matching.rete.RuleSetTooLarge` for a row too large for it."""

    def __init__(self, conditions: Conditions) -> None:
        self.conditions = conditions
        self._members = [row for row in range(len(conditions.rows)) if conditions.members >> row & 1]
        self._network = Network([[conditions.row_conditions(row) for row in self._members]])
        late = conditions.late
        columns = columns_of(conditions)
        self._early = tuple(c for c in columns if late and c.name not in late)
        self._own = tuple(c for c in columns if not late or c.name in late)
        residuals = tuple(residuals_of(conditions))
        self._asking = conditions.asking()
        self._late = tuple(i for i, c in enumerate(conditions.conditions) if not late.isdisjoint(c.reads))
        self._asked: dict[int, tuple[int, ...]] = {}
        self._early_residuals = tuple((i, c) for i, c in residuals if late and late.isdisjoint(c.reads))
        self._own_residuals = tuple((i, c) for i, c in residuals if not late or not late.isdisjoint(c.reads))

    def share(self, scope: Scope) -> Codes:
        """The codes of the conditions of names that stay."""
        return _codes({}, self._early, self._early_residuals, scope)

    def match(self, scope: Scope, in_force: int, explain: bool = False, shared: object = None) -> Match:
        """The rows that hold or are undetermined."""
        before = cast("Codes", shared) if shared is not None else self.share(scope)
        codes = _codes(before, self._own, self._own_residuals, scope)
        told = self._of_open_rows(codes) if self._late else codes
        possible = 0
        for row in self._network.run(lambda stratum, fired: told)[0]:
            possible |= 1 << self._members[row]
        possible &= in_force
        doubtful = self._doubtful(possible, codes) if 1 in codes.values() else 0
        return Match(possible & ~doubtful, doubtful, self._truths(codes) if explain else None)

    def _of_open_rows(self, codes: Codes) -> Codes:
        """Without the conditions of rows that the arguments of a call leave no chance: most of them, commonly."""
        closed = 0
        for index in self._late:
            if index not in codes:
                closed |= self._asking[index]
        asked = self._asked.get(closed)
        if asked is None:
            open_rows = self.conditions.members & ~closed
            asked = tuple(index for index, rows in enumerate(self._asking) if rows & open_rows)
            if len(self._asked) < MOST_KEPT:
                self._asked[closed] = asked
        return {index: codes[index] for index in asked if index in codes}

    def _doubtful(self, possible: int, codes: Mapping[int, int]) -> int:
        """Those of the rows that fired which ask for an undetermined condition."""
        doubtful = 0
        for row in self._members:
            if possible >> row & 1 and any(codes[part.condition] == 1 for part in self.conditions.rows[row]):
                doubtful |= 1 << row
        return doubtful

    def _truths(self, codes: Mapping[int, int]) -> bytes:
        return bytes(codes.get(index, 0) for index in range(len(self.conditions.conditions)))


def _codes(
    before: Codes, columns: tuple[Column, ...], residuals: tuple[tuple[int, Condition], ...], scope: Scope
) -> Codes:
    codes = before.copy()
    for column in columns:
        codes.update(column.codes(scope[column.name]))
    for index, condition in residuals:
        code = condition.code(scope)
        if code:
            codes[index] = code
    return codes
