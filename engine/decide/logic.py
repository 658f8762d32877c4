"""How single decisions are made: by an expression, by a table with a hit policy, by a rule set. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Any, NamedTuple

from greenlane.engine.decide.evaluation import CallScope, EvaluationState, Matched, Names, limited
from greenlane.engine.decide.hit_policy import Produce, TablePolicy, cell_value, contradiction, same
from greenlane.engine.decide.matching import Conditions, MatchedRows, Matcher, bits
from greenlane.engine.feel import STRICT, Cause, Undetermined, compile_expression
from greenlane.engine.feel.ast import Node
from greenlane.engine.feel.cost import STEPS_OF_A_VALUE, CallCost, call_cost, cost_of, depth_of
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.scope import ITEMS_PER_STEP, Budget, charge, size_of
from greenlane.engine.feel.semantics import SCALARS
from greenlane.engine.rules.ruleset import Decision
from greenlane.engine.rules.table import Cell, OnUndetermined, Row, Table
from greenlane.engine.text import Text

_ROWS_PER_STEP = 16
# What a call leaves behind until the decision is made: its arguments, its result, a note of it.
_VALUES_OF_A_CALL = 10
_NOT_LONG = SCALARS | {Undetermined}


class ExpressionLogic:
    """A decision by one expression."""

    def __init__(self, decision: Decision, cell: Cell) -> None:
        self.decision = decision
        self.cost = _cost_of_a_call(cell.node)
        self._run: Callable[[Any], Any] = compile_expression(cell.node, STRICT)

    def decide(self, state: EvaluationState, scope: Names, arguments: tuple[Any, ...] | None) -> Any:
        """The value of the expression."""
        value = self._run(scope)
        state.note(self.decision, arguments, (), value)
        return value


class TableLogic:
    """A decision by a table with a hit policy.

    `reads` are the decisions that its conditions read: all are made before the rows are matched, so that what is
    decided, and with it what is reported as undetermined, does not depend on the matcher or the trace. `references` are
    the names of reference tables.
    """

    def __init__(
        self, decision: Decision, table: Table, matcher: Matcher, reads: tuple[str, ...], references: Collection[str]
    ) -> None:
        self.decision = decision
        self._matcher = matcher
        self._in_force = InForce(table)
        self._reads = reads
        # Calls of a function have in common what does not vary.
        varying = matcher.conditions.varying
        self._long = _long(matcher.conditions, varying or {*reads, *references})
        self._long_for_all = _long(matcher.conditions, {*reads, *references} if varying else ())
        self._policy = TablePolicy(table)
        self._function = bool(decision.parameters)
        self._reported = table.undetermined is not OnUndetermined.IGNORE
        evaluated = [c.node for c in matcher.conditions.conditions if c.name is None]
        evaluated.extend(cell.node for cell in table.default.values())
        cells = [cell.node for row in table.rows for cell in row.outputs if cell is not None]
        depth = depth_of(*evaluated, *cells) + 1
        self.cost = _cost_of_a_call(*evaluated, rows=len(table.rows))._replace(depth=depth)
        self._cost_of_a_row = _cost_of_a_row(table)

    def decide(self, state: EvaluationState, scope: Names, arguments: tuple[Any, ...] | None) -> Any:
        """What the rows that hold make."""
        for name in self._reads:
            state[name]
        matched: tuple[Matched, ...] = ()
        reported = False
        try:
            if self._long is not None:
                self._long.pay(scope)
            shared = self._shared(state) if self._function else None
            in_force = self._in_force.rows(state.as_of)
            found = self._matcher.match(scope, in_force, state.explain, shared)
            matched = ((self._matcher.conditions, in_force, found, scope),)
            # What a budget that has run out left undecided is not to be ignored.
            reported = bool(found.undetermined) and (self._reported or scope.budget.ended is not None)
            if self._function:
                state.budget.take((found.held | found.undetermined).bit_count() * self._cost_of_a_row)
            if reported:
                because = partial(self._matcher.conditions.causes, scope=scope, known=found.known)
                value = self._policy.with_undetermined(found.held, found.undetermined, scope, because)
            else:
                value = self._policy.certain(found.held, scope)
        except FeelError as error:
            value = limited(self.decision.name, error)
        state.note(self.decision, arguments, matched, value, reported)
        return value

    def _shared(self, state: EvaluationState) -> Any:
        """What the matcher finds for all calls of one evaluation. FeelError where too little is left for it."""
        key = id(self)
        if key not in state.shared:
            if self._long_for_all is not None:
                self._long_for_all.pay(state)
            state.shared[key] = self._matcher.share(state)
        return state.shared[key]


@dataclass(slots=True)
class _Claims:
    """What the rows run so far say of one fact, as (row, value); `because`: why some cannot be decided."""

    held: list[tuple[int, Any]] = field(default_factory=list)
    undetermined: list[tuple[int, Any]] = field(default_factory=list)
    because: list[Cause] = field(default_factory=list)


class RuleSetLogic:
    """A decision by a rule set that asserts facts: rows may read what other rows of the set assert.

    The rows run by strata (`plan.strata_of`), each after all other rows that assert a fact it reads. The result is the
    context of all asserted facts. A fact that no row asserts is null, or its default once all rows that could assert
    it have run.
    """

    def __init__(
        self,
        decision: Decision,
        table: Table,
        strata: tuple[Matcher, ...],
        reads: tuple[str, ...],
        references: Collection[str],
    ) -> None:
        self.decision = decision
        self.cost = _cost_of_a_call(
            *(condition.node for matcher in strata for condition in matcher.conditions.conditions),
            *(cell.node for row in table.rows for cell in row.asserts.values()),
            rows=len(table.rows) * _ROWS_PER_STEP,
        )
        self._long = tuple(_long(m.conditions, {*reads, *table.asserted, *references}) for m in strata)
        self._table = table
        self._strata = strata
        self._in_force = InForce(table)
        self._reads = reads
        self._asserts: tuple[tuple[tuple[str, Produce], ...], ...] = tuple(
            tuple((fact, cell_value(cell)) for fact, cell in row.asserts.items()) for row in table.rows
        )
        self._asserted_in = tuple(_facts_of(table, matcher.conditions.members) for matcher in strata)
        self._final = tuple(
            frozenset(facts).difference(*self._asserted_in[index + 1 :])
            for index, facts in enumerate(self._asserted_in)
        )
        self._unclaimed = dict.fromkeys(table.asserted)
        self._defaults = {fact: cell_value(cell) for fact, cell in table.default.items()}

    def decide(self, state: EvaluationState, scope: Names, arguments: tuple[Any, ...] | None) -> Any:
        """The context of the asserted facts."""
        for name in self._reads:
            state[name]
        local = CallScope(scope, self._unclaimed)
        self._set_defaults(local, self._table.asserted.keys() - {f for facts in self._asserted_in for f in facts})
        matched: list[Matched] = []
        try:
            value = self._run(state, scope, local, matched)
        except FeelError as error:
            value = limited(self.decision.name, error)
        reported = self._table.undetermined is not OnUndetermined.IGNORE or scope.budget.ended is not None
        reported = reported and any(found.undetermined for _, _, found, _ in matched)
        state.note(self.decision, arguments, tuple(matched), value, reported)
        return value

    def _run(self, state: EvaluationState, scope: Names, local: CallScope, matched: list[Matched]) -> Any:
        claims: dict[str, _Claims] = {}
        in_force = self._in_force.rows(state.as_of)
        for index, matcher in enumerate(self._strata):
            if (long := self._long[index]) is not None:
                long.pay(local)
            found = matcher.match(local, in_force, state.explain)
            seen = CallScope(scope, local) if found.undetermined or state.explain else local
            matched.append((matcher.conditions, in_force, found, seen))
            self._claim(matcher, found, local, claims)
            self._settle(index, local, claims)
        return self._result(local, claims)

    def _claim(self, matcher: Matcher, found: MatchedRows, local: CallScope, claims: dict[str, _Claims]) -> None:
        """Collects what the rows that hold, and those that cannot be decided, say."""
        for row in bits(found.held):
            for fact, produce in self._asserts[row]:
                claims.setdefault(fact, _Claims()).held.append((row, produce(local)))
        ignored = self._table.undetermined is OnUndetermined.IGNORE and local.budget.ended is None
        if not found.undetermined or ignored:
            return
        for row in bits(found.undetermined):
            causes = matcher.conditions.causes(row, local, found.known)
            for fact, produce in self._asserts[row]:
                claim = claims.setdefault(fact, _Claims())
                claim.undetermined.append((row, produce(local)))
                claim.because.extend(causes)

    def _settle(self, index: int, local: CallScope, claims: Mapping[str, _Claims]) -> None:
        """Gives the facts of a stratum the values that later strata read."""
        for fact in self._asserted_in[index]:
            claim = claims.get(fact)
            if claim is not None:
                local[fact] = self._settled(fact, claim, local.budget)
        self._set_defaults(local, self._final[index] - claims.keys())

    def _set_defaults(self, local: CallScope, facts: frozenset[str] | set[str]) -> None:
        for fact in facts & self._defaults.keys():
            local[fact] = self._defaults[fact](local)

    def _settled(self, fact: str, claim: _Claims, budget: Budget) -> Any:
        if not claim.held:
            return Undetermined(tuple(dict.fromkeys(claim.because)))
        if len(claim.held) + len(claim.undetermined) > 1:
            charge(budget, (value for _, value in (*claim.held, *claim.undetermined)))
        first = claim.held[0][1]
        if any(not same(first, value) for _, value in claim.held[1:]):
            rows = ", ".join(self._table.rows[row].id for row, _ in claim.held)
            message = Text(f"多行给出不同的值：{rows}", f"rows assert different values: {rows}")
            return contradiction(fact, message)
        if any(not same(first, value) for _, value in claim.undetermined):
            return Undetermined(tuple(dict.fromkeys(claim.because)))
        return first

    def _result(self, local: CallScope, claims: Mapping[str, _Claims]) -> Any:
        if self._table.undetermined is OnUndetermined.ERROR:
            causes = tuple(dict.fromkeys(cause for claim in claims.values() for cause in claim.because))
            if causes:
                return Undetermined(causes)
        return {fact: local[fact] for fact in self._table.asserted}


def _cost_of_a_call(*parts: Node, rows: int = 0) -> CallCost:
    """Of a decision that is a function and evaluates the parts, or looks at so many rows."""
    steps, depth = call_cost(*parts)
    steps += rows // _ROWS_PER_STEP + _VALUES_OF_A_CALL * STEPS_OF_A_VALUE
    return CallCost(steps, depth + bool(rows))


def _cost_of_a_row(table: Table) -> int:
    """Of what the row of a table yields that has most in its cells, or of the causes why it yields nothing."""
    costs = [cost_of(*(cell.node for cell in row.outputs if cell is not None)) for row in table.rows]
    return max(costs, default=0) + (4 + len(table.outputs)) * STEPS_OF_A_VALUE


class _Long(NamedTuple):
    """Names that may hold long lists, each with how many conditions read it without paying for it by themselves."""

    readers: tuple[tuple[str, int], ...]

    def pay(self, scope: Names) -> None:
        """Pays for long values, once for each condition; FeelError ("limit") when too little is left."""
        for name, readers in self.readers:
            value = scope[name]
            if type(value) not in _NOT_LONG and (size := size_of(value)):
                scope.budget.take(readers * size // ITEMS_PER_STEP)


def _long(conditions: Conditions, names: Collection[str]) -> _Long | None:
    """Those of the names, None where there are none."""
    free = (condition for condition in conditions.conditions if not condition.counted)
    readers = Counter(name for condition in free for name in condition.reads if name in names)
    return _Long(tuple(readers.items())) if readers else None


class InForce:
    """The rows of a table in force on a day as masks, by the days on which one begins or has ended."""

    def __init__(self, table: Table) -> None:
        days = {row.since for row in table.rows if row.since is not None}
        days |= {row.until + timedelta(days=1) for row in table.rows if row.until is not None and row.until < date.max}
        self._days = tuple(sorted(days))
        self._masks = tuple(_in_force_mask(table, day) for day in (date.min, *self._days))

    def rows(self, as_of: date) -> int:
        """The mask of the rows in force on the day."""
        return self._masks[bisect_right(self._days, as_of)] if self._days else self._masks[0]


def in_force(row: Row, day: date) -> bool:
    """Whether the row is in force on the day: both of its own days count."""
    return (row.since is None or row.since <= day) and (row.until is None or day <= row.until)


def _in_force_mask(table: Table, day: date) -> int:
    return sum(1 << index for index, row in enumerate(table.rows) if in_force(row, day))


def _facts_of(table: Table, members: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fact for row in bits(members) for fact in table.rows[row].asserts))
