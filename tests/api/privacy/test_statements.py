"""An erased customer is unreadable everywhere, and nothing leads back to them; everything else stays as it was."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from greenlane.api.decisions.records import Stored
from greenlane.api.ledger.audit.verification import verify
from greenlane.api.ledger.data_key_statements import commitment_to
from greenlane.api.ledger.proof.leaf import digest
from greenlane.api.privacy.statements import ErasingStore
from tests.api.ledger.records import content, read, record
from tests.api.ledger.stores import Stores, settle

OpenStores = Callable[[], Stores]

NOW = "2026-11-25T08:00:00.000000Z"
GONE, KEPT = "91320500XXXX00019A", "91620900XXXX00027X"


def erase(store: Stores, customer: str = GONE) -> int:
    """Erases, as an administrator would; says how many decisions became unreadable."""
    return sum(done.decisions for done in store.erasing.erase(customer, "customer_request", "admin", NOW))


def test_an_erased_customer(store: Stores) -> None:
    """Content is gone, what statistics need stays, and other customers are as they were."""
    gone = [record(customer=GONE), record(customer=GONE, status="DECLINED"), record(customer=GONE, decided_at="2025")]
    kept = record(customer=KEPT)
    store.decisions.add([*gone, kept])
    assert erase(store) == 3
    for made in gone:
        found = store.decisions.decision(made.decision_id)
        assert found is not None
        assert found.content is None
        assert (found.row.status, found.row.path) == (made.status, made.path)
    assert read(store.decisions, kept.decision_id) == content(kept)
    by_id = {s.decision_id: s.inputs for s in store.decisions.search({}, None, None, None, 10)}
    assert by_id == {made.decision_id: None for made in gone} | {kept.decision_id: kept.inputs}


def test_nothing_finds_an_erased_customer(store: Stores) -> None:
    """Neither the company nor the application leads to what stays: a guess cannot be confirmed."""
    made = record(customer=GONE, application_id="APP-9")
    store.decisions.add([made])
    assert len(store.decisions.search({"customer": GONE}, None, None, None, 10)) == 1
    erase(store)
    for equal in ({"customer": GONE}, {"application": "APP-9"}):
        assert store.decisions.search(equal, None, None, None, 10) == []


def test_erased_twice_and_never_there(store: Stores) -> None:
    """There is nothing left to erase, and it looks the same as for a customer never seen."""
    store.decisions.add([record(customer=GONE)])
    assert [erase(store), erase(store), erase(store, "never seen")] == [1, 0, 0]


def test_other_processes_see_it_at_once(open_again: OpenStores) -> None:
    """A process that has the key in its memory neither reads with it nor writes with it any more."""
    here, elsewhere = open_again(), open_again()
    before = record(customer=GONE)
    elsewhere.decisions.add([before])
    assert read(elsewhere.decisions, before.decision_id) == content(before)
    erase(here)
    found = elsewhere.decisions.decision(before.decision_id)
    assert found is not None
    assert found.content is None
    after = record(customer=GONE)
    elsewhere.decisions.add([after])
    assert read(here.decisions, after.decision_id) == content(after)
    assert erase(here) == 1


def test_a_repeated_request_of_an_erased_customer(store: Stores) -> None:
    """The idempotency key still leads to the decision, which cannot be told; nothing is decided again."""
    made = record(customer=GONE, idempotency_key="k")
    store.decisions.add([made])
    erase(store)
    gone = Stored(made.decision_id, None, created=False)
    assert store.decisions.with_keys({"k": made.request_sha256}) == {"k": gone}
    assert list(store.decisions.add([record(customer=GONE, idempotency_key="k")])) == [gone]


def test_an_interrupted_erasure_is_finished(open_again: OpenStores, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the database says it, nothing is read; the key itself is destroyed by the next erasure, of whomever."""
    store = open_again()
    made = record(customer=GONE)
    store.decisions.add([made])
    with monkeypatch.context() as interrupted:
        interrupted.setattr(ErasingStore, "finish", lambda _self: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            erase(store)
    found = open_again().decisions.decision(made.decision_id)
    assert found is not None
    assert found.content is None
    key_id = found.row.data_key_id or ""
    assert store.ledger.keys.key_store.get([key_id])[key_id] is not None
    erase(open_again(), KEPT)
    assert store.ledger.keys.key_store.get([key_id]) == {key_id: None}


def test_a_backup_from_before_cannot_be_read(open_again: OpenStores, database_url: str, tmp_path: Path) -> None:
    """The database is put back as it was before the erasure: the erased stay erased, and the others are there."""
    store = open_again()
    gone, kept = record(customer=GONE, idempotency_key="k"), record(customer=KEPT)
    store.decisions.add([gone, kept])
    store.close()
    restore = back_up(database_url, tmp_path)
    erase(open_again())
    restore()
    settle(database_url, tmp_path)
    restored = open_again()
    found = restored.decisions.decision(gone.decision_id)
    assert found is not None
    assert found.content is None
    assert read(restored.decisions, kept.decision_id) == content(kept)
    assert restored.decisions.search({"customer": GONE}, None, None, None, 10) == []
    assert restored.decisions.search({"application": "APP-1"}, None, None, None, 10)[0].decision_id == kept.decision_id
    again = record(customer=GONE)
    restored.decisions.add([again])
    assert read(restored.decisions, again.decision_id) == content(again)
    assert len(restored.decisions.search({"customer": GONE}, None, None, None, 10)) == 1
    found_by_audit = verify(restored.ledger.database, [tmp_path / "heads.jsonl"])
    assert (found_by_audit.faults, len(found_by_audit.settled)) == ([], 1)


def back_up(database_url: str, tmp_path: Path) -> Callable[[], None]:
    """Copies the database without its keys; returns what puts it back."""
    if database_url.startswith("sqlite"):
        database = tmp_path / "greenlane.db"
        shutil.copy(database, tmp_path / "backup.db")

        def put_back() -> None:
            for path in tmp_path.glob("greenlane.db*"):
                path.unlink()
            shutil.copy(tmp_path / "backup.db", database)

        return put_back
    with psycopg.connect(database_url) as connection:
        query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
        tables = [name for (name,) in connection.execute(query)]
        rows: dict[str, list[Any]] = {name: list(connection.execute(f"SELECT * FROM {name}")) for name in tables}

    def put_back_rows() -> None:
        with psycopg.connect(database_url) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(f"TRUNCATE {', '.join(tables)}")
            for name, held in rows.items():
                for row in held:
                    values = ", ".join(["%s"] * len(row))
                    connection.execute(f"INSERT INTO {name} OVERRIDING SYSTEM VALUE VALUES ({values})", row)

    return put_back_rows


def test_what_the_log_is_told(store: Stores) -> None:
    """That keys were destroyed, when, why and by whom: nothing that names the customer, in clear or coded."""
    store.decisions.add([record(customer=GONE)])
    (done,) = store.erasing.erase(GONE, "customer_request", "admin", NOW)
    assert (done.erased_at, done.reason, done.caller, done.decisions) == (NOW, "customer_request", "admin", 1)
    with store.ledger.database.reader.connect() as connection:
        leaves = [json.loads(data) for (data,) in connection.execute(text("SELECT data FROM log ORDER BY position"))]
        events = str(list(connection.execute(text("SELECT * FROM log_events"))))
        (row,) = connection.execute(text("SELECT * FROM erasures")).mappings()
    assert dict(row) == asdict(done)
    assert [leaf["kind"] for leaf in leaves] == [
        "log_key",
        "key_binding",
        "release",
        "release_evidence",
        "release_step",
        "data_key",
        "decision",
        "erasure",
    ]
    for name in (GONE, store.ledger.keys.token("customer", GONE)):
        assert name not in events
        assert digest(name) not in str(leaves)


def test_the_proof_holds_after_an_erasure(store: Stores) -> None:
    """Everything in the store is as it was written, before and after."""
    store.decisions.add([record(customer=GONE), record(customer=KEPT)])
    assert verify(store.ledger.database, []).faults == []
    erase(store)
    assert verify(store.ledger.database, []).faults == []


def test_erasures_are_kept(store: Stores) -> None:
    """What was recorded of an erasure can be neither changed nor removed."""
    store.decisions.add([record(customer=GONE)])
    erase(store)
    for change in ("UPDATE erasures SET reason = 'x'", "DELETE FROM erasures"):
        with pytest.raises(DBAPIError), store.ledger.database.writer.begin() as connection:
            connection.execute(text(change))


def test_nothing_in_the_database_names_the_customer(store: Stores) -> None:
    """Not even by the token that customers are looked up by, once they are erased."""
    store.decisions.add([record(customer=GONE)])
    token = store.ledger.keys.token("customer", GONE)
    assert token in everything(store)
    erase(store)
    assert token not in everything(store)
    assert GONE not in everything(store)


def test_the_entry_of_an_erased_key_leads_to_nobody(store: Stores) -> None:
    """What opened it is gone with the token; what it says of the rest of the row stays."""
    store.decisions.add([record(customer=GONE)])
    ask = text("SELECT k.*, e.content FROM data_keys k JOIN log_events e ON e.kind = 'data_key' AND e.subject = k.id")
    with store.ledger.database.reader.connect() as connection:
        before = connection.execute(ask).one()
    erase(store)
    with store.ledger.database.reader.connect() as connection:
        after = connection.execute(ask).one()
    assert (
        commitment_to(store.ledger.keys.token("customer", GONE), before.salt)
        == json.loads(before.content)["commitment"]
    )
    assert (after.customer, after.salt, after.content) == (None, None, before.content)
    assert before.salt.hex() not in everything(store)
    assert (after.scope, after.created_at) == (before.scope, before.created_at)


def everything(store: Stores) -> str:
    """All rows of the tables that know of keys."""
    with store.ledger.database.reader.connect() as connection:
        tables = ("decisions", "data_keys", "decision_lookups", "erasures", "log", "log_events")
        return str([list(connection.execute(text(f"SELECT * FROM {name}"))) for name in tables])
