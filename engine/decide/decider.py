"""Deciding: facts in, a result out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Any

from greenlane.engine.decide.layer import Layer
from greenlane.engine.decide.matching import bits
from greenlane.engine.decide.messages import waiting_for_itself
from greenlane.engine.decide.plan import Plan
from greenlane.engine.decide.recorder import Note, Recorder
from greenlane.engine.decide.result import Reason, Result, UndeterminedRow
from greenlane.engine.decide.scope import Evaluation, Step
from greenlane.engine.decide.trace import Tracer, source_of
from greenlane.engine.feel import Undetermined
from greenlane.engine.feel.operate import holds_doubt
from greenlane.engine.rules.ruleset import Ruleset
from greenlane.engine.rules.table import Table
from greenlane.engine.rules.vocabulary import Scalar
from greenlane.engine.text import Text


class TraceLevel(StrEnum):
    """How much of the way to a decision is told: nothing, the rows that held, or also those that did not and why."""

    NONE = "none"
    FIRED = "fired"
    FULL = "full"


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
        self._tracer = Tracer(ruleset, plan)
        self._reasons = {reason.code: reason for reason in _reasons(ruleset)}

    def decide(self, facts: Mapping[str, Scalar], as_of: date, trace: TraceLevel = TraceLevel.NONE) -> Result:
        """What the rules say of the facts on the day.

        A fact that is not given or null has the value that policy gives to its absence, otherwise null; names that are
        not facts are passed over. The trace is written when first looked at.
        """
        recorder = Recorder()
        explain = trace == TraceLevel.FULL
        evaluation = Evaluation(self._names(facts), self._steps, self._waiting, as_of, recorder, explain)
        answer = self.ruleset.answer
        status = evaluation[answer.status]
        reasons = evaluation[answer.reasons]
        doubts = recorder.doubts()
        outcome = evaluation[answer.outcome]
        if holds_doubt((outcome,)):
            outcome = _settled(outcome)
        # A call that only the outcome makes tells of something else, such as another product.
        doubts.extend(note for note in recorder.doubts()[len(doubts) :] if note.arguments is None)
        return Result(
            outcome if isinstance(outcome, dict) else {},
            status if isinstance(status, str) else answer.referred,
            tuple(self._explained(reasons)),
            tuple(dict.fromkeys(self._undetermined(doubts))),
            None if trace == TraceLevel.NONE else partial(self._trace, evaluation, str(trace)),
            partial(self._path, recorder),
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

    def _undetermined(self, doubts: list[Note]) -> Iterator[UndeterminedRow]:
        for note in sorted(doubts, key=self._place_of):
            for layer, match, scope in note.matches:
                for row in bits(match.undetermined):
                    causes = layer.conditions.causes(row, scope)
                    yield UndeterminedRow(layer.table.rows[row].id, note.decision.name, causes)

    def _place_of(self, note: Note) -> int:
        return self._place[note.decision.name]

    def _path(self, recorder: Recorder) -> dict[str, tuple[str, ...]]:
        # Most notes are of calls of the same functions: their rows are gathered as bits before they are named.
        held: dict[tuple[str, int], tuple[Layer, int]] = {}
        for note in recorder.notes():
            for layer, match, _ in note.matches:
                if match.held:
                    place = note.decision.name, id(layer)
                    held[place] = layer, held.get(place, (layer, 0))[1] | match.held
        path: dict[str, tuple[str, ...]] = {}
        for (name, _), (layer, rows) in sorted(held.items(), key=lambda item: self._place[item[0][0]]):
            path[name] = path.get(name, ()) + tuple(layer.table.rows[row].id for row in bits(rows))
        return path

    def _trace(self, evaluation: Evaluation, level: str) -> dict[str, Any]:
        notes = sorted(evaluation.recorder.notes(), key=self._place_of)
        return self._tracer.rendered(notes, evaluation, level)


def _reasons(ruleset: Ruleset) -> Iterator[Reason]:
    for decision in ruleset.decisions.values():
        if isinstance(decision.logic, Table):
            for row in decision.logic.rows:
                if row.code is not None:
                    yield Reason(row.code, row.text or Text("", ""), row.id, source_of(row.place), decision.name)


def _settled(value: Any) -> Any:
    """The value with null for whatever in it is undetermined."""
    kind = type(value)
    if kind is dict:
        return {name: _settled(item) for name, item in value.items()}
    if kind is list or kind is tuple:
        return [_settled(item) for item in value]
    return None if kind is Undetermined else value
