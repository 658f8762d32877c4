"""Whose a data key is cannot be changed unseen, on either database."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from greenlane.api.ledger import data_key_statements, migrate
from greenlane.api.ledger.audit.guard_check import GUARDS
from greenlane.api.ledger.audit.verification import verify
from greenlane.api.ledger.database import Database, open_database, reading
from greenlane.api.ledger.log import appending
from tests.api.ledger.audit.damage import unprotect
from tests.api.ledger.before import open_before
from tests.api.ledger.records import read, record
from tests.api.ledger.stores import Stores, open_stores, signer_in

OpenStores = Callable[[], Stores]

NOW = "2026-11-25T08:00:00.000000Z"
ANOTHERS = "the key is not that of the customer whom the log was told of"
WAITING = (
    "3 data keys that an earlier version made have no entries in the log yet, and nothing proves whose they are. "
    "Start the service once (`greenlane serve`), then verify again"
)


def said(engine: Database) -> list[tuple[str, str | None, str]]:
    """What the audit finds: table, column, words."""
    found = verify(engine, []).faults
    return [(fault.table, fault.column, fault.text.en) for fault in found if fault.table != GUARDS]


def change(engine: Database, *statements: str) -> None:
    """Somebody at a database prompt who took the guards away; the audit looks at these apart."""
    with engine.writer.begin() as connection:
        unprotect(connection)
        for statement in statements:
            connection.execute(text(statement))


def erase(store: Stores, customer: str) -> None:
    """As an administrator would."""
    store.erasing.erase(customer, "customer_request", "dpo", NOW)


def entries(engine: Database) -> int:
    """How many entries of data keys the log has."""
    with reading(engine) as connection:
        query = text("SELECT count(*) FROM log_events WHERE kind = 'data_key'")
        return int(connection.execute(query).scalar_one())


@pytest.mark.parametrize("salts", [False, True], ids=["customers", "customers_and_salts"])
def test_two_keys_that_change_their_customers(store: Stores, salts: bool) -> None:
    """An erasure would take the wrong one: both are named."""
    store.decisions.add([record(customer="a"), record(customer="b")])
    with store.ledger.database.writer.begin() as connection:
        (one, two) = connection.execute(text("SELECT id, customer, salt FROM data_keys")).all()
        put = text("UPDATE data_keys SET customer = :customer, salt = :salt WHERE id = :id")
        for key, customer, salt in ((one, "x", None), (two, one.customer, one.salt), (one, two.customer, two.salt)):
            connection.execute(put, {"customer": customer, "salt": salt if salts else key.salt, "id": key.id})
    assert said(store.ledger.database) == [("data_keys", "customer", ANOTHERS)] * 2


@pytest.mark.parametrize("erased", [False, True], ids=["owned", "erased"])
@pytest.mark.parametrize("column", ["scope", "created_at"])
def test_a_column_that_stays(store: Stores, column: str, erased: bool) -> None:
    """Is as it was when the key became somebody's, before and after it is nobody's any more."""
    store.decisions.add([record(customer="a")])
    if erased:
        erase(store, "a")
    change(store.ledger.database, f"UPDATE data_keys SET {column} = '2011'")
    assert said(store.ledger.database) == [("data_keys", column, "the value was changed")]


def test_another_id(store: Stores) -> None:
    """The key that the log tells of is not there, and the log tells of none like this one."""
    store.decisions.add([record(customer="a")])
    change(store.ledger.database, "UPDATE data_keys SET id = 'x'")
    assert said(store.ledger.database) == [
        ("data_keys", None, "the data key of decisions is not there"),
        ("data_keys", None, "the row that the log tells of is not there"),
        ("data_keys", None, "the log has no entry of this row"),
    ]


def test_a_key_that_is_made_past_the_log(store: Stores) -> None:
    """Has no entry, whoever it is said to be of."""
    store.decisions.add([record(customer="a")])
    change(
        store.ledger.database, "INSERT INTO data_keys (id, customer, scope, created_at) VALUES ('x', 'y', 'z', 'now')"
    )
    assert said(store.ledger.database) == [("data_keys", None, "the log has no entry of this row")]


def test_a_process_of_the_version_before(store: Stores) -> None:
    """Makes no key any more that the log is not told of: the database refuses it."""
    store.ledger.ping()
    made = text("INSERT INTO data_keys (id, customer, scope, created_at) VALUES ('x', 'y', 'z', 'now')")
    refused = "a data key that is a customer's has a salt"
    with pytest.raises(IntegrityError, match=refused), store.ledger.database.writer.begin() as connection:
        connection.execute(made)


def test_a_customer_who_has_a_key_costs_no_entry(store: Stores) -> None:
    """The first decision has one beside its own, the next ones have none; a new key after an erasure has one again."""
    for entered in (1, 1):
        store.decisions.add([record(customer="a"), record(customer="a")])
        assert entries(store.ledger.database) == entered
    erase(store, "a")
    assert entries(store.ledger.database) == 1
    store.decisions.add([record(customer="a")])
    assert entries(store.ledger.database) == 2
    assert said(store.ledger.database) == []


def test_processes_that_meet_a_new_customer_at_once(open_again: OpenStores) -> None:
    """One of them makes the key, and the log is told once; all of them can read what all have written."""
    stores = [open_again() for _ in range(4)]
    for store in stores:
        store.ledger.ping()
    with ThreadPoolExecutor(8) as pool:
        made = [record(customer=f"customer {n // 4}") for n in range(40)]
        list(pool.map(lambda n: stores[n % 4].decisions.add([made[n]]), range(40)))
    assert entries(stores[0].ledger.database) == 10
    assert said(stores[0].ledger.database) == []
    assert all(read(store.decisions, one.decision_id) for store in stores for one in made)


def before(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A database as the version before left it: of three data keys, one erased, the log tells nothing."""
    with monkeypatch.context() as then:
        store = open_before(url, folder, then, owners=False)
        store.decisions.add([record(customer=name) for name in "abc"])
        erase(store, "c")
        store.close()
    engine = open_database(url)
    migrate.downgrade(engine, "0005")
    return engine


