"""Ledgers for tests, and the stores over them: where their keys are, and what signs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from greenlane.api.decisions.store import DecisionStore
from greenlane.api.ledger import migrate
from greenlane.api.ledger.audit.head_check import unsettled
from greenlane.api.ledger.database import Database, open_database
from greenlane.api.ledger.key_store import KeyStore
from greenlane.api.ledger.proof.signing_key import KeySource
from greenlane.api.ledger.sealing.master_key import key_ring
from greenlane.api.ledger.signer import LogSigner
from greenlane.api.ledger.unit_of_work import Ledger
from greenlane.api.privacy.statements import ErasingStore
from greenlane.api.releases.records import ReleaseRecord, StartKind
from greenlane.api.releases.statements import BEGINNING, ReleaseStore, record_start
from greenlane.api.reviews.statements import ReviewStore
from tests.api.ledger.records import RELEASE


@dataclass(frozen=True)
class Stores:
    """The stores of one process over one ledger."""

    ledger: Ledger
    decisions: DecisionStore
    releases: ReleaseStore
    erasing: ErasingStore
    reviews: ReviewStore

    def close(self) -> None:
        """The process ends."""
        self.decisions.close()
        self.ledger.close()


def open_stores(
    database: Database | str,
    folder: Path,
    signer: LogSigner | None = None,
    release: ReleaseRecord | None = RELEASE,
    kind: StartKind = "loaded",
    commit_timeout: float = 5,
) -> Stores:
    """Opens stores as a process would that starts with a release; its keys are in `folder`."""
    engine = open_database(database) if isinstance(database, str) else database
    at_start = partial(record_start, release=release, since=BEGINNING, kind=kind)
    ledger = Ledger(engine, key_store(folder), signer or signer_in(folder), at_start)
    return Stores(
        ledger, DecisionStore(ledger, commit_timeout), ReleaseStore(ledger), ErasingStore(ledger), ReviewStore(ledger)
    )


def settle(database: Database | str, folder: Path) -> None:
    """What an administrator does after an older copy was put back: heads that the log lacks are given up."""
    engine = open_database(database) if isinstance(database, str) else database
    migrate.upgrade(engine)
    found = unsettled(engine, folder / "heads.jsonl")
    assert found is not None
    ledger = Ledger(engine, key_store(folder), signer_in(folder))
    ledger.settle_fork(found.agreed, found.newest, "admin", "an older copy was put back")
    ledger.close()


def key_store(folder: Path) -> KeyStore:
    """The key store in a folder, under the master key there."""
    return KeyStore(f"sqlite:///{folder}/keys/data-keys.db", key_ring(None, folder / "keys" / "master.key"))


def signer_in(folder: Path) -> LogSigner:
    """What signs with the key in a folder, and witnesses there."""
    return LogSigner(KeySource(folder / "signing.key"), folder / "heads.jsonl")
