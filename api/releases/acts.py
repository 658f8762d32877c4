"""What every act on a release is: one transaction, judged by the steps so far, then followed at once. No SQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from greenlane.api.days import Clock, timestamp
from greenlane.api.problems import ProblemError
from greenlane.api.releases.records import ReleaseRecord
from greenlane.api.releases.snapshots import Snapshots
from greenlane.api.releases.statements import ReleaseStore, StepRefusedError, StepWriter
from greenlane.api.releases.timeline import State, Timeline
from greenlane.engine.text import Text

REFUSED: Mapping[str, str] = {"four_eyes": "four_eyes", "evidence": "evidence_missing"}
"""The problem of each rule of the database; any other is a step out of order."""

PENDING_RETRY = 2
"""Seconds that whoever meets a submission which is not judged yet is asked to wait."""


@dataclass(frozen=True, slots=True)
class Acts:
    """Opens the transactions of steps. Safe for many threads and processes."""

    store: ReleaseStore
    snapshots: Snapshots
    clock: Clock

    @contextmanager
    def begin(self) -> Iterator[tuple[StepWriter, Timeline, str]]:
        """The transaction of one step; then this process decides by it at once, and the others within moments.

        Raises `ProblemError` when the database refuses the step.
        """
        try:
            with self.store.writing() as writer:
                yield writer, Timeline(tuple(writer.steps())), timestamp(self.clock())
        except StepRefusedError as refused:
            raise ProblemError(REFUSED.get(refused.rule, "step_not_allowed")) from refused
        self.snapshots.refresh()

    def release(self, release_id: str) -> ReleaseRecord:
        """The release with this id. Raises `ProblemError` not_found."""
        found = self.store.release(release_id)
        if found is None:
            raise ProblemError("not_found")
        return found


def expect(timeline: Timeline, release_id: str, now: str, *states: State) -> None:
    """Returns when a release is in one of the states, and was never in force. Raises `ProblemError` otherwise."""
    found = timeline.state(release_id, now)
    if found not in states or (found == "approved" and timeline.was_in_force(release_id)):
        raise not_allowed(found)


def expect_judged(writer: StepWriter, release_id: str) -> None:
    """Returns when no submission of a release waits to be judged. Raises `ProblemError` evidence_pending."""
    if writer.pending([release_id]):
        raise ProblemError("evidence_pending", retry_after=PENDING_RETRY)


def not_allowed(state: State) -> ProblemError:
    """That a release is in a state which does not allow the step."""
    return ProblemError("step_not_allowed", subject=Text(STATES[state].zh, state))


STATES: Mapping[State, Text] = {
    "draft": Text("草稿", "draft"),
    "submitted": Text("已提交", "submitted"),
    "approved": Text("已批准", "approved"),
    "rejected": Text("已驳回", "rejected"),
    "active": Text("生效中", "active"),
    "superseded": Text("已被取代", "superseded"),
}
"""What the states are called."""
