"""What an activation takes the place of: told before it is final, since a step is never taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from greenlane.api.ledger.life import IN_FORCE
from greenlane.api.ledger.records import StepRecord
from greenlane.api.releases.release_view import step_document
from greenlane.api.releases.timeline import Timeline
from greenlane.engine.text import Text


@dataclass(frozen=True, slots=True)
class Overridden:
    """A stretch of time for which `step` says which release is in force, until another step takes its place."""

    step: StepRecord
    since: str
    until: str | None


@dataclass(frozen=True, slots=True)
class Activation:
    """A step that puts a release in force and what it takes the place of. `recorded` is False of one only tried."""

    step: StepRecord
    overrides: tuple[Overridden, ...]
    recorded: bool


def overridden(timeline: Timeline, step: StepRecord) -> tuple[Overridden, ...]:
    """The stretches of other releases that a step, recorded after `timeline`, would take the place of, in order."""
    begin, end = step.effective_from or "", step.effective_until
    others = (moment for s in timeline.steps if s.kind in IN_FORCE for moment in (s.effective_from, s.effective_until))
    inside = {moment for moment in others if moment and begin < moment and (end is None or moment < end)}
    found: list[Overridden] = []
    for since, until in pairwise([*sorted({begin, *inside}), end]):
        before = timeline.in_force(since or "")
        if before is None or before.release_id == step.release_id:
            continue
        if found and found[-1].step is before and found[-1].until == since:
            since = found.pop().since
        found.append(Overridden(before, since or "", until))
    return tuple(found)


def later(activation: Activation) -> Sequence[Overridden]:
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


def activation_document(activation: Activation) -> dict[str, Any]:
    """The step, what it takes the place of, and a warning in both languages when that may not be meant."""
    told = warning(activation)
    return {
        **step_document(activation.step),
        "seq": activation.step.seq if activation.recorded else None,
        "dry_run": not activation.recorded,
        "overrides": [_document(each) for each in activation.overrides],
        "warning": {"zh": told.zh, "en": told.en} if told is not None else None,
    }


def _document(each: Overridden) -> Mapping[str, Any]:
    return {"release": each.step.release_id, "seq": each.step.seq, "from": each.since, "until": each.until}