def start(engine: Database, folder: Path) -> None:
    """What a service does when it starts."""
    store = open_stores(engine, folder)
    store.ledger.ping()
    store.close()


def test_keys_of_a_version_before(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until the first start one fault tells how many wait; it gives them entries, and each is proved from then on."""
    engine = before(database_url, tmp_path, monkeypatch)
    migrate.upgrade(engine)
    assert [fault for fault in said(engine) if fault[0] == "data_keys"] == [("data_keys", None, WAITING)]
    start(engine, tmp_path)
    assert verify(engine, [tmp_path / "heads.jsonl"]).faults == []
    assert entries(engine) == 3
    start(engine, tmp_path)
    assert entries(engine) == 3
    store = open_stores(database_url, tmp_path)
    erase(store, "a")
    assert said(engine) == []
    with pytest.raises(migrate.DowngradeError, match="the tables of 0005 cannot hold") as refused:
        migrate.downgrade(engine, "0005")
    assert "data keys that the log tells of: 3" in refused.value.lost
    change(engine, "UPDATE data_keys SET customer = 'x' WHERE customer IS NOT NULL")
    assert said(engine) == [("data_keys", "customer", ANOTHERS)]
    store.close()
    engine.dispose()


def test_a_key_without_an_entry_is_adopted_once_only(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once the log was told of keys no start vouches for one that it was not told of, nor for one that was changed."""
    engine = before(database_url, tmp_path, monkeypatch)
    start(engine, tmp_path)
    change(engine, "INSERT INTO data_keys (id, customer, scope, created_at) VALUES ('x', 'y', 'z', 'now')")
    start(engine, tmp_path)
    assert said(engine) == [("data_keys", None, "the log has no entry of this row")]
    change(engine, "DELETE FROM data_keys WHERE id = 'x'")
    with engine.writer.begin() as connection:
        unprotect(connection)
        connection.execute(text("DELETE FROM log_events WHERE kind = 'data_key'"))
        connection.execute(text("UPDATE data_keys SET customer = 'x' || substr(customer, 2), salt = NULL"))
    with appending(engine, signer_in(tmp_path)) as log:
        data_key_statements.tell_existing(log)
    assert said(engine).count(("log_events", None, "the row that the log tells of is not there")) == 3
    engine.dispose()


def test_a_log_that_was_emptied_is_given_away_by_keys(tmp_path: Path) -> None:
    """There were none before there was a log."""
    engine = open_database(f"sqlite:///{tmp_path}/greenlane.db")
    migrate.upgrade(engine)
    change(engine, "INSERT INTO releases VALUES ('r', 'x', 'n', '1', '{}', 't')")
    assert [words.partition(":")[0] for _, _, words in said(engine)] == ["the log has not begun"]
    change(engine, "INSERT INTO data_keys (id, customer, scope, created_at) VALUES ('x', 'y', 'z', 'now')")
    assert not any(words.startswith("the log has not begun") for _, _, words in said(engine))
    engine.dispose()
