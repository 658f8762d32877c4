"""A store on each kind of database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from greenlane.api.ledger import migrate
from greenlane.api.ledger.database import open_database
from greenlane.api.ledger.repository import Store
from tests.api.store.records import RELEASE
from tests.api.store.stores import key_store

OpenStore = Callable[[], Store]


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A database with its tables and nothing in them."""
    made = open_database(database_url)
    migrate.upgrade(made)
    yield made
    made.dispose()


@pytest.fixture
def open_store(database_url: str, tmp_path: Path) -> Iterator[OpenStore]:
    """Opens a store as a process would: every time on the same database and the same keys."""
    opened: list[Store] = []

    def _open() -> Store:
        opened.append(Store(open_database(database_url), RELEASE, key_store(tmp_path), commit_timeout=5))
        return opened[-1]

    yield _open
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: OpenStore) -> Store:
    """A store on an empty database."""
    return open_store()
