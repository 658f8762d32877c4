"""What operators watch of releases, told when they look: from snapshots and the record. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from greenlane.api.days import timestamp
from greenlane.api.ledger.errors import StoreUnavailableError
from greenlane.api.metrics import Deciding
from greenlane.api.problems import ProblemError
from greenlane.api.releases.records import StepKind, StepRecord
from greenlane.api.releases.service import ReleaseService
from greenlane.api.releases.snapshots import Snapshot

SWAPS: frozenset[StepKind] = frozenset({"activated", "rolled back"})
FELT: frozenset[StepKind] = SWAPS | {"stopped", "resumed"}
"""Steps that change what is decided."""


def deciding(releases: ReleaseService) -> Deciding | None:
    """What decides now in this process; None as long as it has not reached its store. Raises nothing."""
    now = releases.clock()
    try:
        snapshot = releases.snapshots.shown()
    except StoreUnavailableError:
        return None
    moment = timestamp(now)
    begun = [s for s in snapshot.timeline.steps if s.kind in SWAPS and _begins(s) <= moment]
    release, version = _release(snapshot, now)
    return Deciding(release, version, snapshot.stopped is not None, len(begun), _behind(releases, snapshot, now))


def _begins(step: StepRecord) -> str:
    """From when a step is felt: it is not before it is recorded."""
    return max(step.recorded_at, step.effective_from or "")


def _release(snapshot: Snapshot, now: datetime) -> tuple[str, str] | tuple[None, None]:
    try:
        loaded = snapshot.files or snapshot.current(now)
    except (ProblemError, StoreUnavailableError):
        # None is in force, or the one that is cannot be read.
        return None, None
    return loaded.record.id, loaded.record.version


def _behind(releases: ReleaseService, snapshot: Snapshot, now: datetime) -> float | None:
    """How long a step has been on record that this process does not decide by yet; None while the store is away."""
    try:
        unseen: Sequence[StepRecord] = releases.store.steps(after=snapshot.timeline.version)
    except StoreUnavailableError:
        return None
    since = [datetime.fromisoformat(step.recorded_at) for step in unseen if step.kind in FELT]
    return max(0.0, (now - min(since)).total_seconds()) if since else 0.0
