"""The ledger of the settings, and the store of each feature over it; connects to nothing before first use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from greenlane.api.access.statements import AccessStore
from greenlane.api.config import Settings
from greenlane.api.days import Days
from greenlane.api.decisions.store import DecisionStore
from greenlane.api.ledger.configured import open_ledger
from greenlane.api.ledger.unit_of_work import Ledger
from greenlane.api.privacy.statements import ErasingStore
from greenlane.api.releases.loaded import LoadedRelease
from greenlane.api.releases.statements import BEGINNING, ReleaseStore, record_start
from greenlane.api.reviews.statements import ReviewStore
from greenlane.api.wiring.rules import Files


@dataclass(frozen=True, slots=True)
class Stores:
    """The stores of the features, over one ledger."""

    ledger: Ledger
    decisions: DecisionStore
    releases: ReleaseStore
    access: AccessStore
    erasing: ErasingStore
    reviews: ReviewStore


def open_stores(settings: Settings, files: Files, days: Days, observe: Callable[[int, float], None]) -> Stores:
    """The stores in the ledger of the settings, which records at its start what the rule files are.

    `observe` is told of each commit: how many decisions, and its seconds. Raises `DatabaseUrlError`,
    `EncryptionKeyError`.
    """
    loaded = files if isinstance(files, LoadedRelease) else None
    at_start = partial(
        record_start,
        release=loaded.record if loaded else None,
        since=days.begin(loaded.policy.ruleset.effective_from) if loaded else BEGINNING,
        kind="seeded" if settings.rules_mode == "releases" else "loaded",
    )
    ledger = open_ledger(settings, settings.threads + 2, at_start)
    return Stores(
        ledger,
        DecisionStore(ledger, settings.commit_timeout, observe),
        ReleaseStore(ledger),
        AccessStore(ledger),
        ErasingStore(ledger),
        ReviewStore(ledger),
    )
