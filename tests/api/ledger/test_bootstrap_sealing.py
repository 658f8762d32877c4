"""A database from before encryption is sealed by the first start, and can go back as long as it is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from greenlane.api.decisions.records import Content, Stored
from greenlane.api.ledger import bootstrap, migrate
from greenlane.api.ledger.audit.verification import verify
from greenlane.api.ledger.database import Database, open_database, writing
from greenlane.api.ledger.log import appending
from tests.api.ledger.records import RELEASE, record
from tests.api.ledger.stores import Stores, signer_in

OpenStores = Callable[[], Stores]

BEFORE = "0001"
INPUTS = '{"application_id":"APP-7","applicant":{"uscc":"91320500XXXX00019A","name":"示例企业"}}'


@pytest.fixture
def database_url(empty_database_url: str) -> str:
    """These tests make their own tables."""
    return empty_database_url


def old_database(url: str, revision: str = BEFORE) -> Database:
    """A database of the first version with its release and three decisions in the clear."""
    engine = open_database(url)
    migrate.upgrade(engine, BEFORE)
    with writing(engine) as connection:
        release = {"id": RELEASE.id, "sha256": RELEASE.sha256, "stored_at": RELEASE.stored_at}
        connection.execute(
            text("INSERT INTO releases VALUES (:id, :sha256, 'rules', '1.0.0', '{\"a.yaml\":\"规则\"}', :stored_at)"),
            release,
        )
        for number in range(3):
            connection.execute(
                text(
                    "INSERT INTO decisions (decision_id, idempotency_key, request_sha256, release_id, engine,"
                    " decided_at, as_of, application_id, uscc, product, tier, route, status, trace_level, inputs,"
                    " answer, trace)"
                    " VALUES (:id, :key, :sha, 'rel-1', '1.0.0', :at, '2026-03-02', 'APP-7', '91320500XXXX00019A',"
                    " 'INNOV', 'core', 'STANDARD', 'DONE', 'none', :inputs, :answer, :trace)"
                ),
                {
                    "id": f"d{number}",
                    "key": f"k{number}",
                    "sha": f"{number}" * 64,
                    "at": f"2026-03-0{number + 1}T01:00:00.000000Z",
                    "inputs": INPUTS,
                    "answer": f'{{"n":{number},"词":"答"}}',
                    "trace": b"\x00\xff",
                },
            )
    migrate.upgrade(engine, revision)
    return engine


def content(number: int) -> Content:
    """What was stored of a decision."""
    return Content(INPUTS.encode(), f'{{"n":{number},"词":"答"}}'.encode(), b"\x00\xff")


def rows(engine: Database) -> list[dict[str, Any]]:
    """All decisions as they are at rest."""
    with engine.reader.connect() as connection:
        return [dict(row) for row in connection.execute(text("SELECT * FROM decisions ORDER BY seq")).mappings()]


def test_the_first_start_seals_what_is_there(database_url: str, open_again: OpenStores) -> None:
    """Nothing stays in the clear, everything can be read and found as before, and is proved from then on."""
    engine = old_database(database_url)
    store = open_again()
    for number in range(3):
        found = store.decisions.decision(f"d{number}")
        assert found is not None
        assert found.content == content(number)
    for row in rows(engine):
        assert row["sealed"] == 1
        assert "示例企业".encode() not in row["inputs"]
        assert row["request_mac"][:1] * 64 != row["request_mac"]
    for equal in ({"customer": "91320500XXXX00019A"}, {"application": "APP-7"}):
        assert [s.decision_id for s in store.decisions.search(equal, None, None, None, 10)] == ["d2", "d1", "d0"]
    assert store.decisions.with_keys({"k1": "1" * 64}) == {"k1": Stored("d1", content(1), created=False)}
    assert store.decisions.with_keys({"k1": "x" * 64})["k1"].same is False
    store.decisions.add([record()])
    assert verify(engine, []).faults == []
    engine.dispose()


def test_between_the_migration_and_the_first_start(database_url: str) -> None:
    """The migration alone keeps everything in the clear, and leads back with the data as they were."""
    engine = old_database(database_url)
    before = rows(engine)
    migrate.upgrade(engine)
    assert [row["sealed"] for row in rows(engine)] == [0, 0, 0]
    migrate.downgrade(engine, BEFORE)
    assert rows(engine) == before
    engine.dispose()


def test_sealed_decisions_do_not_go_back(database_url: str, open_again: OpenStores) -> None:
    """An earlier version could not read them: refused, with nothing changed. To drop everything is allowed."""
    engine = old_database(database_url)
    open_again().ledger.ping()
    before = rows(engine)
    with pytest.raises(migrate.DowngradeError) as refused:
        migrate.downgrade(engine, "0004")
    assert refused.value.lost == (
        "sealed decisions: 3",
        "data keys that the log tells of: 1",
        "decisions whose entries tell by what they are found: 3",
        "entries that tell of the key store: 1",
    )
    assert rows(engine) == before
    assert migrate.current(engine) == migrate.newest()
    migrate.downgrade(engine, "base")
    engine.dispose()


def test_what_the_log_tells_of_is_never_changed(database_url: str, open_again: OpenStores, tmp_path: Path) -> None:
    """Where the log has begun over rows in the clear they stay, can be read, and are as the log says."""
    engine = old_database(database_url, "head")
    with appending(engine, signer_in(tmp_path)) as log:
        bootstrap.begin(log)
    store = open_again()
    found = store.decisions.decision("d1")
    assert found is not None
    assert (found.content, found.row.sealed) == (content(1), 0)
    assert store.decisions.with_keys({"k1": "1" * 64}) == {"k1": Stored("d1", content(1), created=False)}
    assert verify(engine, []).faults == []
    engine.dispose()


def test_an_interrupted_start(
    database_url: str, open_again: OpenStores, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """All or nothing: what a start did not finish the next one does."""
    engine = old_database(database_url)
    store = open_again()
    with monkeypatch.context() as interrupted:
        interrupted.setattr("greenlane.api.ledger.bootstrap.begin", lambda _log: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            store.ledger.ping()
    assert [row["sealed"] for row in rows(engine)] == [0, 0, 0]
    assert open_again().decisions.decision("d2") is not None
    assert [row["sealed"] for row in rows(engine)] == [1, 1, 1]
    engine.dispose()
