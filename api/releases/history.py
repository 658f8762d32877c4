"""What differs between releases, and which release a row owes its present form to. No web framework and no SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from greenlane.api.days import Days, timestamp
from greenlane.api.problems import ProblemError
from greenlane.api.releases.answers import (
    BlameDocument,
    BlameItem,
    ChangeItem,
    DiffDocument,
    ReferenceDocument,
    ReferenceRow,
    ReleaseName,
    StepDocument,
)
from greenlane.api.releases.cache import ReleaseCache
from greenlane.api.releases.examination import ComparisonExamination, Differences, Examine, RowItem
from greenlane.api.releases.loaded import LoadedRelease
from greenlane.api.releases.records import IN_FORCE, StepRecord
from greenlane.api.releases.service import ReleaseService
from greenlane.api.releases.timeline import Timeline
from greenlane.engine.check.describe import REFERENCE_ROW, ROW, Description, ItemKey, describe
from greenlane.engine.feel.json_values import json_of
from greenlane.engine.lru_cache import LruCache
from greenlane.engine.rules.ruleset import ReferenceTable
from greenlane.engine.rules.vocabulary import Scalar

KEPT = 64
"""Descriptions kept: small beside what they are made from."""


@dataclass(frozen=True, slots=True)
class Blame:
    """The release that gave an item its present form, by which step, and what that changed."""

    release_id: str
    step: StepRecord
    changes: tuple[ChangeItem, ...]


@dataclass(slots=True)
class History:
    """Compares releases. Safe for many threads. Raises `ProblemError` and `StoreUnavailableError`."""

    releases: ReleaseService
    cache: ReleaseCache
    days: Days
    examine: Examine
    _kept: LruCache[str, Description] = field(default_factory=lambda: LruCache(KEPT))

    def diff(self, release_id: str, against: str | None) -> DiffDocument:
        """What differs from another release: unless named the one in force before it, of a draft the present one."""
        timeline = self.releases.timeline()
        new = self.releases.get(release_id)
        old = self.releases.get(against or _before(_line(timeline), release_id) or self.releases.current.id)
        found = self._differences(timeline, old.id, new.id)
        return DiffDocument(
            ReleaseName.of(old),
            ReleaseName.of(new),
            [StepDocument.of(step) for step in timeline.of(new.id)],
            found.changes,
        )

    def blame(self, release_id: str, row: str | None) -> BlameDocument:
        """For each row of a release, or one: the release that changed it last, by whom, and what that changed."""
        timeline = self.releases.timeline()
        release = self.releases.get(release_id)
        found, rows = self._blamed(timeline, _line_to(timeline, release_id))
        wanted = [item for item in rows if row in (None, item.name)]
        if row is not None and not wanted:
            raise ProblemError("not_found")
        told = [_blame_item(item, found[ItemKey(ROW, item.name)], timeline) for item in wanted]
        return BlameDocument(ReleaseName.of(release), told)

    def reference(self, table: str, as_of: date | None, known_at: datetime | None) -> ReferenceDocument:
        """The rows of a reference table known on a day, by the release then in force as known at a moment.

        Of each row: the release that it was recorded with in this form, and when.
        """
        now = self.releases.clock()
        day, known = as_of or self.days.today(now), timestamp(known_at or now)
        snapshot = self.releases.snapshots.take()
        loaded = snapshot.choose(day, now, known_at)
        found = loaded.policy.ruleset.references.get(table)
        if found is None:
            raise ProblemError("not_found")
        rows = self._reference_rows(found, loaded.record.id, day, snapshot.timeline.known_at(known))
        name = loaded.name
        return ReferenceDocument(
            table, found.title.zh, found.title.en, found.source, day.isoformat(), known, name, rows
        )

    def _reference_rows(
        self, table: ReferenceTable, release_id: str, day: date, timeline: Timeline
    ) -> list[ReferenceRow]:
        blamed, _ = self._blamed(timeline, _line_to(timeline, release_id))
        items = [i for i in self._description(release_id) if i.key.kind == REFERENCE_ROW and i.parent == table.name]
        names = [column.name for column in table.columns]
        dated = names.index(table.dated_by) if table.dated_by is not None else None
        return [
            ReferenceRow(dict(zip(names, map(json_of, row), strict=True)), _recorded(blamed[item.key]))
            for row, item in zip(table.rows, items, strict=True)
            if dated is None or _known(row[dated], day)
        ]

    def _blamed(
        self, timeline: Timeline, line: Sequence[tuple[str, StepRecord]]
    ) -> tuple[Mapping[ItemKey, Blame], Sequence[RowItem]]:
        """What each item of the last release owes its form to, and the rows of that release."""
        found: dict[ItemKey, Blame] = {}
        rows: Sequence[RowItem] = ()
        before: str | None = None
        for release_id, step in line:
            differences = self._differences(timeline, before, release_id)
            changed: dict[ItemKey, list[ChangeItem]] = {}
            for change in differences.changes:
                changed.setdefault(_key(change), []).append(change)
            found |= {key: Blame(release_id, step, tuple(changes)) for key, changes in changed.items()}
            before, rows = release_id, differences.rows
        return found, rows

    def _differences(self, timeline: Timeline, old: str | None, new: str) -> Differences:
        """What differs between two releases, found in a process of its own where one of them was never accepted."""
        if all(self._is_accepted(timeline, each) for each in (old, new) if each is not None):
            return Differences.between(self._description(old) if old is not None else (), self._description(new))
        before = self.releases.get(old).files if old is not None else None
        found = self.examine(ComparisonExamination(before, self.releases.get(new).files)).differences
        assert found is not None
        return found

    def _is_accepted(self, timeline: Timeline, release_id: str) -> bool:
        files = self.releases.snapshots.files
        return timeline.was_accepted(release_id) or (files is not None and files.record.id == release_id)

    def _description(self, release_id: str) -> Description:
        made = self._kept.get(release_id)
        if made is None:
            made = describe(self._loaded(release_id).policy.ruleset)
            self._kept.put(release_id, made)
        return made

    def _loaded(self, release_id: str) -> LoadedRelease:
        return self.cache.held(release_id) or self.cache.made(release_id)


def _line(timeline: Timeline) -> list[tuple[str, StepRecord]]:
    """The releases in the order in which they were put in force, or loaded where files decided; none twice in a row."""
    kinds = IN_FORCE if any(step.kind in IN_FORCE for step in timeline.steps) else {"loaded"}
    found: list[tuple[str, StepRecord]] = []
    for step in timeline.steps:
        if step.kind in kinds and step.release_id is not None and (not found or found[-1][0] != step.release_id):
            found.append((step.release_id, step))
    return found


def _line_to(timeline: Timeline, release_id: str) -> list[tuple[str, StepRecord]]:
    """The line up to the last time of a release; one that was never in force stands at the end."""
    line = _line(timeline)
    last = max((index for index, (name, _) in enumerate(line) if name == release_id), default=None)
    if last is not None:
        return line[: last + 1]
    own = timeline.of(release_id)
    return [*line, (release_id, own[-1])] if own else line


def _before(line: Sequence[tuple[str, StepRecord]], release_id: str) -> str | None:
    at = max((index for index, (name, _) in enumerate(line) if name == release_id), default=0)
    return line[at - 1][0] if at else None


def _known(value: Scalar, day: date) -> bool:
    """A row without a date has always been known."""
    return not isinstance(value, date) or value <= day


def _recorded(blame: Blame) -> dict[str, Any]:
    return {"release": blame.release_id, "at": blame.step.recorded_at}


def _key(change: ChangeItem) -> ItemKey:
    return ItemKey(change.kind, change.name, (change.in_ or "") if change.kind == REFERENCE_ROW else "")


def _blame_item(item: RowItem, blame: Blame, timeline: Timeline) -> BlameItem:
    own = timeline.of(blame.release_id)
    return BlameItem(
        row=item.name,
        in_=item.table,
        source=item.source,
        release=blame.release_id,
        step=StepDocument.of(blame.step),
        authors=sorted(timeline.authors(blame.release_id)),
        approved_by=sorted({step.actor for step in own if step.kind == "approved"}),
        changes=blame.changes,
    )
