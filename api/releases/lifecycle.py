"""The life of a release: drafted, approved or rejected, activated, rolled back; the kill switch. No SQL.

Each act is one transaction: what it is judged by cannot change before it is written. The database judges again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from greenlane.api.days import Days, timestamp
from greenlane.api.principals import Principal
from greenlane.api.problems import FieldProblem, ProblemError
from greenlane.api.releases.acts import Acts, expect, expect_judged, not_allowed
from greenlane.api.releases.examination import DraftExamination, Examine
from greenlane.api.releases.records import StepKind, StepRecord
from greenlane.api.releases.service import named_release
from greenlane.api.releases.timeline import Activation, Timeline, superseded
from greenlane.engine.decide.application import Violation
from greenlane.engine.text import Text

BEFORE = Violation("not_after", Text("必须晚于 effective_from", "this must be after effective_from"))


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """Records steps. Safe for many threads and processes. Acts raise `ProblemError` and `StoreUnavailableError`.

    A draft is submitted by `Submissions`: what speaks for it takes its time.
    """

    acts: Acts
    examine: Examine
    days: Days

    def draft(self, files: Mapping[str, str], comment: str | None, by: Principal) -> StepRecord:
        """Stores rule files as a release that is a draft. Files that hold an error are refused with every fault."""
        found = self.examine(DraftExamination(files)).identity
        assert found is not None
        release = named_release(found.name, found.version, found.files, self.acts.clock())
        with self.acts.begin() as (writer, timeline, now):
            expect_judged(writer, release.id)
            known = any(step.kind != "loaded" for step in timeline.of(release.id))
            if known and timeline.state(release.id, now) not in {"draft", "rejected"}:
                raise not_allowed(timeline.state(release.id, now))
            writer.add_release(release)
            return writer.add(StepRecord(release.id, "drafted", by.id, now, comment=comment))

    def approve(self, release_id: str, comment: str | None, by: Principal) -> StepRecord:
        """Approves the last submission with its evidence. Nobody approves what they drafted or submitted."""
        self.acts.release(release_id)
        with self.acts.begin() as (writer, timeline, now):
            expect_judged(writer, release_id)
            expect(timeline, release_id, now, "submitted")
            if by.id in timeline.authors(release_id):
                raise ProblemError("four_eyes")
            submitted = timeline.submitted(release_id)
            assert submitted is not None
            approved = replace(submitted, kind="approved", actor=by.id, recorded_at=now, comment=comment, seq=0)
            return writer.add(approved)

    def reject(self, release_id: str, comment: str, by: Principal) -> StepRecord:
        """Turns a submission down, or takes back the approval of a release that was never activated."""
        self.acts.release(release_id)
        with self.acts.begin() as (writer, timeline, now):
            expect_judged(writer, release_id)
            expect(timeline, release_id, now, "submitted", "approved")
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
        self.acts.release(release_id)
        with self.acts.begin() as (writer, timeline, now):
            if not timeline.is_approved(release_id):
                raise not_allowed(timeline.state(release_id, now))
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
            self.acts.release(to)
        with self.acts.begin() as (writer, timeline, now):
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
        with self.acts.begin() as (writer, timeline, now):
            if (timeline.stopped is not None) == on:
                raise _not_allowed_switch(on)
            return writer.add(StepRecord(None, kind, by.id, now, comment=reason))

    def _releases_decide(self) -> None:
        if self.acts.snapshots.files is not None:
            raise ProblemError("files_decide")

    def _moment(self, given: date | datetime | None) -> str | None:
        """A day begins where the bank is."""
        if given is None:
            return None
        return timestamp(given) if isinstance(given, datetime) else self.days.begin(given)


def _before(timeline: Timeline, current: StepRecord | None, now: str) -> str | None:
    """The release that was in force before the present one; None after a rollback, which is not to be undone unseen."""
    step = current if current is not None and current.kind != "rolled back" else None
    while step is not None and current is not None and step.release_id == current.release_id:
        timeline = timeline.before(step)
        step = timeline.in_force(now)
    return step.release_id if step is not None else None


def _not_allowed_switch(on: bool) -> ProblemError:
    subject = Text("停用开关已启用", "kill switch on") if on else Text("停用开关已关闭", "kill switch off")
    return ProblemError("step_not_allowed", subject=subject)
