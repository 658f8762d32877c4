"""Deciding: facts in, a result with its reasons out. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property, partial
from typing import Any

from greenlane.engine.decide.evaluation import EvaluationState, Making, Note, limited
from greenlane.engine.decide.matching import bits
from greenlane.engine.decide.plan import Plan
from greenlane.engine.decide.trace import TraceWriter, source_of
from greenlane.engine.feel import Cause, Undetermined
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.json_values import check_told, json_of, json_of_cause
from greenlane.engine.feel.semantics import settled
from greenlane.engine.feel.values import type_name
from greenlane.engine.feel.values.types import ZH
from greenlane.engine.json_text import pointer
from greenlane.engine.rules.ruleset import Decision, Ruleset
from greenlane.engine.rules.table import Table
from greenlane.engine.rules.vocabulary import Scalar
from greenlane.engine.text import Text

MAX_MEMBERS = 100
"""Members of an answer that cannot be told of which the causes are given; further ones are null as well."""
_STATUS, _REASONS, _OUTCOME = "/status", "/reasons", "/outcome"


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
    """A row that could not be decided and is not ignored; where the budget did not suffice, twice the decision."""

    row: str
    decision: str
    because: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class UndeterminedMember:
    """A member of the answer that cannot be told, by its JSON pointer (`/outcome/pricing/rate_pct`): null, and why."""

    member: str
    because: tuple[Cause, ...]


@dataclass(frozen=True)
class Result:
    """`outcome` holds FEEL values; what is undetermined in it is null. `reasons` are those of requirements that are not
    met, then the rules' own, in their order. `status` is None for a ruleset that only computes.

    `undetermined` lists the rows that could not be decided, each once for each set of causes, in the order of the
    decisions; then the members of the answer that cannot be told. Rows of calls that status and reasons do not ask for
    are in the trace alone.
    """

    outcome: dict[str, Any]
    status: str | None
    reasons: tuple[Reason, ...]
    undetermined: tuple[UndeterminedRow | UndeterminedMember, ...]
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
                {
                    **({"row": u.row} if isinstance(u, UndeterminedRow) else {"member": u.member}),
                    "because": [json_of_cause(c) for c in u.because],
                }
                for u in self.undetermined
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

    def __init__(self, ruleset: Ruleset, plan: Plan, making: Making) -> None:
        self.ruleset = ruleset
        self.plan = plan
        self._making = making
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
        state = EvaluationState(self._names(facts), self._making, as_of, trace == TraceLevel.FULL)
        members: list[UndeterminedMember] = []
        status, reasons = self._status(state, members), self._told(state, members)
        asked = len(state.undetermined)
        outcome, unmet = self._outcome(state, members), self._unmet(state, members)
        answer, ended = self.ruleset.answer, state.budget.ended
        if members or unmet or ended is not None:
            # After the end of the budget what was decided may have gone by what could not be told.
            status = answer.referred
        if answer.status in outcome:
            # Otherwise an answer would say two things of itself.
            outcome = {**outcome, answer.status: status}
        # A call that only the outcome makes tells of something else, such as another product.
        more = (note for note in state.undetermined[asked:] if note.arguments is None)
        rows = dict.fromkeys(self._undetermined([*state.undetermined[:asked], *more]))
        end = (self._end(state, ended),) if ended is not None else ()
        return Result(
            outcome,
            status,
            (*unmet, *reasons),
            (*rows, *end, *dict.fromkeys(members)),
            None if trace == TraceLevel.NONE else partial(self._trace, state, str(trace), members),
            partial(self._path, state.notes),
        )

    def _end(self, state: EvaluationState, ended: FeelError) -> UndeterminedRow:
        """Where the budget ran out: the first decision that says so."""
        found = (note.decision.name for note in state.notes if _says(note.value, ended))
        name = next(found, self.ruleset.answer.outcome)
        return UndeterminedRow(name, name, limited(name, ended).causes)

    def _names(self, facts: Mapping[str, Scalar]) -> dict[str, Any]:
        known = self._absent
        names: dict[str, Any] = {**known, **facts}
        if len(names) > len(known):
            names = {name: names[name] for name in known}
        for name in self._meant:
            if names[name] is None:
                names[name] = known[name]
        return names

    def _status(self, state: EvaluationState, members: list[UndeterminedMember]) -> str | None:
        name = self.ruleset.answer.status
        status = state[name] if name is not None else None
        if name is None or isinstance(status, str):
            return status
        members.append(_not_a("string", name, status, _STATUS))
        return None

    def _told(self, state: EvaluationState, members: list[UndeterminedMember]) -> list[Reason]:
        """The reasons that can be told, each once."""
        found: dict[str, Reason] = {}
        for name in self.ruleset.answer.reasons:
            codes = state[name]
            if not isinstance(codes, list | tuple):
                members.append(_not_a("list", name, codes, _REASONS))
                continue
            for code in codes:
                if isinstance(code, str) and code in self._reasons:
                    found[code] = self._reasons[code]
                elif code is not None and len(members) < MAX_MEMBERS:
                    members.append(_no_reason(code))
        return list(found.values())

    def _outcome(self, state: EvaluationState, members: list[UndeterminedMember]) -> dict[str, Any]:
        answer = self.ruleset.answer
        outcome = state[answer.outcome]
        if not isinstance(outcome, dict):
            members.append(_not_a("context", answer.outcome, outcome, _OUTCOME))
            return {}
        if answer.status in outcome:
            # It is that of the answer, whatever it is here.
            outcome = {**outcome, answer.status: None}
        try:
            check_told(outcome)
        except FeelError as error:
            state.budget.end(error)
            members.append(UndeterminedMember(_OUTCOME, limited(answer.outcome, error).causes))
            return {}
        told, unknown = settled(outcome, max(0, MAX_MEMBERS - len(members)))
        members += [UndeterminedMember(_OUTCOME + pointer(*at), value.causes) for at, value in unknown]
        return told  # type: ignore[no-any-return]

    def _unmet(self, state: EvaluationState, members: list[UndeterminedMember]) -> tuple[Reason, ...]:
        """The reasons of the requirements that are not met, or of which that cannot be told."""
        name = self.ruleset.answer.requires
        if name is None:
            return ()
        rows = state[name]
        if isinstance(rows, list):
            return tuple(self._reasons[row["id"]] for row in rows)
        members.append(_not_a("list", name, rows, _STATUS))
        return ()

    def _undetermined(self, notes: list[Note]) -> Iterator[UndeterminedRow]:
        for note in self._in_order(notes):
            for conditions, _, found, scope in note.matched:
                for row in bits(found.undetermined):
                    name = note.decision.name
                    yield UndeterminedRow(self._ids[name][row], name, conditions.causes(row, scope, found.known))

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

    def _trace(self, state: EvaluationState, level: str, members: list[UndeterminedMember]) -> dict[str, Any]:
        told = self._trace_writer.written(self._in_order(state.notes), state, level)
        because = [
            {"member": m.member, "because": [json_of_cause(c) for c in m.because]} for m in dict.fromkeys(members)
        ]
        return {**told, "undetermined": because} if because else told


def _ids(decision: Decision) -> tuple[str, ...]:
    return tuple(row.id for row in decision.logic.rows) if isinstance(decision.logic, Table) else ()


def _reasons(ruleset: Ruleset) -> Iterator[Reason]:
    for decision in ruleset.decisions.values():
        if isinstance(decision.logic, Table):
            for row in decision.logic.rows:
                if row.code is not None:
                    yield Reason(row.code, row.text or Text("", ""), row.id, source_of(row), decision.name)


def _not_a(wanted: str, name: str, value: Any, member: str) -> UndeterminedMember:
    """What is to be said of a member whose decision, of that name, gives no value of the type wanted."""
    if isinstance(value, Undetermined):
        return UndeterminedMember(member, value.causes)
    found = type_name(value)
    message = Text(f"需要{ZH[wanted]}，得到的是{ZH[found]}", f"a {wanted} is needed, got a {found}")
    return UndeterminedMember(member, (Cause("missing" if value is None else "type", name, message),))


def _no_reason(code: Any) -> UndeterminedMember:
    """What stands among the codes and is none."""
    if isinstance(code, Undetermined):
        return UndeterminedMember(_REASONS, code.causes)
    shown = code if isinstance(code, str) else type_name(code)
    message = Text(f"`{shown}` 不是任何行的代码", f"`{shown}` is the code of no row")
    return UndeterminedMember(_REASONS, (Cause("name", shown, message),))


def _says(value: Any, ended: FeelError) -> bool:
    """Whether the value is undetermined because the budget ended."""
    return type(value) is Undetermined and any(cause.message.en == ended.en for cause in value.causes)
