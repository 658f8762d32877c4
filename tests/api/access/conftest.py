"""Keys in a database of each kind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from greenlane.api.access.keys import KeyService
from greenlane.api.access.statements import AccessStore
from greenlane.api.ledger.database import open_database
from greenlane.api.ledger.unit_of_work import Ledger
from tests.api.ledger.stores import key_store, signer_in


class SetClock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        """Some time passes."""
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> SetClock:
    """The clock of the services under test."""
    return SetClock()


@pytest.fixture
def access_store(database_url: str, tmp_path: Path) -> Iterator[AccessStore]:
    """An empty database."""
    ledger = Ledger(open_database(database_url), key_store(tmp_path), signer_in(tmp_path))
    yield AccessStore(ledger)
    ledger.close()


@pytest.fixture
def keys(access_store: AccessStore, clock: SetClock) -> KeyService:
    """The service that keeps keys."""
    return KeyService(access_store, clock)
