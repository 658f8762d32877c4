"""What decides, as known at one moment: taken once for a request, swapped as a whole, followed by two threads."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from greenlane.api.days import Clock, Days, timestamp
from greenlane.api.ledger.errors import StoreUnavailableError
from greenlane.api.logs import logger
from greenlane.api.problems import FieldProblem, ProblemError
from greenlane.api.releases.cache import ReleaseCache
from greenlane.api.releases.loaded import LoadedRelease
from greenlane.api.releases.records import IN_FORCE, StepRecord
from greenlane.api.releases.statements import ReleaseStore
from greenlane.api.releases.timeline import Timeline
from greenlane.engine.decide.application import Violation
from greenlane.engine.text import Text

FUTURE = Violation("future", Text("不得晚于当前时刻", "this moment is still to come"))
PINNED = 6
"""Releases of the timeline that a snapshot holds ready: in force, planned, approved, and the latest before."""

POLL_SECONDS = 0.25
"""Between two looks at the store: with reading and swapping well under the two seconds that are promised."""


@dataclass(frozen=True)
class Snapshot:
    """Steps as known at one moment, and releases ready to decide. Never changes.

    `files` is the release of the rule files where these decide whatever the steps say. `stopped` is the step that
    turned the kill switch on, None when it is off.
    """

    timeline: Timeline
    stopped: StepRecord | None
    files: LoadedRelease | None
    pinned: Mapping[str, LoadedRelease]
    cache: ReleaseCache
    days: Days

    def choose(self, as_of: date, now: datetime, known_at: datetime | None = None) -> LoadedRelease:
        """The release that decides as of a day, by what was recorded until `known_at` (by now unless given).

        Raises `ProblemError`: invalid for a moment still to come, known_at_needs_releases, no_release_then,
        release_unreadable.
        """
        if self.files is not None:
            if known_at is not None:
                raise ProblemError("known_at_needs_releases")
            return self.files
        if known_at is not None and known_at > now:
            # Nobody knows what will be recorded.
            raise ProblemError("invalid", (FieldProblem(FUTURE, parameter="known_at"),))
        timeline = self.timeline.known_at(timestamp(known_at)) if known_at is not None else self.timeline
        step = timeline.in_force(self.days.moment(as_of, known_at or now))
        if step is None or step.release_id is None:
            raise ProblemError("no_release_then")
        return self.pinned.get(step.release_id) or self.cache.get(step.release_id)

    def current(self, now: datetime) -> LoadedRelease:
        """The release that decides as of today."""
        return self.choose(self.days.today(now), now)


@dataclass(slots=True)
class Snapshots:
    """The snapshot that decides now. Safe for many threads: `take` never waits once there is one."""

    store: ReleaseStore
    cache: ReleaseCache
    days: Days
    clock: Clock
    files: LoadedRelease | None = None
    _latest: Snapshot | None = None
    _known: Timeline = field(default_factory=Timeline)
    _reading: threading.Lock = field(default_factory=threading.Lock)
    _swapping: threading.Lock = field(default_factory=threading.Lock)

    def take(self) -> Snapshot:
        """What decides now. Raises `StoreUnavailableError` as long as the steps have never been read."""
        return self._latest or self.refresh()

    def shown(self) -> Snapshot:
        """What decides now as far as is known: rule files that decide are known without the store."""
        if self._latest is None and self.files is not None:
            return Snapshot(Timeline(), None, self.files, {}, self.cache, self.days)
        return self.take()

    def refresh(self) -> Snapshot:
        """Reads the steps, makes the release in force ready and swaps. Raises `StoreUnavailableError`."""
        self._read()
        for release_id in self._wanted()[:1]:
            self._make_ready(release_id)
        with self._swapping:
            return self._swap()

    def follow(self) -> bool:
        """Swaps to what was recorded since, if that is ready; tells whether `prepare` is needed.

        Cheap when nothing was recorded. The kill switch does not wait for a release to be ready.
        """
        if self._latest is None or self.store.version() != self._known.version:
            self._read()
        self._swap_if_ready()
        return not all(map(self._is_ready, self._wanted()))

    def prepare(self) -> None:
        """Makes ready what decides now or soon, the most urgent first, and swaps as soon as that can be."""
        for release_id in self._wanted():
            if not self._is_ready(release_id):
                self._make_ready(release_id)
            self._swap_if_ready()

    def _read(self) -> None:
        with self._reading:
            known = self._known
            # Steps are only ever added, in the order of their numbers.
            timeline = Timeline((*known.steps, *self.store.steps(after=known.version)))
            with self._swapping:
                self._known = timeline

    def _swap_if_ready(self) -> None:
        with self._swapping:
            wanted = self._wanted()
            if not wanted or self._is_ready(wanted[0]):
                self._swap()
            elif self._latest is not None:
                self._latest = replace(self._latest, stopped=self._known.stopped)

    def _swap(self) -> Snapshot:
        timeline, latest = self._known, self._latest
        ready = {i: loaded for i in self._wanted() if (loaded := self.cache.held(i)) is not None}
        if latest is None or latest.timeline is not timeline or latest.pinned.keys() != ready.keys():
            latest = Snapshot(timeline, timeline.stopped, self.files, ready, self.cache, self.days)
            self._latest = latest
        return latest

    def _wanted(self) -> list[str]:
        """The releases to hold ready, the one in force now first; none where files decide."""
        if self.files is not None:
            return []
        known, now = self._known, timestamp(self.clock())
        current = known.in_force(now)
        soon = [step.release_id for step in (*([current] if current else []), *known.planned(now))]
        coming = [s.release_id for s in reversed(known.steps) if s.kind == "approved"]
        past = [s.release_id for s in reversed(known.steps) if s.kind in IN_FORCE]
        return list(dict.fromkeys(i for i in (*soon, *coming[:2], *past) if i is not None))[:PINNED]

    def _is_ready(self, release_id: str) -> bool:
        return self.cache.is_unreadable(release_id) or self.cache.held(release_id) is not None

    def _make_ready(self, release_id: str) -> None:
        # Deciding by one that cannot be read is a problem that says so; by the release before, a wrong answer.
        with suppress(ProblemError):
            self.cache.get(release_id)


class ReleasePoller:
    """Two threads of one process: one follows the steps, the other compiles, so that neither waits for the other."""

    def __init__(self, snapshots: Snapshots) -> None:
        self._snapshots = snapshots
        self._stopped = threading.Event()
        self._wanted = threading.Event()
        self._threads = [threading.Thread(target=run, daemon=True) for run in (self._follow, self._prepare)]

    def start(self) -> None:
        """Begins to follow. A store that is away is tried again, for ever; the last snapshot goes on deciding."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ends both threads."""
        self._stopped.set()
        self._wanted.set()
        for thread in self._threads:
            thread.join(POLL_SECONDS * 8)

    def _follow(self) -> None:
        while not self._stopped.wait(POLL_SECONDS):
            try:
                if self._snapshots.follow():
                    self._wanted.set()
            except StoreUnavailableError as error:
                self._snapshots.store.ledger.refused(error)
            except Exception as error:
                logger.error("releases cannot be followed", error=type(error).__name__)

    def _prepare(self) -> None:
        while self._wanted.wait() and not self._stopped.is_set():
            self._wanted.clear()
            try:
                self._snapshots.prepare()
            except StoreUnavailableError:
                continue
            except Exception as error:
                logger.error("a release cannot be made ready", error=type(error).__name__)
