"""Releases, named by their content, and the policies that they are. No web framework and no SQL."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from greenlane.api.days import Clock, timestamp
from greenlane.api.json_objects import canonical
from greenlane.api.problems import ProblemDocument, ProblemError
from greenlane.api.releases.answers import ReleaseDocument, ReleaseLine
from greenlane.api.releases.cache import ReleaseCache
from greenlane.api.releases.loaded import LoadedRelease
from greenlane.api.releases.records import EvidenceRecord, ReleaseRecord
from greenlane.api.releases.snapshots import Snapshots
from greenlane.api.releases.statements import ReleaseStore
from greenlane.api.releases.submission_answers import SubmissionDocument
from greenlane.api.releases.timeline import Timeline
from greenlane.engine.json_text import decode
from greenlane.engine.policy import Policy
from greenlane.engine.rules.ruleset import Ruleset

ID_DIGITS = 16


def content_sha256(files: Mapping[str, str]) -> str:
    """The SHA-256 of the files: of the UTF-8 JSON object of path to text, paths sorted, nothing between tokens."""
    return hashlib.sha256(canonical(dict(files))).hexdigest()


def release_of(ruleset: Ruleset, now: datetime) -> ReleaseRecord:
    """The release that a ruleset's files are. Its id and hash depend on the content alone."""
    return named_release(ruleset.name, ruleset.version, ruleset.files, now)


def named_release(name: str, version: str, files: Mapping[str, str], now: datetime) -> ReleaseRecord:
    """The release that rule files are which call themselves so."""
    sha256 = content_sha256(files)
    return ReleaseRecord(f"rel-{sha256[:ID_DIGITS]}", sha256, name, version, dict(files), timestamp(now))


@dataclass(frozen=True, slots=True)
class ReleaseService:
    """The release that decides now, and every one in the store. Safe for many threads."""

    snapshots: Snapshots
    cache: ReleaseCache
    store: ReleaseStore
    clock: Clock

    @property
    def loaded(self) -> LoadedRelease:
        """What decides as of today. Raises `StoreUnavailableError` where files do not say and the store never did."""
        snapshot = self.snapshots.shown()
        return snapshot.files or snapshot.current(self.clock())

    @property
    def current(self) -> ReleaseRecord:
        """The release that decides as of today."""
        return self.loaded.record

    @property
    def policy(self) -> Policy:
        """Its rules."""
        return self.loaded.policy

    def timeline(self) -> Timeline:
        """Every step, as recorded this moment."""
        return Timeline(tuple(self.store.steps()))

    def lines(self) -> list[ReleaseLine]:
        """All releases, the last stored first, each with its state."""
        timeline, now, current = self.timeline(), timestamp(self.clock()), self._current_id()
        return [ReleaseLine.line(r, timeline, now, current) for r in self.store.releases()]

    def document(self, release_id: str, tell: Callable[[ProblemError], ProblemDocument]) -> ReleaseDocument:
        """A release with its state, files, steps and last submission; `tell` has the language of problems.

        Raises `ProblemError` not_found.
        """
        found, asked = self.get(release_id), self.store.submission(release_id)
        submission = SubmissionDocument.of(asked, tell) if asked is not None else None
        return ReleaseDocument.whole(found, self.timeline(), timestamp(self.clock()), self._current_id(), submission)

    def evidence(self, release_id: str, sha256: str) -> EvidenceRecord:
        """The evidence for a release under a hash. Raises `ProblemError` not_found."""
        found = self.store.evidence(release_id, sha256)
        if found is None:
            raise ProblemError("not_found")
        return found

    def file_hashes(self, release_id: str) -> Mapping[str, Any] | None:
        """The SHA-256 of each file of a release, recorded when it was stored; None of one stored before that was."""
        found = [e for e in self.store.evidence_of(release_id) if e.kind == "files"]
        return cast(Mapping[str, Any], decode(found[0].content.encode())) if found else None

    def _current_id(self) -> str | None:
        try:
            return self.current.id
        except ProblemError:
            return None

    def get(self, release_id: str) -> ReleaseRecord:
        """The release with this id. Raises `ProblemError` not_found."""
        found = self.store.release(release_id)
        if found is None:
            raise ProblemError("not_found")
        return found

    def policy_of(self, release_id: str) -> Policy:
        """The policy that a release is, of its stored text. Raises `ProblemError` not_found, release_unreadable."""
        files = self.snapshots.files
        if files is not None and files.record.id == release_id:
            return files.policy
        return self.cache.get(release_id).policy
