"""A store on each kind of database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from api.store.database import open_database
from api.store.repository import Store
from tests.api.store.records import RELEASE


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A store on an empty database."""
    opened = Store(open_database(database_url), RELEASE, commit_timeout=5)
    yield opened
    opened.close()
