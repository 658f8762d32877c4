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
from greenlane.engine.feel.values import FeelFunction, IndexedRows
from greenlane.engine.rules.ruleset import Decision, ReferenceTable
from greenlane.engine.text import Text

Step = Callable[["EvaluationState"], Any]
"""How a name gets its value."""

Matched = tuple[Conditions, int, MatchedRows, Mapping[str, Any]]
"""Rows matched together: what they ask for, the mask of those in force, what was found, the names as they were."""


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

    `steps` compute values, `waiting` has what a decision is while it is being made. `explain` asks for all that a full
    trace needs. `notes` are of all decisions made, `undetermined` of those with rows that cannot be decided and are not
    ignored, both in the order made. `shared` keeps what several calls of one function have in common.
    """

    __slots__ = ("as_of", "explain", "notes", "shared", "steps", "undetermined", "waiting")

    def __init__(
        self,
        names: Mapping[str, Any],
        steps: Mapping[str, Step],
        waiting: Mapping[str, Undetermined],
        as_of: date,
        explain: bool,
    ) -> None:
        super().__init__(names)
        self.steps = steps
        self.waiting = waiting
        self.as_of = as_of
        self.explain = explain
        self.notes: list[Note] = []
        self.undetermined: list[Note] = []
        self.shared: dict[int, Any] = {}

    def __missing__(self, name: str) -> Any:
        step = self.steps[name]
        # Checked rulesets have no cycles; in any other, whoever reads a decision in the making finds this.
        self[name] = self.waiting[name]
        value = self[name] = step(self)
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
    """Names of one call, or of one run of a rule set, before those of the evaluation."""

    __slots__ = ("outer",)

    def __init__(self, outer: Mapping[str, Any], names: Mapping[str, Any]) -> None:
        super().__init__(names)
        self.outer = outer

    def __missing__(self, name: str) -> Any:
        return self.outer[name]


class Logic(Protocol):
    """Makes one decision. Holds nothing that changes."""

    @property
    def decision(self) -> Decision:
        """What is decided."""

    def decide(self, state: EvaluationState, scope: Mapping[str, Any], arguments: tuple[Any, ...] | None) -> Any:
        """The result in the scope, which is the state itself or, in a call with arguments, lies before it."""


def decision_step(logic: Logic) -> Step:
    """The result of a decision without parameters."""
    return lambda state: logic.decide(state, state, None)


def function_step(logic: Logic) -> Step:
    """A decision with parameters as a FEEL function. For the same arguments it is made once within one evaluation."""
    name = logic.decision.name
    waiting = waiting_for_itself(name)
    parameters = tuple(parameter.name for parameter in logic.decision.parameters)

    def function(state: EvaluationState) -> FeelFunction:
        made: dict[Any, Any] = {}

        def make(arguments: tuple[Any, ...]) -> Any:
            scope = CallScope(state, dict(zip(parameters, arguments, strict=True)))
            return logic.decide(state, scope, arguments)

        def call(*arguments: Any) -> Any:
            # The type goes with the value: Python takes true for 1, FEEL does not.
            key = (*arguments, *map(type, arguments))
            try:
                if key in made:
                    return made[key]
            except TypeError:
                return make(arguments)
            made[key] = waiting
            value = made[key] = make(arguments)
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


def waiting_for_itself(name: str) -> Undetermined:
    """What a decision is that is read while it is being made."""
    message = Text(f"`{name}` 依赖于自身", f"`{name}` waits for itself")
    return Undetermined((Cause("limit", name, message),))
