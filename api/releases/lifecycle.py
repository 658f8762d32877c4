"""The life of a release: drafted, submitted, approved or rejected, activated, rolled back; kill switch. No SQL.

Each act is one transaction: what it is judged by cannot change before it is written. The database judges again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from greenlane.api.days import Clock, Days, timestamp
from greenlane.api.principals import Principal
from greenlane.api.problems import FieldProblem, ProblemError
from greenlane.api.releases.examination import DraftExamination, Examine, Proof, SubmissionExamination
from greenlane.api.releases.records import EvidenceRecord, ReleaseRecord, StepKind, StepRecord
from greenlane.api.releases.service import named_release
from greenlane.api.releases.snapshots import Snapshots
from greenlane.api.releases.statements import ReleaseStore, StepRefusedError, StepWriter
from greenlane.api.releases.timeline import Activation, State, Timeline, superseded
from greenlane.engine.decide.application import Violation
from greenlane.engine.text import Text

REFUSED: Mapping[str, str] = {"four_eyes": "four_eyes", "evidence": "evidence_missing"}
"""The problem of each rule of the database; any other is a step out of order."""

BEFORE = Violation("not_after", Text("必须晚于 effective_from", "this must be after effective_from"))


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """Records steps. Safe for many threads and processes. Acts raise `ProblemError` and `StoreUnavailableError`."""

    store: ReleaseStore
    snapshots: Snapshots
    examine: Examine
    clock: Clock
    days: Days
    engine: str

    def draft(self, files: Mapping[str, str], comment: str | None, by: Principal) -> StepRecord:
        """Stores rule files as a release that is a draft. Files that hold an error are refused with every fault."""
        found = self.examine(DraftExamination(files)).identity
        assert found is not None
        release = named_release(found.name, found.version, found.files, self.clock())
        with self._act() as (writer, timeline, now):
            known = any(step.kind != "loaded" for step in timeline.of(release.id))
            if known and timeline.state(release.id, now) not in {"draft", "rejected"}:
                raise _not_allowed(timeline.state(release.id, now))
            writer.add_release(release)
            return writer.add(StepRecord(release.id, "drafted", by.id, now, comment=comment))

    def submit(self, release_id: str, impact: str | None, comment: str | None, by: Principal) -> StepRecord:
        """Asks for approval, with evidence that the service finds out itself: the check, and how the worked cases of
        the rules come out, which must reach every row that is changed. `impact` is a document of the author's own.

        The version must be above that in force. What is wrong is a problem with every fault; then nothing is recorded.
        """
        release = self._release(release_id)
        against = self._in_force()
        _expect(Timeline(tuple(self.store.steps())), release_id, timestamp(self.clock()), "draft", "rejected")
        if against is not None and not _is_above(release.version, against.version):
            raise ProblemError("version_not_raised", subject=Text(against.version, against.version))
        found = self._evidence(release, against, impact)
        with self._act() as (writer, timeline, now):
            _expect(timeline, release_id, now, "draft", "rejected")
            for each in found:
                writer.add_evidence(each)
            hashes: dict[str, Any] = {f"{each.kind}_sha256": each.sha256 for each in found}
            return writer.add(StepRecord(release_id, "submitted", by.id, now, comment=comment, **hashes))

    def approve(self, release_id: str, comment: str | None, by: Principal) -> StepRecord:
        """Approves the last submission with its evidence. Nobody approves what they drafted or submitted."""
        self._release(release_id)
        with self._act() as (writer, timeline, now):
            _expect(timeline, release_id, now, "submitted")
            if by.id in timeline.authors(release_id):
                raise ProblemError("four_eyes")
            submitted = timeline.submitted(release_id)
            assert submitted is not None
            approved = replace(submitted, kind="approved", actor=by.id, recorded_at=now, comment=comment, seq=0)
            return writer.add(approved)

    def reject(self, release_id: str, comment: str, by: Principal) -> StepRecord:
        """Turns a submission down, or takes back the approval of a release that was never activated."""
        self._release(release_id)
        with self._act() as (writer, timeline, now):
            _expect(timeline, release_id, now, "submitted", "approved")
            return writer.add(StepRecord(release_id, "rejected", by.id, now, comment=comment))

    def activate(
        self,
        release_id: str,
        effective_from: date | datetime | None,
        effective_until: date | datetime | None,
        comment: str | None,
        by: Principal,
        dry_run: bool = False,
    ) -> Activation:
        """Puts an approved release in force from a moment (now unless given), which may be past or to come.

        It stays until `effective_until`; when that is not given, until the next plan begins, if there is one. With
        `dry_run` nothing is recorded: what would be is told, with everything that it would take the place of.
        """
        self._releases_decide()
        self._release(release_id)
        with self._act() as (writer, timeline, now):
            if not timeline.is_approved(release_id):
                raise _not_allowed(timeline.state(release_id, now))
            since = self._moment(effective_from) or now
            until = self._moment(effective_until) or timeline.until_the_next_plan(since, now)
            if until is not None and until <= since:
                raise ProblemError("invalid", (FieldProblem(BEFORE, pointer="/effective_until"),))
            step = StepRecord(release_id, "activated", by.id, now, since, until, comment)
            recorded = step if dry_run else writer.add(step)
            return Activation(recorded, superseded(timeline, step), not dry_run)

    def roll_back(
        self, to: str | None, effective_from: date | datetime | None, comment: str | None, by: Principal
    ) -> StepRecord:
        """Puts a release that was in force before in force again: the one before the present one, or a named one.

        It takes the place of the present one from where that began (unless another moment is given), so that nothing
        is decided by it any more, as of whichever day. What was planned for later still comes.
        """
        self._releases_decide()
        if to is not None:
            self._release(to)
        with self._act() as (writer, timeline, now):
            current = timeline.in_force(now)
            target = to or _before(timeline, current, now)
            if current is None or target is None or not timeline.was_in_force(target):
                raise ProblemError("nothing_to_roll_back")
            since = self._moment(effective_from) or current.effective_from or now
            until = timeline.until_the_next_plan(since, now)
            return writer.add(StepRecord(target, "rolled back", by.id, now, since, until, comment))

    def switch(self, on: bool, reason: str | None, by: Principal) -> StepRecord:
        """Turns the kill switch: on, every application is referred to a person and no rule is asked."""
        kind: StepKind = "stopped" if on else "resumed"
        with self._act() as (writer, timeline, now):
            if (timeline.stopped is not None) == on:
                raise _not_allowed_switch(on)
            return writer.add(StepRecord(None, kind, by.id, now, comment=reason))

    def _releases_decide(self) -> None:
        if self.snapshots.files is not None:
            raise ProblemError("files_decide")

    def _release(self, release_id: str) -> ReleaseRecord:
        found = self.store.release(release_id)
        if found is None:
            raise ProblemError("not_found")
        return found

    def _in_force(self) -> ReleaseRecord | None:
        """What decides as of today, if anything does."""
        try:
            return (self.snapshots.files or self.snapshots.refresh().current(self.clock())).record
        except ProblemError:
            return None

    def _evidence(
        self, release: ReleaseRecord, against: ReleaseRecord | None, impact: str | None
    ) -> Sequence[EvidenceRecord]:
        now = self.clock()
        proofs = self.examine(SubmissionExamination(release, against, self.days.today(now), self.engine)).proofs
        own = [Proof("impact", impact, passed=True)] if impact is not None else []
        return [_evidence(release.id, each, timestamp(now)) for each in (*proofs, *own)]

    def _moment(self, given: date | datetime | None) -> str | None:
        """A day begins where the bank is."""
        if given is None:
            return None
        return timestamp(given) if isinstance(given, datetime) else self.days.begin(given)

    @contextmanager
    def _act(self) -> Iterator[tuple[StepWriter, Timeline, str]]:
        """The transaction of one step; then this process decides by it at once, and the others within moments."""
        try:
            with self.store.writing() as writer:
                yield writer, Timeline(tuple(writer.steps())), timestamp(self.clock())
        except StepRefusedError as refused:
            raise ProblemError(REFUSED.get(refused.rule, "step_not_allowed")) from refused
        self.snapshots.refresh()


def _evidence(release_id: str, proof: Proof, recorded_at: str) -> EvidenceRecord:
    sha256 = hashlib.sha256(proof.content.encode()).hexdigest()
    return EvidenceRecord(release_id, sha256, proof.kind, proof.passed, proof.content, recorded_at)


def _is_above(version: str, other: str) -> bool:
    """Number by number; one that a word is added to (`1.4.0-rc.1`) is below the one without."""
    return _rank(version) > _rank(other)


def _rank(version: str) -> tuple[list[tuple[int, str]], bool, str]:
    numbers, _, word = version.partition("-")
    # Compared as texts, the longer one being greater: nobody says how many digits there are.
    digits = [number.lstrip("0") for number in numbers.split(".")]
    return [(len(number), number) for number in digits], not word, word


def _expect(timeline: Timeline, release_id: str, now: str, *states: State) -> None:
    found = timeline.state(release_id, now)
    if found not in states or (found == "approved" and timeline.was_in_force(release_id)):
        raise _not_allowed(found)


def _before(timeline: Timeline, current: StepRecord | None, now: str) -> str | None:
    """The release that was in force before the present one; None after a rollback, which is not to be undone unseen."""
    step = current if current is not None and current.kind != "rolled back" else None
    while step is not None and current is not None and step.release_id == current.release_id:
        timeline = timeline.before(step)
        step = timeline.in_force(now)
    return step.release_id if step is not None else None


def _not_allowed(state: State) -> ProblemError:
    return ProblemError("step_not_allowed", subject=Text(STATES[state].zh, state))


def _not_allowed_switch(on: bool) -> ProblemError:
    subject = Text("停用开关已启用", "kill switch on") if on else Text("停用开关已关闭", "kill switch off")
    return ProblemError("step_not_allowed", subject=subject)


STATES: Mapping[State, Text] = {
    "draft": Text("草稿", "draft"),
    "submitted": Text("已提交", "submitted"),
    "approved": Text("已批准", "approved"),
    "rejected": Text("已驳回", "rejected"),
    "active": Text("生效中", "active"),
    "superseded": Text("已被取代", "superseded"),
}
"""What the states are called."""
