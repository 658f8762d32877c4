"""Releases: sets of rule files named by their content, and the rules they make."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from api.json_text import canonical
from api.problems import Problem
from api.services.ports import Compile, Rules
from api.store.records import ReleaseRecord, ReleaseSummary
from api.store.repository import Store
from engine.diagnostics import RulesetRefused
from engine.model.ruleset import Ruleset

ID_DIGITS = 16
KEPT = 4
"""Earlier releases kept compiled, for replays."""


def timestamp(moment: datetime) -> str:
    """UTC as ISO text of fixed width, so that text order is time order."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def content_sha256(files: Mapping[str, str]) -> str:
    """The SHA-256 of the files: of the UTF-8 JSON object of path to text, paths sorted, nothing between tokens."""
    return hashlib.sha256(canonical(dict(files))).hexdigest()


def release_of(ruleset: Ruleset, now: datetime) -> ReleaseRecord:
    """The release that a ruleset's files are. Its id and hash depend on the content alone."""
    sha256 = content_sha256(ruleset.files)
    return ReleaseRecord(
        id=f"rel-{sha256[:ID_DIGITS]}",
        sha256=sha256,
        name=ruleset.name,
        version=ruleset.version,
        files=dict(ruleset.files),
        stored_at=timestamp(now),
    )


@dataclass(slots=True)
class ReleaseService:
    """The release that decides now, and every earlier one from the store. Safe for many threads."""

    current: ReleaseRecord
    rules: Rules
    store: Store
    compile: Compile
    _kept: OrderedDict[str, Rules] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def all(self) -> list[ReleaseSummary]:
        """All releases, the last stored first."""
        return self.store.releases()

    def get(self, release_id: str) -> ReleaseRecord:
        """The release with this id. Raises `Problem` not_found."""
        found = self.store.release(release_id)
        if found is None:
            raise Problem("not_found")
        return found

    def _compiled(self, release: ReleaseRecord) -> Rules:
        try:
            return self.compile({path: text.encode() for path, text in release.files.items()})
        except RulesetRefused:
            raise Problem("release_unreadable") from None

    def rules_of(self, release_id: str) -> Rules:
        """The rules of a release, compiled from its stored text. Raises `Problem` not_found, release_unreadable."""
        if release_id == self.current.id:
            return self.rules
        with self._lock:
            if release_id not in self._kept:
                self._kept[release_id] = self._compiled(self.get(release_id))
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(release_id)
            return self._kept[release_id]
