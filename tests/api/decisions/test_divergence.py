"""A replay that comes out otherwise says what is not as it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from greenlane.api.app import create_app
from greenlane.api.config import Settings
from greenlane.api.principals import OPERATOR
from greenlane.api.releases.cache import KEPT
from greenlane.api.wiring.services import Services, build_services
from greenlane.engine.decide import Result
from greenlane.engine.lru_cache import LruCache
from tests.api.conftest import SteadyClock
from tests.api.small_rules import FILES, application


class Store:
    """A database that somebody has been at."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def alter(self, statement: str, *values: str) -> None:
        """Changes rows as one who can take the triggers away."""
        with sqlite3.connect(self.path) as connection:
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                connection.execute(f"DROP TRIGGER {name}")
            assert connection.execute(statement, values).rowcount == 1
        connection.close()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """The database."""
    return Store(tmp_path / "greenlane.db")


@pytest.fixture
def services(tmp_path: Path, store: Store) -> Iterator[Services]:
    """Services with the small ruleset."""
    for path, text in FILES.items():
        (tmp_path / "rules" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "rules" / path).write_text(text, encoding="utf-8")
    started = build_services(Settings(f"sqlite:///{store.path}", tmp_path / "rules"), clock=SteadyClock())
    yield started
    started.close()


@pytest.fixture
def decision(services: Services) -> str:
    """A stored decision."""
    return str(create_app(services).test_client().post("/v1/decisions", json=application()).get_json()["decision_id"])


def replayed(services: Services, decision: str) -> tuple[bool, list[str]]:
    """Whether a replay is identical, and what is not as it was."""
    services.releases.snapshots.files = None
    services.releases.cache._kept = LruCache(KEPT)
    found = services.replays.replay(decision, OPERATOR)
    return found.identical, list(found.cause)


def test_nothing(services: Services, decision: str) -> None:
    """As it should be."""
    assert replayed(services, decision) == (True, [])


def test_input(services: Services, decision: str, store: Store) -> None:
    """What was sealed cannot be unsealed."""
    store.alter("UPDATE decisions SET inputs = zeroblob(length(inputs))")
    assert replayed(services, decision) == (False, ["input"])


@pytest.mark.parametrize(
    ("before", "after", "cause"),
    [
        ("> 1000", "> 100", ["rules"]),
        ("2026-02-20,3.10", "2026-02-20,3.11", ["data"]),
        ("decision: limit", "decision: limits", ["rules"]),
    ],
)
def test_rules_and_data(
    services: Services, decision: str, store: Store, before: str, after: str, cause: list[str]
) -> None:
    """Each by its own files, also when the rules can no longer be read at all."""
    store.alter("UPDATE releases SET files = replace(files, ?, ?)", before, after)
    assert replayed(services, decision) == (False, cause)


def test_rules_and_data_at_once(services: Services, decision: str, store: Store) -> None:
    """Both are named."""
    store.alter("UPDATE releases SET files = replace(replace(files, '> 1000', '> 100'), '3.10', '3.11')")
    assert replayed(services, decision) == (False, ["rules", "data"])


def test_a_release_that_is_gone(services: Services, decision: str, store: Store) -> None:
    """Neither its rules nor its data can be told."""
    store.alter("UPDATE decisions SET release_id = 'rel-gone'")
    assert replayed(services, decision) == (False, ["rules", "data"])


def test_the_engine(services: Services, decision: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where everything stored is whole, the engine is what differs."""
    other = Result({"rate": "0", "lane": "STANDARD"}, "APPROVED", (), ())
    monkeypatch.setattr("greenlane.engine.policy.Policy.decide_valid", lambda *_: other)
    assert replayed(services, decision) == (False, ["engine"])


def test_another_version_of_the_engine_is_named_too(services: Services, decision: str, store: Store) -> None:
    """Beside what else is not as it was."""
    store.alter("UPDATE decisions SET engine = '0.0.1', inputs = zeroblob(length(inputs))")
    assert replayed(services, decision) == (False, ["input", "engine"])


def test_a_sweep_replays_all(services: Services, decision: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Page by page, the newest first."""
    client = create_app(services).test_client()
    for _ in range(4):
        client.post("/v1/decisions", json=application())
    monkeypatch.setattr("greenlane.api.decisions.replay.PAGE", 2)
    found = list(services.replays.sweep())
    assert [seq for seq, _ in found] == sorted((seq for seq, _ in found), reverse=True)
    assert len(found) == 5
    documents = [document for _, document in found if document is not None]
    assert len(documents) == 5
    assert all(document.identical for document in documents)
    assert documents[-1].decision_id == decision


def test_a_sweep_passes_over_what_is_erased(services: Services, decision: str) -> None:
    """It goes on, and says so."""
    assert services.erasures.store.expire("2026 APPROVED", "operator", "2026-03-03T00:00:00.000000Z") == 1
    assert [document for _, document in services.replays.sweep()] == [None]
