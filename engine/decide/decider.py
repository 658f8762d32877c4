"""Deciding: facts in, a result with its reasons out. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property, partial
from typing import Any

from greenlane.engine.decide.evaluation import EvaluationState, Note, Step, waiting_for_itself
from greenlane.engine.decide.matching import bits
from greenlane.engine.decide.plan import Plan
from greenlane.engine.decide.trace import TraceWriter, source_of
from greenlane.engine.feel import Cause, Undetermined
from greenlane.engine.feel.json_values import json_of, json_of_cause
from greenlane.engine.feel.semantics import holds_undetermined
from greenlane.engine.rules.ruleset import Decision, Ruleset
from greenlane.engine.rules.table import Table
from greenlane.engine.rules.vocabulary import Scalar
from greenlane.engine.text import Text


class TraceLevel(StrEnum):
    """How much of the way to a decision is told: nothing, the rows that held, or also those that did not and why."""

    NONE = "none"
    FIRED = "fired"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Reason:
    """A row that explains the outcome. `source` is its `path:line`, `decision` the table it is in."""

    code: str
    text: Text
    row: str
    source: str
    decision: str


@dataclass(frozen=True, slots=True)
class UndeterminedRow:
    """A row that could not be decided, in a table that does not ignore such rows."""

    row: str
    decision: str
    because: tuple[Cause, ...]


@dataclass(frozen=True)
class Result:
    """`outcome` holds FEEL values; what is undetermined in it is null. `reasons` are in the order the rules give them.

    `undetermined` lists the rows that could not be decided, each once for each set of causes, in the order of the
    decisions. Those of calls that the status and the reasons do not ask for are in the trace alone.
    """

    outcome: dict[str, Any]
    status: str
    reasons: tuple[Reason, ...]
    undetermined: tuple[UndeterminedRow, ...]
    _write: Callable[[], dict[str, Any]] | None = field(default=None, repr=False, compare=False)
    _held: Callable[[], dict[str, tuple[str, ...]]] = field(default=dict, repr=False, compare=False)

    def as_json(self) -> dict[str, Any]:
        """Status, outcome, reasons and undetermined rows as JSON: what depends on application, day and rules alone."""
        return {
            "status": self.status,
            "outcome": json_of(self.outcome),
            "reasons": [
                {"code": r.code, "zh": r.text.zh, "en": r.text.en, "row": r.row, "source": r.source}
                for r in self.reasons
            ],
            "undetermined": [
                {"row": u.row, "because": [json_of_cause(c) for c in u.because]} for u in self.undetermined
            ],
        }

    @cached_property
    def trace(self) -> dict[str, Any] | None:
        """How it was decided, as JSON (`engine.decide.trace`), None unless asked for. Written when first looked at."""
        return self._write() if self._write is not None else None

    @cached_property
    def path(self) -> dict[str, tuple[str, ...]]:
        """The ids of the rows that held, by decision, in the order of the plan; calls of a function are taken together.

        It is there at every level of trace. Decisions of which no row held are left out.
        """
        return self._held()


class Decider:
    """A ruleset ready to decide. Safe for many threads; the same facts and day always give the same result."""

    def __init__(self, ruleset: Ruleset, plan: Plan, steps: Mapping[str, Step]) -> None:
        self.ruleset = ruleset
        self.plan = plan
        self._steps = steps
        self._waiting = {name: waiting_for_itself(name) for name in steps}
        self._place = {name: index for index, name in enumerate(plan.order)}
        facts = ruleset.vocabulary.facts
        self._absent = {name: fact.absent for name, fact in facts.items()}
        self._meant = tuple(name for name, fact in facts.items() if fact.absent is not None)
        self._trace_writer = TraceWriter(ruleset, plan)
        self._ids = {name: _ids(decision) for name, decision in ruleset.decisions.items()}
        self._reasons = {reason.code: reason for reason in _reasons(ruleset)}

    def decide(self, facts: Mapping[str, Scalar], as_of: date, trace: TraceLevel = TraceLevel.NONE) -> Result:
        """What the rules say of the facts on the day.

        A fact that is not given or null has the value that policy gives to its absence, otherwise null; names that are
        not facts are passed over. The trace is written when first looked at.
        """
        state = EvaluationState(self._names(facts), self._steps, self._waiting, as_of, trace == TraceLevel.FULL)
        answer = self.ruleset.answer
        status = state[answer.status]
        reasons = state[answer.reasons]
        asked = len(state.undetermined)
        outcome = state[answer.outcome]
        if holds_undetermined((outcome,)):
            outcome = _settled(outcome)
        # A call that only the outcome makes tells of something else, such as another product.
        more = (note for note in state.undetermined[asked:] if note.arguments is None)
        return Result(
            outcome if isinstance(outcome, dict) else {},
            status if isinstance(status, str) else answer.referred,
            tuple(self._explained(reasons)),
            tuple(dict.fromkeys(self._undetermined([*state.undetermined[:asked], *more]))),
            None if trace == TraceLevel.NONE else partial(self._trace, state, str(trace)),
            partial(self._path, state.notes),
        )

    def _names(self, facts: Mapping[str, Scalar]) -> dict[str, Any]:
        known = self._absent
        names: dict[str, Any] = {**known, **facts}
        if len(names) > len(known):
            names = {name: names[name] for name in known}
        for name in self._meant:
            if names[name] is None:
                names[name] = known[name]
        return names

    def _explained(self, codes: Any) -> Iterator[Reason]:
        if isinstance(codes, list | tuple):
            for code in codes:
                if isinstance(code, str) and code in self._reasons:
                    yield self._reasons[code]

    def _undetermined(self, notes: list[Note]) -> Iterator[UndeterminedRow]:
        for note in self._in_order(notes):
            for conditions, _, found, scope in note.matched:
                for row in bits(found.undetermined):
                    name = note.decision.name
                    yield UndeterminedRow(self._ids[name][row], name, conditions.causes(row, scope))

    def _in_order(self, notes: list[Note]) -> list[Note]:
        """The notes in the order of the plan, then of the calls."""
        return sorted(notes, key=lambda note: self._place[note.decision.name])

    def _path(self, notes: list[Note]) -> dict[str, tuple[str, ...]]:
        # Most notes are of calls of the same functions: their rows are gathered as bits before they are named.
        held: dict[tuple[str, int], int] = {}
        for note in notes:
            for stratum, (_, _, found, _) in enumerate(note.matched):
                if found.held:
                    place = note.decision.name, stratum
                    held[place] = held.get(place, 0) | found.held
        path: dict[str, tuple[str, ...]] = {}
        for (name, _), rows in sorted(held.items(), key=lambda item: self._place[item[0][0]]):
            path[name] = path.get(name, ()) + tuple(self._ids[name][row] for row in bits(rows))
        return path

    def _trace(self, state: EvaluationState, level: str) -> dict[str, Any]:
        return self._trace_writer.written(self._in_order(state.notes), state, level)


def _ids(decision: Decision) -> tuple[str, ...]:
    return tuple(row.id for row in decision.logic.rows) if isinstance(decision.logic, Table) else ()


def _reasons(ruleset: Ruleset) -> Iterator[Reason]:
    for decision in ruleset.decisions.values():
        if isinstance(decision.logic, Table):
            for row in decision.logic.rows:
                if row.code is not None:
                    yield Reason(row.code, row.text or Text("", ""), row.id, source_of(row), decision.name)


def _settled(value: Any) -> Any:
    """The value with null for whatever in it is undetermined."""
    kind = type(value)
    if kind is dict:
        return {name: _settled(item) for name, item in value.items()}
    if kind is list or kind is tuple:
        return [_settled(item) for item in value]
    return None if kind is Undetermined else value
