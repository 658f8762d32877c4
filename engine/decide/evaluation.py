"""One evaluation: names and their values, computed when first read, and notes of the decisions made. Pure.

Names that are no facts have a `Step` each. Whoever wants to know how a result came about (results, traces) reads the
notes afterwards: they hold references only.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple, Protocol

from greenlane.engine.decide.matching import Conditions, MatchedRows
from greenlane.engine.feel import Cause, Undetermined
from greenlane.engine.feel.cost import CallCost
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.scope import Budget
from greenlane.engine.feel.values import FeelFunction, IndexedRows
from greenlane.engine.rules.ruleset import Decision, ReferenceTable
from greenlane.engine.text import Text

Step = Callable[["EvaluationState"], Any]
"""How a name gets its value."""

Matched = tuple[Conditions, int, MatchedRows, Mapping[str, Any]]
"""Rows matched together: what they ask for, the mask of those in force, what was found, the names as they were."""


class Making(NamedTuple):
    """How the names of a ruleset get their values, the same in all evaluations.

    `steps` compute values, `waiting` has what a decision is while it is being made. `deep` has the decisions for which
    many others may have to be made, and what each counts among calls inside of one another. `most` is the work that one
    evaluation may do, as `Budget` has it.
    """

    steps: Mapping[str, Step]
    waiting: Mapping[str, Undetermined]
    deep: Mapping[str, int]
    most: int | None


class Note(NamedTuple):
    """A decision that was made, by a call if it has `arguments`. `matched` is empty for an expression."""

    decision: Decision
    arguments: tuple[Any, ...] | None
    matched: tuple[Matched, ...]
    value: Any


# The maker that a named tuple itself goes through: notes are taken of every call.
_note = tuple.__new__


class EvaluationState(dict[str, Any]):
    """The names of one evaluation with their values so far. Used by one thread, once.

    `making` is taken apart. `explain` asks for all that a full trace needs. `notes` are of all decisions made,
    `undetermined` of those with rows that cannot be decided and are not ignored, both in the order made. `shared` keeps
    what several calls of one function have in common. All work is done on the one `budget`.
    """

    __slots__ = ("as_of", "budget", "deep", "explain", "notes", "shared", "steps", "undetermined", "waiting")

    def __init__(self, names: Mapping[str, Any], making: Making, as_of: date, explain: bool) -> None:
        super().__init__(names)
        self.steps, self.waiting, self.deep, most = making
        self.as_of = as_of
        self.explain = explain
        self.notes: list[Note] = []
        self.undetermined: list[Note] = []
        self.shared: dict[int, Any] = {}
        self.budget = Budget(most)

    def __missing__(self, name: str) -> Any:
        step = self.steps[name]
        # Checked rulesets have no cycles; in any other, whoever reads a decision in the making finds this.
        self[name] = self.waiting[name]
        value = self[name] = self._deep(name, step) if name in self.deep else step(self)
        return value

    def _deep(self, name: str, step: Step) -> Any:
        budget, depth = self.budget, self.deep[name]
        if budget.calls < depth:
            return too_deep(name, budget)
        budget.calls -= depth
        value = step(self)
        budget.calls += depth
        return value

    def note(
        self,
        decision: Decision,
        arguments: tuple[Any, ...] | None,
        matched: tuple[Matched, ...],
        value: Any,
        undetermined: bool = False,
    ) -> None:
        """Notes a decision that was made."""
        note = _note(Note, (decision, arguments, matched, value))
        self.notes.append(note)
        if undetermined:
            self.undetermined.append(note)


class CallScope(dict[str, Any]):
    """Names of one call, or of one run of a rule set, before those of the evaluation, on its `budget`."""

    __slots__ = ("budget", "outer")

    def __init__(self, outer: Names, names: Mapping[str, Any]) -> None:
        super().__init__(names)
        self.outer = outer
        self.budget: Budget = outer.budget

    def __missing__(self, name: str) -> Any:
        return self.outer[name]


Names = EvaluationState | CallScope
"""What a decision reads names from."""


class Logic(Protocol):
    """Makes one decision. Holds nothing that changes."""

    @property
    def decision(self) -> Decision:
        """What is decided."""

    @property
    def cost(self) -> CallCost:
        """What one call costs, where the decision is a function; its depth counts for any decision."""

    def decide(self, state: EvaluationState, scope: Names, arguments: tuple[Any, ...] | None) -> Any:
        """The result in the scope, which is the state itself or, in a call with arguments, lies before it."""


def decision_step(logic: Logic) -> Step:
    """The result of a decision without parameters."""
    return lambda state: logic.decide(state, state, None)


def function_step(logic: Logic) -> Step:
    """A decision with parameters as a FEEL function. For the same arguments it is made once within one evaluation."""
    name, cost, depth = logic.decision.name, logic.cost, logic.cost.depth
    waiting = waiting_for_itself(name)
    parameters = tuple(parameter.name for parameter in logic.decision.parameters)

    def function(state: EvaluationState) -> FeelFunction:
        made: dict[Any, Any] = {}
        budget = state.budget

        def make(arguments: tuple[Any, ...]) -> Any:
            budget.enter(cost)
            scope = CallScope(state, dict(zip(parameters, arguments, strict=True)))
            value = logic.decide(state, scope, arguments)
            budget.calls += depth
            return value

        def call(*arguments: Any) -> Any:
            # The type goes with the value: Python takes true for 1, FEEL does not.
            key = (*arguments, *map(type, arguments))
            try:
                if key in made:
                    return made[key]
            except TypeError:
                return make(arguments)
            made[key] = waiting
            try:
                value = made[key] = make(arguments)
            except BaseException:
                del made[key]
                raise
            return value

        return FeelFunction(parameters, call)

    return function


def asserted_step(fact: str, rule_set: str) -> Step:
    """A fact that a rule set asserts."""

    def read(state: EvaluationState) -> Any:
        facts = state[rule_set]
        return facts[fact] if isinstance(facts, dict) else facts

    return read


def reference_step(table: ReferenceTable) -> Step:
    """The rows of a reference table as contexts; of a dated one those known on the day of the evaluation."""
    rows = IndexedRows(table.contexts())
    if table.dated_by is None:
        return lambda state: rows
    position = [column.name for column in table.columns].index(table.dated_by)
    dated = sorted(zip((row[position] for row in table.rows), rows, strict=True), key=_day)
    days = [_day(entry) for entry in dated]
    known = [context for _, context in dated]
    # One list for each day on which rows were added, made when first asked for.
    lists: dict[int, IndexedRows] = {}

    def until(state: EvaluationState) -> IndexedRows:
        count = bisect_right(days, state.as_of)
        found = lists.get(count)
        if found is None:
            found = lists[count] = IndexedRows(known[:count])
        return found

    return until


def _day(entry: tuple[Any, Any]) -> date:
    """A row without a date has always been known."""
    return entry[0] if isinstance(entry[0], date) else date.min


def unknown_step(name: str) -> Step:
    """A name that is neither a fact nor a decision: only an unchecked ruleset reads any."""
    unknown = Undetermined((Cause("name", name, Text(f"未知名称 `{name}`", f"unknown name `{name}`")),))
    return lambda state: unknown


def limited(name: str, error: FeelError) -> Undetermined:
    """What a decision is that the budget does not suffice for."""
    return Undetermined((Cause(error.kind, name, Text(error.zh, error.en)),))


def too_deep(name: str, budget: Budget) -> Undetermined:
    """What a decision is that would be made inside of too many others."""
    budget.end_calls()
    assert budget.ended is not None, "an end has a reason"
    return limited(name, budget.ended)


def waiting_for_itself(name: str) -> Undetermined:
    """What a decision is that is read while it is being made."""
    message = Text(f"`{name}` 依赖于自身", f"`{name}` waits for itself")
    return Undetermined((Cause("limit", name, message),))
