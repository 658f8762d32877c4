"""What is answered about releases: each declared once, for its bytes and for the OpenAPI document. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, get_args

from msgspec import UNSET, UnsetType, field

from greenlane.api.json_objects import OPEN, Day, JsonObject, Moment, OpenObject, meant, members_of
from greenlane.api.releases.records import EvidenceKind, EvidenceRecord, ReleaseRecord, ReleaseSummary, StepRecord
from greenlane.api.releases.submission_answers import SubmissionDocument
from greenlane.api.releases.timeline import Activation, Superseded, Timeline, warning
from greenlane.engine.check.compare import Added, Change, Changed, Moved, Removed

STATES = ("draft", "submitted", "approved", "rejected", "active", "superseded")
STEP_EVIDENCE = ("check", "scenarios", "impact")
"""The kinds of evidence that a step names."""

CHANGES: Mapping[type[Change], str] = {Added: "added", Removed: "removed", Moved: "moved", Changed: "changed"}

ReleaseId = Annotated[str, meant("The release's id")]


class ReleaseName(JsonObject):
    """Which release it is."""

    id: Annotated[str, meant("Named by its content")]
    sha256: Annotated[str, meant("SHA-256 of the rule files")]
    name: str
    version: str

    @classmethod
    def of(cls, release: ReleaseRecord) -> ReleaseName:
        """The names of a release."""
        return ReleaseName(release.id, release.sha256, release.name, release.version)


class RecordedStep(JsonObject):
    """What is told of every step, whether it is recorded or only tried."""

    seq: int | None
    release: Annotated[str | None, meant("The release's id; null for the kill switch")]
    step: Annotated[
        str,
        meant("loaded, seeded, drafted, submitted, approved, rejected, activated, rolled back, stopped or resumed"),
    ]
    by: Annotated[str, meant("Who did it; `system` for the service itself")]
    recorded_at: Moment
    effective_from: Moment | None
    effective_until: Moment | None
    comment: str | None
    evidence: Annotated[dict[str, Any], meant("Hashes of check, scenarios, impact", **OPEN)]


class StepDocument(RecordedStep):
    """A step in the life of a release, or of the kill switch."""

    seq: Annotated[int, meant("Steps are numbered as they are recorded")]

    @classmethod
    def of(cls, step: StepRecord) -> StepDocument:
        """One step as it is recorded."""
        hashes: Mapping[str, str | None] = {kind: getattr(step, f"{kind}_sha256") for kind in STEP_EVIDENCE}
        return StepDocument(
            step.seq,
            step.release_id,
            step.kind,
            step.actor,
            step.recorded_at,
            step.effective_from,
            step.effective_until,
            step.comment,
            {kind: sha256 for kind, sha256 in hashes.items() if sha256 is not None},
        )


class OverriddenItem(JsonObject):
    """A stretch of time that another release decided, or was to decide."""

    release: ReleaseId
    seq: Annotated[int, meant("The step that put it in force")]
    from_: Moment = field(name="from")
    until: Annotated[str | None, meant("UTC; null: open", format="date-time")]

    @classmethod
    def of(cls, found: Superseded) -> OverriddenItem:
        """What is superseded for a stretch of time."""
        assert found.step.release_id is not None
        return OverriddenItem(found.step.release_id, found.step.seq, found.since, found.until)


class BothLanguages(JsonObject):
    """A text in Chinese and in English."""

    zh: str
    en: str


class ActivationDocument(RecordedStep):
    """A step that puts a release in force, and what it takes the place of."""

    seq: Annotated[int | None, meant("Null of a dry run")]
    dry_run: Annotated[bool, meant("Whether it was only tried: nothing is recorded")]
    overrides: Annotated[
        Sequence[OverriddenItem], meant("What was in force, or planned, for the same time; the earliest first")
    ]
    warning: Annotated[
        BothLanguages | None,
        meant("That releases activated for a later time are replaced as well; null when none is"),
    ]

    @classmethod
    def of(cls, done: Activation) -> ActivationDocument:
        """The step, what it takes the place of, and a warning in both languages when that may not be meant."""
        told = warning(done)
        step = members_of(StepDocument.of(done.step)) | ({} if done.recorded else {"seq": None})
        return ActivationDocument(
            **step,
            dry_run=not done.recorded,
            overrides=[OverriddenItem.of(each) for each in done.overrides],
            warning=BothLanguages(told.zh, told.en) if told is not None else None,
        )


class StepsDocument(JsonObject):
    """Steps in their order."""

    steps: Sequence[StepDocument]

    @classmethod
    def of(cls, steps: Sequence[StepRecord]) -> StepsDocument:
        """These steps."""
        return StepsDocument([StepDocument.of(step) for step in steps])


class SwitchDocument(JsonObject):
    """The kill switch."""

    on: bool
    step: Annotated[StepDocument | None, meant("What turned it last")]

    @classmethod
    def of(cls, timeline: Timeline) -> SwitchDocument:
        """Whether the kill switch is on, and the step that turned it last."""
        last = next((step for step in reversed(timeline.steps) if step.kind in {"stopped", "resumed"}), None)
        return SwitchDocument(timeline.stopped is not None, StepDocument.of(last) if last is not None else None)


class ReleaseLine(ReleaseName):
    """A release in a list."""

    stored_at: Moment
    current: Annotated[bool, meant("Whether it decides now")]
    state: Annotated[str, meant(enum=list(STATES))]
    planned_from: Annotated[str | None, meant("When it will be in force, if that is planned", format="date-time")]

    @classmethod
    def line(cls, release: ReleaseSummary, timeline: Timeline, now: str, current: str | None) -> ReleaseLine:
        """`current` is the release that decides now; where rule files do, its state is active too."""
        state = "active" if release.id == current else timeline.state(release.id, now)
        planned = [step for step in timeline.planned(now) if step.release_id == release.id]
        return ReleaseLine(
            release.id,
            release.sha256,
            release.name,
            release.version,
            release.stored_at,
            release.id == current,
            "superseded" if state == "active" and release.id != current else state,
            planned[0].effective_from if planned else None,
        )


class ReleasesDocument(JsonObject):
    """All releases, the last stored first."""

    releases: Sequence[ReleaseLine]


class ReleaseDocument(ReleaseLine):
    """A release with its files and steps."""

    files: Mapping[str, str]
    steps: Sequence[StepDocument]
    submission: Annotated[SubmissionDocument | None, meant("The last one; null when there was none")]

    @classmethod
    def whole(
        cls,
        release: ReleaseRecord,
        timeline: Timeline,
        now: str,
        current: str | None,
        submission: SubmissionDocument | None,
    ) -> ReleaseDocument:
        """As `ReleaseLine.line`, with everything in it."""
        summary = ReleaseSummary(release.id, release.sha256, release.name, release.version, release.stored_at)
        steps = [StepDocument.of(step) for step in timeline.of(release.id)]
        line = ReleaseLine.line(summary, timeline, now, current)
        return ReleaseDocument(**members_of(line), files=release.files, steps=steps, submission=submission)


class ChangeItem(JsonObject, kw_only=True):
    """One difference. What is added or removed comes with its cells, what is moved with where it was."""

    change: Annotated[str, meant(enum=[*CHANGES.values()])]
    kind: Annotated[str, meant("row, decision, fact, group, reference, reference row, case or heading")]
    name: Annotated[str, meant("The row's id, or the name")]
    in_: Annotated[str | None, meant("The table of a row")] = field(name="in")
    source: Annotated[str | None, meant("Where it is written")]
    cell: Annotated[str | UnsetType, meant("The cell that changed")] = UNSET
    old: Annotated[str | UnsetType | None, meant("Its text before; null where there was none")] = UNSET
    new: Annotated[str | UnsetType | None, meant("Its text now; null where there is none")] = UNSET
    cells: Annotated[dict[str, Any] | UnsetType, meant("The texts of its cells", **OPEN)] = UNSET
    from_: Annotated[str | UnsetType | None, meant("The table it was in")] = field(name="from", default=UNSET)
    after: Annotated[str | UnsetType | None, meant("What it stands after; null at the head")] = UNSET

    @classmethod
    def of(cls, change: Change) -> ChangeItem:
        """A change as programs read it. `old` and `new` are the texts of a cell; null where there is none."""
        item, told = change.item, dict[str, Any]()
        match change:
            case Added() | Removed():
                told = {"cells": dict(item.cells)}
            case Moved():
                told = {"from_": change.old_parent or None, "after": change.after.name if change.after else None}
            case Changed():
                told = {"cell": change.cell, "old": change.old, "new": change.new}
        return ChangeItem(
            change=CHANGES[type(change)],
            kind=item.key.kind,
            name=item.key.name,
            in_=item.parent or None,
            source=item.source or None,
            **told,
        )


class DiffDocument(JsonObject):
    """What differs between two releases."""

    old: ReleaseName
    new: ReleaseName
    steps: Annotated[Sequence[StepDocument], meant("Who did what for the new one, and when")]
    changes: Sequence[ChangeItem]


class BlameItem(JsonObject, kw_only=True):
    """The release that changed a row last."""

    row: Annotated[str, meant("The row's id")]
    in_: Annotated[str, meant("Its table")] = field(name="in")
    source: Annotated[str, meant("Where it is written")]
    release: ReleaseId
    step: Annotated[StepDocument, meant("What put that release in force")]
    authors: Annotated[Sequence[str], meant("Who drafted or submitted it")]
    approved_by: Sequence[str]
    changes: Sequence[ChangeItem]


class BlameDocument(JsonObject):
    """What the rows of a release owe to which release."""

    release: ReleaseName
    rows: Sequence[BlameItem]


class ReferenceRow(JsonObject):
    """A row of a reference table."""

    values: OpenObject
    recorded: Annotated[dict[str, Any], meant("The release it came with in this form", **OPEN)]


class ReferenceDocument(JsonObject):
    """A reference table as of a day, as known at a moment."""

    table: str
    zh: str
    en: str
    source: Annotated[str, meant("Where the data comes from")]
    as_of: Day
    known_at: Moment
    release: ReleaseName
    rows: Sequence[ReferenceRow]


class EvidenceLine(JsonObject):
    """Evidence without its content."""

    sha256: Annotated[str, meant("SHA-256 of the content")]
    kind: Annotated[str, meant("`files` has the hash of each rule file", enum=[*get_args(EvidenceKind)])]
    passed: bool
    recorded_at: Moment
    bytes: int

    @classmethod
    def of(cls, found: EvidenceRecord) -> EvidenceLine:
        """What is told of evidence in a list."""
        size = len(found.content.encode())
        return EvidenceLine(found.sha256, found.kind, found.passed, found.recorded_at, size)


class EvidenceDocument(JsonObject):
    """All that speaks for a release."""

    evidence: Sequence[EvidenceLine]
