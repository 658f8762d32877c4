"""An application and a client with a fresh database each."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import make_url

from greenlane.api.app import create_app
from greenlane.api.config import Settings
from greenlane.api.ledger import migrate
from greenlane.api.ledger.database import Database, open_database
from greenlane.api.wiring.services import Services, build_services
from tests.api.databases import Server, find_server, fresh_database
from tests.api.fake_rules import fake_rules
from tests.api.ledger.stores import Stores, open_stores
from tests.compiled_once import compiled_once

USCC = "91320500XXXX00019A"


class SteadyClock:
    """A clock that starts on 2 March 2026 and goes on a second each time it is read."""

    def __init__(self) -> None:
        self._seconds = itertools.count()

    def __call__(self) -> datetime:
        return datetime(2026, 3, 2, 1, 0, tzinfo=UTC) + timedelta(seconds=next(self._seconds))


class Seconds:
    """A clock of seconds that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    """The clock of seconds that what is under test goes by."""
    return Seconds()


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    """Rule files that this run has compiled are not compiled again."""
    with compiled_once():
        yield


@pytest.fixture(scope="session")
def postgres() -> Server:
    """A PostgreSQL server for the whole run."""
    return find_server()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind, with the tables of this version and nothing in them."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_tables"), tmp_path / "greenlane.db")
        yield f"sqlite:///{tmp_path}/greenlane.db"
        return
    with fresh_database(request.getfixturevalue("postgres"), request.getfixturevalue("postgres_tables")) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/greenlane.db"
        return
    with fresh_database(request.getfixturevalue("postgres")) as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the tables of this version, to be copied: making them takes longer than most tests."""
    file = tmp_path_factory.mktemp("tables") / "greenlane.db"
    made = open_database(f"sqlite:///{file}")
    migrate.upgrade(made)
    made.dispose()
    return file


@pytest.fixture(scope="session")
def postgres_tables(postgres: Server) -> Iterator[str]:
    """The name of a database with the tables of this version, to be copied."""
    with fresh_database(postgres) as url:
        made = open_database(url)
        migrate.upgrade(made)
        made.dispose()
        yield str(make_url(url).database)


@pytest.fixture
def engine(database_url: str) -> Iterator[Database]:
    """A database with its tables and nothing in them."""
    made = open_database(database_url)
    yield made
    made.dispose()


@pytest.fixture
def open_again(database_url: str, tmp_path: Path) -> Iterator[Callable[[], Stores]]:
    """Opens stores as a process would: every time on the same database and the same keys."""
    opened: list[Stores] = []

    def _open() -> Stores:
        opened.append(open_stores(database_url, tmp_path))
        return opened[-1]

    yield _open
    for stores in opened:
        stores.close()


@pytest.fixture
def store(open_again: Callable[[], Stores]) -> Stores:
    """Stores on an empty database."""
    return open_again()


@pytest.fixture
def rules_directory(tmp_path: Path) -> Path:
    """The rule files of the fake rules: loans up to 1000 are approved."""
    directory = tmp_path / "rules"
    directory.mkdir()
    (directory / "limit.yaml").write_text("1000 1.0.0")
    return directory


@pytest.fixture
def start(rules_directory: Path, tmp_path: Path, sqlite_tables: Path) -> Iterator[Callable[..., Services]]:
    """Starts the services as a process would, each time on the same rules and database unless told otherwise."""
    started: list[Services] = []
    shutil.copy(sqlite_tables, tmp_path / "greenlane.db")

    def _start(**changed: Any) -> Services:
        keys = tmp_path / "keys"
        usual = Settings(
            f"sqlite:///{tmp_path}/greenlane.db",
            rules_directory,
            signing_key_file=keys / "signing.key",
            witness=tmp_path / "heads.jsonl",
            master_key_file=keys / "master.key",
            key_store=f"sqlite:///{keys}/data-keys.db",
        )
        started.append(build_services(replace(usual, **changed), SteadyClock()))
        return started[-1]

    with fake_rules():
        yield _start
    for services in started:
        services.close()


@pytest.fixture
def services(start: Callable[..., Services]) -> Services:
    """Services on a fresh SQLite database."""
    return start()


@pytest.fixture
def app(services: Services) -> Flask:
    """The application."""
    return create_app(services)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the application."""
    return app.test_client()


@pytest.fixture
def application() -> dict[str, Any]:
    """An application that is approved."""
    return {
        "application_id": "APP-20260302-001",
        "application_date": "2026-03-02",
        "applicant": {"uscc": USCC, "name": "示例企业01(虚构)", "employees": 280},
        "request": {"product": "INNOV", "amount_wan": 800, "documents_complete": True},
        "financials": {"current_ratio": 2.1},
    }
