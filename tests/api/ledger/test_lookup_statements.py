"""By what decisions are found is proved: of new ones in their entries, of earlier ones by events, each told once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from greenlane.api.ledger import lookup_statements, migrate
from greenlane.api.ledger.audit.verification import verify
from greenlane.api.ledger.database import Database, open_database
from tests.api.ledger.audit.damage import unprotect
from tests.api.ledger.before import open_before
from tests.api.ledger.records import record
from tests.api.ledger.stores import Stores

OpenStores = Callable[[], Stores]
NOW = "2026-11-25T08:00:00.000000Z"


@dataclass(frozen=True)
class Before:
    """What a version before stored: the ids of its decisions, by what they are found. Every other one by nothing."""

    engine: Database
    ids: dict[str, str]
    decide: Callable[[str | None], str]


@pytest.fixture
def before(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Before]:
    """A store with five decisions of the version before, found by `A0`, `A2`, `A4`; its tables are of now."""
    monkeypatch.setattr(lookup_statements, "PAGE", 2)
    monkeypatch.setattr(lookup_statements, "_UNTOLD", lookup_statements._UNTOLD.limit(2))

    def decide(application_id: str | None) -> str:
        with monkeypatch.context() as then:
            store, made = open_before(database_url, tmp_path, then), record(application_id=application_id)
            store.decisions.add([made])
            store.close()
        return made.decision_id

    ids = {f"A{n}": decide(f"A{n}" if n % 2 == 0 else None) for n in range(5)}
    engine = open_database(database_url)
    yield Before(engine, ids, decide)
    engine.dispose()


def said(engine: Database) -> list[str]:
    """What an audit finds, but for guards that the test took away."""
    return [f"{f.key}: {f.text.en}" for f in verify(engine, []).faults if f.table == "decision_lookups"]


def events(engine: Database) -> list[str]:
    """Which decisions events tell of: from which to which."""
    with engine.reader.connect() as connection:
        query = text("SELECT subject FROM log_events WHERE kind = 'decision_lookups' ORDER BY seq")
        return list(connection.execute(query).scalars())


def found(store: Stores, application_id: str) -> list[str]:
    """The ids of the decisions that are found."""
    by = {"application": application_id}
    return [each.decision_id for each in store.decisions.search(by, None, None, None, 10)]


def change(engine: Database, statement: str) -> None:
    """Somebody at a database prompt."""
    with engine.writer.begin() as connection:
        unprotect(connection)
        connection.execute(text(statement))


def test_told_at_the_first_start(before: Before, open_again: OpenStores) -> None:
    """Page by page, once; until then the audit says how many wait, and that the start helps."""
    (waiting,) = said(before.engine)
    assert waiting.startswith("-: by what 5 decisions of an earlier version are found")
    assert "`greenlane serve`" in waiting
    for _ in range(2):
        store = open_again()
        assert found(store, "A2") == [before.ids["A2"]]
        assert [line.count("-") for line in events(before.engine)] == [1, 1, 1]
        assert verify(before.engine, []).faults == []


def test_told_of_what_a_version_before_adds_beside_the_new_one(before: Before, open_again: OpenStores) -> None:
    """During an upgrade of many machines: nobody is refused, and the next start tells of it."""
    open_again().ledger.ping()
    late = before.decide("A9")
    store = open_again_after_a_new_decision(open_again)
    assert verify(before.engine, []).faults == []
    assert found(store, "A9") == [late]
    assert len(events(before.engine)) == 4


def open_again_after_a_new_decision(open_again: OpenStores) -> Stores:
    """A process that was there, and one that starts."""
    open_again().decisions.add([record(application_id="A10")])
    return open_again()


@pytest.mark.parametrize("new", [False, True], ids=["earlier", "new"])
@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("DELETE FROM decision_lookups WHERE decision_id = '{found}'", "the row that the log tells of is not there"),
        (
            "UPDATE decision_lookups SET token = 'x' WHERE decision_id = '{found}'",
            "the decision is found by something else than the log was told",
        ),
        ("INSERT INTO decision_lookups VALUES ('x', '{nothing}', NULL)", "the log has no entry of this row"),
    ],
)
def test_nothing_is_vouched_for_twice(
    before: Before, open_again: OpenStores, damage: str, words: str, new: bool
) -> None:
    """What somebody changed since the log was told is a fault, however often a service starts."""
    store, by, nothing = open_again(), record(application_id="B1"), record(application_id=None)
    store.decisions.add([by, nothing])
    ids = {"found": by.decision_id, "nothing": nothing.decision_id}
    if not new:
        ids = {"found": before.ids["A2"], "nothing": before.ids["A3"]}
    change(before.engine, damage.format(**ids))
    for _ in range(2):
        open_again().ledger.ping()
        (told,) = said(before.engine)
        assert told.endswith(words)


def test_an_erased_customer(before: Before, open_again: OpenStores) -> None:
    """Nothing leads to earlier decisions nor to new ones any more, and all of it stays proved."""
    store = open_again()
    store.decisions.add([record(application_id="B1"), record(application_id="B2", customer="another")])
    store.erasing.erase(record().customer or "", "customer_request", "dpo", NOW)
    assert [found(store, name) for name in ("A0", "A2", "B1")] == [[], [], []]
    assert len(found(store, "B2")) == 1
    assert verify(before.engine, []).faults == []
    with before.engine.reader.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM decision_lookups")).scalar_one() == 1


def test_back_and_forward_before_the_first_start(before: Before) -> None:
    """Nothing is lost, and the version before goes on."""
    migrate.downgrade(before.engine, "0006")
    migrate.upgrade(before.engine)
    assert len(said(before.engine)) == 1


def test_not_back_after_it(before: Before, open_again: OpenStores) -> None:
    """The version before would tell the log less than it tells itself."""
    open_again().decisions.add([record(application_id="B1")])
    with pytest.raises(migrate.DowngradeError) as refused:
        migrate.downgrade(before.engine, "0006")
    assert refused.value.lost == (
        "decisions whose entries tell by what they are found: 1",
        "entries that tell by what earlier decisions are found: 3",
        "entries that tell of the key store: 1",
    )
