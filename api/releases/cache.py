"""Compiled releases, by id: made from their stored text when first needed, beside requests that go on. No SQL."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from greenlane.api.problems import ProblemError
from greenlane.api.releases.loaded import LoadedRelease
from greenlane.api.releases.records import ReleaseRecord
from greenlane.api.releases.statements import ReleaseStore
from greenlane.engine.diagnostics import RulesetError
from greenlane.engine.lru_cache import LruCache
from greenlane.engine.policy import Compile

KEPT = 32
"""Releases kept compiled besides those that a snapshot holds; one like another takes little more room than it."""

TURN_SECONDS = 0.0005
"""How long compiling may keep the interpreter from requests that wait for it."""

_COMPILING = threading.Lock()


@dataclass(slots=True)
class ReleaseCache:
    """Compiled releases. Safe for many threads: who asks for one that is there never waits for one being made."""

    store: ReleaseStore
    compile: Compile
    _kept: LruCache[str, LoadedRelease] = field(default_factory=lambda: LruCache(KEPT))
    _unreadable: set[str] = field(default_factory=set)
    _making: threading.Lock = field(default_factory=threading.Lock)

    def get(self, release_id: str) -> LoadedRelease:
        """The release, compiled if need be.

        Raises `ProblemError` not_found, release_unreadable; `StoreUnavailableError`.
        """
        found = self.held(release_id)
        if found is not None:
            return found
        if release_id in self._unreadable:
            raise ProblemError("release_unreadable")
        with self._making:
            return self.held(release_id) or self.keep(self.made(release_id))

    def is_unreadable(self, release_id: str) -> bool:
        """Whether the release was found to be unreadable by this version of the service."""
        return release_id in self._unreadable

    def held(self, release_id: str) -> LoadedRelease | None:
        """The release if it is compiled already."""
        return self._kept.get(release_id)

    def keep(self, loaded: LoadedRelease) -> LoadedRelease:
        """Holds a release, in place of the one not asked for the longest when there are many."""
        self._kept.put(loaded.record.id, loaded)
        return loaded

    def load(self, record: ReleaseRecord) -> LoadedRelease:
        """A release made ready from its text, not held. Raises `RulesetError`."""
        with background_compilation():
            return LoadedRelease(record, self.compile({path: text.encode() for path, text in record.files.items()}))

    def made(self, release_id: str) -> LoadedRelease:
        """The release, compiled anew and not held. Raises as `get` does."""
        record = self.store.release(release_id)
        if record is None:
            raise ProblemError("not_found")
        try:
            return self.load(record)
        except RulesetError:
            self._unreadable.add(release_id)
            raise ProblemError("release_unreadable") from None


@contextmanager
def background_compilation() -> Iterator[None]:
    """Compiles one release at a time, and lets requests have their turn often.

    A full collection of garbage stops all threads for as long as everything compiled takes to go through. So none runs
    meanwhile, and what was made is set aside afterwards: later collections pass it over. It is freed all the same when
    nothing refers to it any more, but for the few cycles in it.
    """
    with _COMPILING:
        before, collecting = sys.getswitchinterval(), gc.isenabled()
        sys.setswitchinterval(TURN_SECONDS)
        gc.disable()
        try:
            yield
        finally:
            gc.collect(0)
            gc.freeze()
            if collecting:
                gc.enable()
            sys.setswitchinterval(before)
