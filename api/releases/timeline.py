"""Which release is in force: a function of the steps recorded and the moment asked about, and of nothing else. Pure.

Of the steps that put a release in force at a moment, the one recorded last says which. So a later step overrides the
earlier ones from its `effective_from` on; what was planned before and begins later still comes, since a step that is
recorded ends by itself where the next plan begins (`until_the_next_plan`). What a step supersedes can be told before
it is recorded (`superseded`), since none is ever taken back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal

from greenlane.api.releases.records import IN_FORCE, StepRecord
from greenlane.engine.text import Text

State = Literal["draft", "submitted", "approved", "rejected", "active", "superseded"]

_LIFE: Mapping[str, State] = {
    "drafted": "draft",
    "submitted": "submitted",
    "approved": "approved",
    "rejected": "rejected",
}


@dataclass(frozen=True)
class Timeline:
    """The steps recorded so far, the first one first. Moments are UTC texts of fixed width."""

    steps: tuple[StepRecord, ...] = ()

    def known_at(self, moment: str) -> Timeline:
        """What was recorded by a moment, that moment included."""
        return Timeline(tuple(step for step in self.steps if step.recorded_at <= moment))

    def before(self, step: StepRecord) -> Timeline:
        """What was recorded before a step."""
        return Timeline(tuple(s for s in self.steps if s.seq < step.seq))

    @property
    def version(self) -> int:
        """The number of the last step, 0 when there is none."""
        return self.steps[-1].seq if self.steps else 0

    @cached_property
    def _latest_first(self) -> tuple[StepRecord, ...]:
        return tuple(step for step in reversed(self.steps) if step.kind in IN_FORCE)

    def in_force(self, moment: str) -> StepRecord | None:
        """The step that says which release is in force at a moment, None when there is none."""
        return next((step for step in self._latest_first if covers(step, moment)), None)

    def planned(self, moment: str) -> Sequence[StepRecord]:
        """The steps that will take effect after a moment, as far as no later one overrides them; the soonest first."""
        begins = {step.effective_from for step in self._latest_first if (step.effective_from or "") > moment}
        found = (self.in_force(begin) for begin in sorted(filter(None, begins)))
        return tuple(dict.fromkeys(step for step in found if step and (step.effective_from or "") > moment))

    def until_the_next_plan(self, effective_from: str, now: str) -> str | None:
        """Where a step recorded now ends by itself: at the first plan that begins both after it and after now."""
        later = (step.effective_from or "" for step in self.planned(max(effective_from, now)))
        return next(iter(later), None)

    @property
    def stopped(self) -> StepRecord | None:
        """The step that turned the kill switch on, None when it is off."""
        last = next((step for step in reversed(self.steps) if step.kind in {"stopped", "resumed"}), None)
        return last if last is not None and last.kind == "stopped" else None

    def of(self, release_id: str) -> tuple[StepRecord, ...]:
        """The steps of one release."""
        return tuple(step for step in self.steps if step.release_id == release_id)

    def state(self, release_id: str, moment: str) -> State:
        """What a release is at a moment. One whose time is still to come is `approved`."""
        current = self.in_force(moment)
        if current is not None and current.release_id == release_id:
            return "active"
        own = self.of(release_id)
        if any(step.kind in IN_FORCE and (step.effective_from or "") <= moment for step in own):
            return "superseded"
        last = next((step for step in reversed(own) if step.kind in _LIFE), None)
        return _LIFE[last.kind] if last is not None else "superseded"

    def is_approved(self, release_id: str) -> bool:
        """Whether the last word on a release is its approval; it may be in force already, or have been."""
        last = next((step for step in reversed(self.of(release_id)) if step.kind in _LIFE), None)
        return last is not None and last.kind == "approved"

    def was_accepted(self, release_id: str) -> bool:
        """Whether a release was ever approved, or came with the rule files: no other runs in a worker."""
        return any(step.kind in {"approved", "loaded", *IN_FORCE} for step in self.of(release_id))

    def was_in_force(self, release_id: str) -> bool:
        """Whether a step ever put a release in force, or planned to."""
        return any(step.kind in IN_FORCE for step in self.of(release_id))

    def submitted(self, release_id: str) -> StepRecord | None:
        """The last submission of a release."""
        return next((step for step in reversed(self.of(release_id)) if step.kind == "submitted"), None)

    def authors(self, release_id: str) -> frozenset[str]:
        """Everyone who drafted or submitted a release."""
        return frozenset(step.actor for step in self.of(release_id) if step.kind in {"drafted", "submitted"})


def covers(step: StepRecord, moment: str) -> bool:
    """Whether a step is meant to be in effect at a moment."""
    begun = step.effective_from is not None and step.effective_from <= moment
    return begun and (step.effective_until is None or moment < step.effective_until)


@dataclass(frozen=True, slots=True)
class Superseded:
    """A stretch of time for which `step` says which release is in force, until another step takes its place."""

    step: StepRecord
    since: str
    until: str | None


@dataclass(frozen=True, slots=True)
class Activation:
    """A step that puts a release in force and what it takes the place of. `recorded` is False of one only tried."""

    step: StepRecord
    overrides: tuple[Superseded, ...]
    recorded: bool


def superseded(timeline: Timeline, step: StepRecord) -> tuple[Superseded, ...]:
    """The stretches of other releases that a step, recorded after `timeline`, would take the place of, in order."""
    begin, end = step.effective_from or "", step.effective_until
    others = (moment for s in timeline.steps if s.kind in IN_FORCE for moment in (s.effective_from, s.effective_until))
    inside = {moment for moment in others if moment and begin < moment and (end is None or moment < end)}
    found: list[Superseded] = []
    for since, until in pairwise([*sorted({begin, *inside}), end]):
        before = timeline.in_force(since or "")
        if before is None or before.release_id == step.release_id:
            continue
        if found and found[-1].step is before and found[-1].until == since:
            since = found.pop().since
        found.append(Superseded(before, since or "", until))
    return tuple(found)


def later(activation: Activation) -> Sequence[Superseded]:
    """Those that begin only after the activation does: what one that is back-dated may not be meant to replace."""
    begin = activation.step.effective_from or ""
    return [each for each in activation.overrides if (each.step.effective_from or "") > begin]


def warning(activation: Activation) -> Text | None:
    """That what came into force later is replaced as well, and how to leave it; None when there is nothing later."""
    replaced = later(activation)
    if not replaced:
        return None
    names = ", ".join(f"{each.step.release_id} ({each.since} – {each.until or '…'})" for each in replaced)
    first = replaced[0].since
    return Text(
        f"将一并取代此后生效的发布：{names}。若只更正此前的时段，请给出 effective_until {first}",
        f"this also takes the place of what came into force later: {names}. "
        f"To correct only the time before, give effective_until {first}",
    )
