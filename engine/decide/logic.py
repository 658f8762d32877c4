"""How single decisions are made: by an expression, by a table, by a rule set that asserts facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from greenlane.engine.decide.hit_policy import HitPolicy
from greenlane.engine.decide.in_force import InForce
from greenlane.engine.decide.layer import Layer
from greenlane.engine.decide.matching import Matcher
from greenlane.engine.decide.scope import Evaluation
from greenlane.engine.feel import STRICT, Cause, compile_expression
from greenlane.engine.rules.ruleset import Decision
from greenlane.engine.rules.table import Cell, OnUndetermined, Table


class Logic(Protocol):
    """Makes one decision. Holds nothing that changes."""

    @property
    def decision(self) -> Decision:
        """What is decided."""

    def decide(self, evaluation: Evaluation, scope: Mapping[str, Any], arguments: tuple[Any, ...] | None) -> Any:
        """The result in the scope, which is the evaluation itself or, in a call with arguments, lies before it."""


class ExpressionLogic:
    """A decision by one expression."""

    def __init__(self, decision: Decision, cell: Cell) -> None:
        self.decision = decision
        self._run: Callable[[Any], Any] = compile_expression(cell.node, STRICT)

    def decide(self, evaluation: Evaluation, scope: Mapping[str, Any], arguments: tuple[Any, ...] | None) -> Any:
        """The value of the expression."""
        value = self._run(scope)
        evaluation.recorder.decided(self.decision, arguments, (), value)
        return value


class TableLogic:
    """A decision by a table with a hit policy.

    `reads` are the decisions that its conditions read: all are made before the rows are matched, so that what is
    decided, and with it what is reported as undetermined, does not depend on the matcher or the trace.
    """

    def __init__(self, decision: Decision, table: Table, matcher: Matcher, reads: tuple[str, ...]) -> None:
        self.decision = decision
        self._layer = Layer(table, matcher, InForce(table))
        self._matcher = matcher
        self._reads = reads
        self._policy = HitPolicy(table)
        self._function = bool(decision.parameters)
        self._reported = table.undetermined is not OnUndetermined.IGNORE

    def decide(self, evaluation: Evaluation, scope: Mapping[str, Any], arguments: tuple[Any, ...] | None) -> Any:
        """What the rows that hold make."""
        for name in self._reads:
            evaluation[name]
        shared = self._shared(evaluation) if self._function else None
        match = self._matcher.match(scope, self._layer.in_force.rows(evaluation.as_of), evaluation.explain, shared)
        held, undetermined, _ = match
        matches = ((self._layer, match, scope),)
        if undetermined and self._reported:
            value = self._policy.doubtful(held, undetermined, scope, self._because(scope))
            evaluation.recorder.doubted(self.decision, arguments, matches, value)
        else:
            value = self._policy.certain(held, scope)
        evaluation.recorder.decided(self.decision, arguments, matches, value)
        return value

    def _because(self, scope: Mapping[str, Any]) -> Callable[[int], tuple[Cause, ...]]:
        return lambda row: self._matcher.conditions.causes(row, scope)

    def _shared(self, evaluation: Evaluation) -> Any:
        """What the matcher finds for all calls of one evaluation."""
        key = id(self)
        if key not in evaluation.shared:
            evaluation.shared[key] = self._matcher.share(evaluation)
        return evaluation.shared[key]
