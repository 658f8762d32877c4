"""The rules that decide: the rule files, or the releases of the store."""

from __future__ import annotations

from dataclasses import dataclass

from marshmallow import Schema

from greenlane.api.config import Settings
from greenlane.api.days import Clock, Days
from greenlane.api.ledger.errors import EncryptionKeyError, StoreUnavailableError
from greenlane.api.problems import Problem
from greenlane.api.releases.cache import Loaded, ReleaseCache
from greenlane.api.releases.service import ReleaseService
from greenlane.api.releases.snapshots import Snapshots
from greenlane.api.releases.statements import ReleaseStore
from greenlane.api.schemas.accepting import SchemaAccepts, accepts
from greenlane.api.wiring.rule_files import Files
from greenlane.engine.diagnostics import RulesetError
from greenlane.engine.policy import Compile, compiler


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """Every release by its id, what of it is in force, and both as the services ask for them."""

    files: Files
    cache: ReleaseCache
    snapshots: Snapshots
    known: ReleaseService

    def application(self) -> tuple[str, Schema]:
        """The release that decides now and what it takes; that of the rule files as long as the store does not say."""
        try:
            loaded = self.known.loaded
        except (StoreUnavailableError, Problem):
            if not isinstance(self.files, Loaded):
                raise
            loaded = self.files
        assert isinstance(loaded.accepts, SchemaAccepts)
        return loaded.record.id, loaded.accepts.schema


def find_rules(
    settings: Settings, files: Files, store: ReleaseStore, compile_rules: Compile | None, days: Days, clock: Clock
) -> RulesInForce:
    """What decides by the settings. Raises why the rule files are none, where the store cannot say what decides."""
    cache = ReleaseCache(store, compile_rules or compiler(settings.matcher, checked=False), accepts)
    if isinstance(files, Loaded):
        cache.keep(files)
    decide_by = files if isinstance(files, Loaded) and settings.rules_mode == "files" else None
    snapshots = Snapshots(store, cache, days, clock, decide_by)
    if not isinstance(files, Loaded):
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
