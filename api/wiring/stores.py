"""The parts of the store, over one database and one key store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from greenlane.api.config import Settings
from greenlane.api.days import Days
from greenlane.api.ledger.access import AccessStore
from greenlane.api.ledger.opening import open_configured, open_key_store
from greenlane.api.ledger.repository import BEGINNING, Store
from greenlane.api.privacy.statements import ErasingStore
from greenlane.api.releases.cache import Loaded
from greenlane.api.reviews.statements import ReviewStore
from greenlane.api.wiring.rule_files import Files


@dataclass(frozen=True, slots=True)
class Stores:
    """Whoever uses one of them first makes the tables ready for all."""

    decisions: Store
    access: AccessStore
    erasing: ErasingStore
    reviews: ReviewStore


def open_stores(settings: Settings, files: Files, days: Days, observe: Callable[[int, float], None]) -> Stores:
    """The stores in the database of the settings, which is reached when first used.

    `observe` is told of each commit: how many decisions, and its seconds. Raises `DatabaseUrlError`,
    `EncryptionKeyError`.
    """
    database = open_configured(settings, pool_size=settings.threads + 2)
    store = Store(
        database,
        files.record if isinstance(files, Loaded) else None,
        open_key_store(settings),
        settings.commit_timeout,
        observe,
        opening="seeded" if settings.rules_mode == "releases" else "loaded",
        since=days.begin(files.rules.ruleset.effective_from) if isinstance(files, Loaded) else BEGINNING,
    )
    return Stores(
        store,
        AccessStore(database, store.prepare),
        ErasingStore(database, store.keys, store.prepare),
        ReviewStore(database, store.keys, store.prepare),
    )
