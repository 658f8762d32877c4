"""The rules that decide: the rule files that a process was started with, read here, or the releases of the store."""

from __future__ import annotations

from dataclasses import dataclass

from greenlane.api.config import Settings
from greenlane.api.days import Clock, Days
from greenlane.api.ledger.errors import EncryptionKeyError, StoreUnavailableError
from greenlane.api.problems import ProblemError
from greenlane.api.releases.cache import ReleaseCache
from greenlane.api.releases.loaded import LoadedRelease
from greenlane.api.releases.service import ReleaseService, release_of
from greenlane.api.releases.snapshots import Snapshots
from greenlane.api.releases.statements import ReleaseStore
from greenlane.engine.diagnostics import RulesetError
from greenlane.engine.policy import compiler
from greenlane.engine.rules.vocabulary import Vocabulary
from greenlane.rule_files import read_files

Files = LoadedRelease | RulesetError | OSError
"""The release that the rule files are, or why they are none."""


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """Every release by its id, what of it is in force, and both as the services ask for them."""

    files: Files
    cache: ReleaseCache
    snapshots: Snapshots
    known: ReleaseService

    def application(self) -> tuple[str, Vocabulary]:
        """The release that decides now, and its vocabulary; that of the files as long as the store does not say."""
        try:
            loaded = self.known.loaded
        except (StoreUnavailableError, ProblemError):
            if not isinstance(self.files, LoadedRelease):
                raise
            loaded = self.files
        return loaded.record.id, loaded.policy.ruleset.vocabulary


def read_rule_files(settings: Settings, clock: Clock) -> Files:
    """The rule files of the settings as a release, read once.

    Raises `RulesetError` or `OSError` where they decide: then nothing can go on without them.
    """
    try:
        policy = compiler(settings.matcher, settings.decision_steps)(read_files(settings.rules))
    except (RulesetError, OSError) as refused:
        if settings.rules_mode == "files":
            raise
        return refused
    return LoadedRelease(release_of(policy.ruleset, clock()), policy)


def find_rules(settings: Settings, files: Files, store: ReleaseStore, days: Days, clock: Clock) -> RulesInForce:
    """What decides by the settings. Raises why the rule files are none, where the store cannot say what decides."""
    cache = ReleaseCache(store, compiler(settings.matcher, settings.decision_steps, checked=False))
    if isinstance(files, LoadedRelease):
        cache.keep(files)
    decide_by = files if isinstance(files, LoadedRelease) and settings.rules_mode == "files" else None
    snapshots = Snapshots(store, cache, days, clock, decide_by)
    if not isinstance(files, LoadedRelease):
        _need_the_store(snapshots, files)
    return RulesInForce(files, cache, snapshots, ReleaseService(snapshots, cache, store, clock))


def _need_the_store(snapshots: Snapshots, refused: RulesetError | OSError) -> None:
    """Without rule files there must be a release in the store, and it must be there to say so."""
    try:
        snapshots.refresh()
    except EncryptionKeyError:
        raise
    except StoreUnavailableError:
        raise refused from None
