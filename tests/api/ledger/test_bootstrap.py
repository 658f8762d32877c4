"""What was stored before there was a log is proved from the first start on."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

import pytest
from sqlalchemy import select, text

from greenlane.api.ledger import migrate
from greenlane.api.ledger.audit.verification import verify
from greenlane.api.ledger.database import Database, open_database, reading, writing
from greenlane.api.ledger.log import NewEntry, appending
from greenlane.api.ledger.migrations.triggers import unguarded
from greenlane.api.ledger.proof.head import encode_head, sign
from greenlane.api.ledger.proof.leaf import decode_leaf
from greenlane.api.ledger.proof.signing_key import new_signing_key
from greenlane.api.ledger.tables import log as entries
from tests.api.ledger.records import record
from tests.api.ledger.stores import open_stores, signer_in


@pytest.fixture
def database_url(empty_database_url: str) -> str:
    """These tests make their own tables."""
    return empty_database_url


def old_database(url: str, folder: Path) -> tuple[Database, list[str]]:
    """A database of the version before there was a log, with a release and five decisions; and their ids."""
    engine = open_database(url)
    migrate.upgrade(engine, "0001")
    old = [record(application_id=f"A{n}", inputs=b'{"application_id":"A%d"}' % n) for n in range(7)]
    columns = "id, sha256, name, version, files, stored_at"
    with writing(engine) as connection:
        connection.execute(text(f"INSERT INTO releases ({columns}) VALUES ('rel-0', 'x', 'n', '1', '{{}}', 't')"))
        for made in old:
            row = {**asdict(made), "release_id": "rel-0", "uscc": made.customer}
            row |= {"inputs": made.inputs.decode(), "answer": made.answer.decode()}
            names = [name for name in row if name not in {"customer", "path", "caller", "region"}]
            statement = f"INSERT INTO decisions ({', '.join(names)}) VALUES ({', '.join(':' + n for n in names)})"
            connection.execute(text(statement), {name: row[name] for name in names})
        connection.execute(text("DELETE FROM decisions WHERE application_id IN ('A2', 'A5')"))
    return engine, [made.decision_id for made in old if made.application_id not in ("A2", "A5")]


def test_rows_from_before_there_was_a_log(database_url: str, tmp_path: Path) -> None:
    """A database of the version before keeps its decisions, in their order; each gets an entry at the first start."""
    engine, kept = old_database(database_url, tmp_path)
    store = open_stores(database_url, tmp_path)
    new = record()
    store.decisions.add([new])
    assert [s.decision_id for s in store.decisions.search({}, None, None, None, 10)] == [
        new.decision_id,
        *reversed(kept),
    ]
    found = verify(engine, [tmp_path / "heads.jsonl"])
    assert found.faults == []
    assert found.checked["decisions"] == 6
    with reading(engine) as connection:
        leaves = connection.execute(select(entries.c.data).order_by(entries.c.position)).scalars()
        kinds = [decode_leaf(data).kind for data in leaves]
    began = ["log_key", *["decision"] * 5, "key_binding", "release", *["data_key"] * 5]
    assert kinds == [*began, "release", "release_evidence", "release_step", "data_key", "decision"]
    store.close()
    engine.dispose()


def test_an_audit_between_the_upgrade_and_the_first_start(database_url: str, tmp_path: Path) -> None:
    """Says once what the rows are and what to do, and not of each that it has no entry; after the start all is well."""
    engine, _ = old_database(database_url, tmp_path)
    migrate.upgrade(engine)
    found = verify(engine, [tmp_path / "heads.jsonl"])
    (fault,) = found.faults
    assert (fault.table, fault.key) == ("log", "-")
    assert fault.text.en.startswith("the log has not begun: what an earlier version stored (5 decisions, 1 releases)")
    assert "`greenlane serve`" in fault.text.en
    assert "greenlane serve" in fault.text.zh
    assert (found.checked["decisions"], found.checked["releases"]) == (5, 1)
    store = open_stores(database_url, tmp_path)
    store.ledger.ping()
    store.close()
    assert verify(engine, [tmp_path / "heads.jsonl"]).faults == []
    engine.dispose()


@pytest.mark.parametrize(
    "left", ["the key", "an event", "sealed decisions", "the witness file"], ids=lambda left: left.replace(" ", "_")
)
def test_a_log_that_was_emptied_is_not_taken_for_one_that_has_not_begun(tmp_path: Path, left: str) -> None:
    """Whatever is left of it gives it away."""
    url = f"sqlite:///{tmp_path}/greenlane.db"
    engine, _ = old_database(url, tmp_path)
    migrate.upgrade(engine)
    witness = tmp_path / "heads.jsonl"
    if left == "sealed decisions":
        with writing(engine) as connection, unguarded(connection, "decisions"):
            connection.execute(text("UPDATE decisions SET sealed = 1"))
    elif left == "the witness file":
        witness.write_text(encode_head(sign(new_signing_key(), 9, bytes(32), "2026-03-02T01:00:00.000000Z", 8)) + "\n")
    else:
        with appending(engine, signer_in(tmp_path)) as log:
            log.append([NewEntry("access", "somebody", {})])
        with writing(engine) as connection, ExitStack() as stack:
            emptied = {"the key": ("log", "log_events"), "an event": ("log", "log_keys")}[left]
            for name in emptied:
                stack.enter_context(unguarded(connection, name))
                connection.execute(text(f"DELETE FROM {name}"))
    said = {fault.text.en for fault in verify(engine, [witness]).faults}
    if left == "the witness file":
        assert "this head was not signed by a key of this log" in said
    else:
        assert "the log has no entry of this row" in said
        assert not any(line.startswith("the log has not begun") for line in said)
    engine.dispose()
