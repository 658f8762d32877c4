"""The oracle of the other matchers: every condition of every row by the interpreter of FEEL. Pure; slow, obvious."""

from __future__ import annotations

from functools import partial
from typing import Any

from greenlane.engine.decide.matching.conditions import (
    TRUE,
    UNDETERMINED,
    Condition,
    Conditions,
    MatchedRows,
    code_of,
)
from greenlane.engine.feel import STRICT, evaluate_node, evaluate_tests
from greenlane.engine.feel.ast import UnaryTests
from greenlane.engine.feel.scope import Scope, off_budget


class LinearMatcher:
    """Finds rows by trying each."""

    def __init__(self, conditions: Conditions) -> None:
        self.conditions = conditions
        self._free = tuple(off_budget(partial(evaluated, condition)) for condition in conditions.conditions)

    def share(self, scope: Scope) -> dict[int, Any]:
        """The counted conditions of invariant names, once they are known: all else begins anew."""
        return {}

    def match(self, scope: Scope, in_force: int, explain: bool = False, shared: object = None) -> MatchedRows:
        """The rows that hold or are undetermined."""
        known = self.conditions.counted(scope, shared if isinstance(shared, dict) else None, evaluated)
        truths = bytearray(len(self.conditions.conditions))
        held = undetermined = 0
        for row, parts in enumerate(self.conditions.rows):
            if not self.conditions.members >> row & 1:
                continue
            row_truth = TRUE
            for part in parts:
                number = part.condition
                value = known[number] if number in known else self._free[number](scope)
                truth = truths[number] = code_of(value)
                row_truth = min(row_truth, truth)
            if in_force >> row & 1 and row_truth == TRUE:
                held |= 1 << row
            if in_force >> row & 1 and row_truth == UNDETERMINED:
                undetermined |= 1 << row
        return MatchedRows(held, undetermined, bytes(truths) if explain else None, known)


def evaluated(condition: Condition, scope: Scope) -> Any:
    """The value of a condition by the reference interpreter."""
    if condition.fact is not None and isinstance(condition.node, UnaryTests):
        return evaluate_tests(condition.node, scope[condition.fact], scope, STRICT)
    return evaluate_node(condition.node, scope, STRICT)
