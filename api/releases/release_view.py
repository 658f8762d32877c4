"""Releases, their steps and their evidence, as programs are told of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from greenlane.api.releases.records import EvidenceRecord, ReleaseRecord, ReleaseSummary, StepRecord
from greenlane.api.releases.timeline import Activation, Superseded, Timeline, warning

EVIDENCE = ("check", "scenarios", "impact")


def release_name(release: ReleaseRecord) -> dict[str, str]:
    """Which release it is."""
    return {"id": release.id, "sha256": release.sha256, "name": release.name, "version": release.version}


def release_line(release: ReleaseSummary, timeline: Timeline, now: str, current: str | None) -> dict[str, Any]:
    """A release in a list. `current` is the release that decides now; where rule files do, its state is active too."""
    state = "active" if release.id == current else timeline.state(release.id, now)
    planned = [step for step in timeline.planned(now) if step.release_id == release.id]
    return {
        "id": release.id,
        "sha256": release.sha256,
        "name": release.name,
        "version": release.version,
        "stored_at": release.stored_at,
        "current": release.id == current,
        "state": "superseded" if state == "active" and release.id != current else state,
        "planned_from": planned[0].effective_from if planned else None,
    }


def release_document(release: ReleaseRecord, timeline: Timeline, now: str, current: str | None) -> dict[str, Any]:
    """A release with its files and steps."""
    summary = ReleaseSummary(release.id, release.sha256, release.name, release.version, release.stored_at)
    return {
        **release_line(summary, timeline, now, current),
        "files": dict(release.files),
        "steps": step_documents(timeline.of(release.id)),
    }


def step_documents(steps: Sequence[StepRecord]) -> list[dict[str, Any]]:
    """Steps in their order."""
    return [step_document(step) for step in steps]


def step_document(step: StepRecord) -> dict[str, Any]:
    """One step; `evidence` maps the kinds it names to their hashes."""
    hashes: Mapping[str, str | None] = {kind: getattr(step, f"{kind}_sha256") for kind in EVIDENCE}
    return {
        "seq": step.seq,
        "release": step.release_id,
        "step": step.kind,
        "by": step.actor,
        "recorded_at": step.recorded_at,
        "effective_from": step.effective_from,
        "effective_until": step.effective_until,
        "comment": step.comment,
        "evidence": {kind: sha256 for kind, sha256 in hashes.items() if sha256 is not None},
    }


def evidence_line(evidence: EvidenceRecord) -> dict[str, Any]:
    """Evidence without its content."""
    found = asdict(evidence)
    del found["content"], found["release_id"]
    return found | {"bytes": len(evidence.content.encode())}


def switch_document(timeline: Timeline) -> dict[str, Any]:
    """Whether the kill switch is on, and the step that turned it last."""
    last = next((step for step in reversed(timeline.steps) if step.kind in {"stopped", "resumed"}), None)
    return {"on": timeline.stopped is not None, "step": step_document(last) if last is not None else None}


def activation_document(activation: Activation) -> dict[str, Any]:
    """The step, what it takes the place of, and a warning in both languages when that may not be meant."""
    told = warning(activation)
    return {
        **step_document(activation.step),
        "seq": activation.step.seq if activation.recorded else None,
        "dry_run": not activation.recorded,
        "overrides": [_superseded(each) for each in activation.overrides],
        "warning": {"zh": told.zh, "en": told.en} if told is not None else None,
    }


def _superseded(each: Superseded) -> Mapping[str, Any]:
    return {"release": each.step.release_id, "seq": each.step.seq, "from": each.since, "until": each.until}
