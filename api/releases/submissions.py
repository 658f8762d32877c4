"""Submissions: asked for, on record before they are answered, and judged by whichever process comes to it. No SQL.

What comes of a request is recorded once, whoever judges it and however often: the step `submitted`, or a refusal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from greenlane.api.days import Days, timestamp
from greenlane.api.principals import Principal
from greenlane.api.problems import ProblemError
from greenlane.api.releases.acts import Acts, expect, expect_judged
from greenlane.api.releases.examination import Examine, Proof, SubmissionExamination
from greenlane.api.releases.records import EvidenceRecord, ReleaseRecord, StepRecord
from greenlane.api.releases.statements import following
from greenlane.api.releases.submission_records import Submission, SubmissionRefusal, SubmissionRequest
from greenlane.api.releases.timeline import Timeline
from greenlane.engine.text import Text

PATIENCE = 3
"""How often a request may be overdue before it is refused where nothing can be examined for want of a place."""


@dataclass(frozen=True, slots=True)
class Submissions:
    """Records requests and what comes of them. Safe for many threads and processes.

    A request that is not judged after `overdue_seconds` is anybody's: whoever had it may be gone.
    """

    acts: Acts
    examine: Examine
    days: Days
    engine: str
    overdue_seconds: float

    def ask(self, release_id: str, impact: str | None, comment: str | None, by: Principal) -> SubmissionRequest:
        """Records that approval is asked for. `impact` is a document of the author's own.

        Raises `ProblemError`: not_found, evidence_pending, step_not_allowed, version_not_raised.
        """
        release, against = self.acts.release(release_id), self._in_force()
        with self.acts.begin() as (writer, timeline, now):
            expect_judged(writer, release_id)
            expect(timeline, release_id, now, "draft", "rejected")
            _expect_raised(release, against)
            document = _evidence(release_id, Proof("impact", impact, passed=True), now) if impact is not None else None
            if document is not None:
                writer.add_evidence(document)
            asked = SubmissionRequest(release_id, by.id, now, comment, document.sha256 if document else None)
            return writer.ask(asked)

    def latest(self, release_id: str) -> Submission | None:
        """The last submission of a release, None of one that was never asked for in this way."""
        return self.acts.store.submission(release_id)

    def overdue(self) -> Sequence[SubmissionRequest]:
        """The requests that whoever had them should have judged by now."""
        pending = self.acts.store.pending(_drafts(self.acts.snapshots.take().timeline))
        return [request for request in pending if self._is_older(request, self.overdue_seconds)]

    def judge(self, request: SubmissionRequest) -> None:
        """Finds and records what comes of a request, unless that is recorded.

        Raises `StoreUnavailableError`, and `ProblemError` drafts_busy as long as it may be tried again.
        """
        if request not in self.acts.store.pending([request.release]):
            return
        try:
            self._submit(request, self._found(request))
        except ProblemError as refused:
            if refused.code == "drafts_busy" and not self._is_older(request, PATIENCE * self.overdue_seconds):
                raise
            self.refuse(request, refused)

    def refuse(self, request: SubmissionRequest, problem: ProblemError) -> None:
        """Records that a request is refused, unless what comes of it is recorded."""
        with self.acts.store.writing() as writer:
            if request in writer.pending([request.release]):
                now = following(timestamp(self.acts.clock()), request.requested_at)
                writer.refuse(SubmissionRefusal.of(request, problem, now))

    def _submit(self, request: SubmissionRequest, found: Sequence[EvidenceRecord]) -> None:
        with self.acts.begin() as (writer, _, now):
            if request not in writer.pending([request.release]):
                return
            for each in found:
                writer.add_evidence(each)
            hashes: dict[str, Any] = {f"{each.kind}_sha256": each.sha256 for each in found}
            hashes["impact_sha256"] = request.impact_sha256
            at = following(now, request.requested_at)
            writer.add(StepRecord(request.release, "submitted", request.by, at, comment=request.comment, **hashes))

    def _found(self, request: SubmissionRequest) -> Sequence[EvidenceRecord]:
        """What speaks for a release: the check, and how its worked cases come out, which reach all that is changed."""
        release, against = self.acts.release(request.release), self._in_force()
        _expect_raised(release, against)
        now = self.acts.clock()
        proofs = self.examine(SubmissionExamination(release, against, self.days.today(now), self.engine)).proofs
        return [_evidence(release.id, each, timestamp(now)) for each in proofs]

    def _in_force(self) -> ReleaseRecord | None:
        """What decides as of today, if anything does."""
        snapshots = self.acts.snapshots
        try:
            return (snapshots.files or snapshots.refresh().current(self.acts.clock())).record
        except ProblemError:
            return None

    def _is_older(self, request: SubmissionRequest, seconds: float) -> bool:
        return request.requested_at < timestamp(self.acts.clock() - timedelta(seconds=seconds))


def _drafts(timeline: Timeline) -> Sequence[str]:
    """The releases whose last step lets them be submitted."""
    last = {step.release_id: step.kind for step in timeline.steps if step.release_id is not None}
    return [release_id for release_id, kind in last.items() if kind in {"drafted", "rejected"}]


def _evidence(release_id: str, proof: Proof, recorded_at: str) -> EvidenceRecord:
    sha256 = hashlib.sha256(proof.content.encode()).hexdigest()
    return EvidenceRecord(release_id, sha256, proof.kind, proof.passed, proof.content, recorded_at)


def _expect_raised(release: ReleaseRecord, against: ReleaseRecord | None) -> None:
    """Number by number; one that a word is added to (`1.4.0-rc.1`) is below the one without."""
    if against is not None and not _rank(release.version) > _rank(against.version):
        raise ProblemError("version_not_raised", subject=Text(against.version, against.version))


def _rank(version: str) -> tuple[list[tuple[int, str]], bool, str]:
    numbers, _, word = version.partition("-")
    # Compared as texts, the longer one being greater: nobody says how many digits there are.
    digits = [number.lstrip("0") for number in numbers.split(".")]
    return [(len(number), number) for number in digits], not word, word
