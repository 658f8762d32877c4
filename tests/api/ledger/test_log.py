"""The log grows with what is stored, in the same transaction, on both databases."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import select, text

from greenlane.api.ledger.audit.verification import verify
from greenlane.api.ledger.database import Database, open_database, reading, writing
from greenlane.api.ledger.errors import SigningKeyError, StoreUnavailableError
from greenlane.api.ledger.log import NewEntry, appending
from greenlane.api.ledger.log_rows import nodes
from greenlane.api.ledger.proof.leaf import decode_leaf, digest
from greenlane.api.ledger.proof.signing_key import new_signing_key, write_signing_key
from greenlane.api.ledger.proof.tree import consistency_spans, hashes_of, inclusion_spans, leaf_hash
from greenlane.api.ledger.tables import decisions, log_events, log_keys, metadata
from greenlane.api.ledger.tables import log as entries
from tests.api.ledger.audit.damage import unprotect
from tests.api.ledger.proof import rfc9162
from tests.api.ledger.proof.verifier import extends, includes
from tests.api.ledger.records import record
from tests.api.ledger.stores import open_stores, signer_in


def leaves(engine: Database) -> list[str]:
    """The data of every entry, in order."""
    with reading(engine) as connection:
        return list(connection.execute(select(entries.c.data).order_by(entries.c.position)).scalars())


def kinds(engine: Database) -> list[str]:
    """The kind of every entry, in order."""
    return [decode_leaf(data).kind for data in leaves(engine)]


def test_a_decision_has_a_leaf_of_its_whole_row(engine: Database, database_url: str, tmp_path: Path) -> None:
    """Every column's digest, at the position that the row tells."""
    store = open_stores(database_url, tmp_path)
    made = record()
    store.decisions.add([made])
    with reading(engine) as connection:
        row = connection.execute(select(decisions)).mappings().one()
        leaf = decode_leaf(
            connection.execute(select(entries.c.data).where(entries.c.position == row["seq"])).scalar_one()
        )
    assert (leaf.kind, leaf.subject) == ("decision", made.decision_id)
    assert leaf.columns == {name: digest(value) for name, value in row.items()}
    assert (row["status"], row["sealed"], made.inputs in row["inputs"]) == (made.status, 1, False)
    assert kinds(engine) == [
        *("log_key", "key_binding", "release", "release_evidence", "release_step"),
        *("data_key", "decision"),
    ]
    store.close()


def test_all_proofs_of_a_log(engine: Database, tmp_path: Path) -> None:
    """From the rows alone, roots and proofs are those that the RFC makes of the same leaves."""
    heads = []
    for size in (1, 2, 3, 1, 13, 7):
        with appending(engine, signer_in(tmp_path)) as log:
            log.append([NewEntry("note", f"{size}", {"n": n}) for n in range(size)])
            heads.append(log.head)
    data = [leaf.encode() for leaf in leaves(engine)]
    with reading(engine) as connection:
        for head in heads:
            assert head is not None
            assert head.root == rfc9162.mth(data[: head.size]).hex()
            old, size = bytes.fromhex(head.root), len(data)
            path = hashes_of(consistency_spans(head.size, size), lambda n: nodes(connection, n))
            assert extends(head.size, old, size, rfc9162.mth(data), path)
            for position in range(head.size):
                path = hashes_of(inclusion_spans(position, head.size), lambda n: nodes(connection, n))
                assert includes(leaf_hash(data[position]), position, head.size, path, old)
    assert [head.previous for head in heads if head] == [1, 2, 4, 7, 8, 21]


def test_nothing_of_a_transaction_that_fails(engine: Database, tmp_path: Path) -> None:
    """Neither the entry nor its head, in the database or out of it."""
    with appending(engine, signer_in(tmp_path)) as log:
        log.append([NewEntry("note", "kept", {})])
    before = leaves(engine)
    with suppress(RuntimeError), appending(engine, signer_in(tmp_path)) as log:
        log.append([NewEntry("note", "lost", {})])
        raise RuntimeError
    assert leaves(engine) == before
    assert verify(engine, []).faults == []


def test_events_are_kept_whole(engine: Database, tmp_path: Path) -> None:
    """What no table tells of can be read in the log's own: the content as canonical JSON."""
    with appending(engine, signer_in(tmp_path)) as log:
        log.append([NewEntry("access", "d-1", {"caller": "审计", "n": 1}), NewEntry("access", "d-2", {})])
    with reading(engine) as connection:
        rows = connection.execute(select(log_events).order_by(log_events.c.seq)).all()
    assert [(r.seq, r.kind, r.subject, r.content) for r in rows] == [
        (1, "access", "d-1", '{"caller":"审计","n":1}'),
        (2, "access", "d-2", "{}"),
    ]


def test_an_entry_must_be_a_whole_row(engine: Database, tmp_path: Path) -> None:
    """A column forgotten or invented is found when the code is run, not at the audit; so is the kind of events."""
    row = {"id": "rel-9", "sha256": "9" * 64, "name": "n", "version": "1", "files": "{}"}
    for entry in (NewEntry("release", "rel-9", row), NewEntry("event", "x", {}), NewEntry("log_key", "k", {"id": "k"})):
        with pytest.raises(ValueError, match="is not a whole row"), appending(engine, signer_in(tmp_path)) as log:
            log.append([entry])


def test_appending_nothing(engine: Database, tmp_path: Path) -> None:
    """Is nothing: no entry, no head."""
    with appending(engine, signer_in(tmp_path)) as log:
        log.append([])
    assert leaves(engine) == []


def test_many_writers_make_one_log(database_url: str, tmp_path: Path) -> None:
    """Stores that write at the same time take turns: positions have no gaps, and all verifies."""
    stores = [open_stores(database_url, tmp_path) for _ in range(3)]
    for store in stores:
        # A start adds the newest head to the file again if its line is not there yet.
        store.ledger.ping()
    with ThreadPoolExecutor(12) as pool:
        made = list(
            pool.map(lambda n: stores[n % 3].decisions.add([record(), record(idempotency_key=f"{n % 20}")]), range(60))
        )
    created = sum(stored.created for pair in made for stored in pair)
    assert created == 60 + 20
    found = verify(open_database(database_url), [tmp_path / "heads.jsonl"])
    assert found.faults == []
    assert found.size == created + 6
    assert found.checked[str(tmp_path / "heads.jsonl")] == found.checked["heads"]
    for store in stores:
        store.close()


def test_a_new_key_vouched_for_by_the_old_one(database_url: str, tmp_path: Path) -> None:
    """Heads before and after the rotation verify; both public keys stay; the event says which came before."""
    store, engine = open_stores(database_url, tmp_path), open_database(database_url)
    store.decisions.add([record()])
    new = new_signing_key()
    with appending(engine, signer_in(tmp_path)) as log:
        before = log.head
        after = log.rotate(new)
        log_event = log.connection.execute(select(log_events).where(log_events.c.kind != "data_key")).one()
        keys = log.connection.execute(select(log_keys.c.id)).scalars().all()
    assert before is not None
    assert set(keys) == {before.key, after.key}
    assert after.key == new.public.id
    assert (log_event.kind, log_event.subject) == ("log_key_in_use", new.public.id)
    assert json.loads(log_event.content) == {"before": before.key}
    assert verify(engine, [tmp_path / "heads.jsonl"]).faults == []
    with pytest.raises(StoreUnavailableError, match="is not it"):
        store.decisions.add([record()])
    store.close()


def test_a_process_goes_on_when_its_key_file_is_replaced(database_url: str, tmp_path: Path) -> None:
    """It reads the file again as soon as it finds the log signed with another key, also if the file is not in place."""
    store, engine = open_stores(database_url, tmp_path), open_database(database_url)
    store.decisions.add([record()])
    for name in ("signing.key.next", "signing.key"):
        new = new_signing_key()
        with appending(engine, signer_in(tmp_path)) as log:
            log.rotate(new)
        write_signing_key(tmp_path / name, new, replace=True)
        assert store.decisions.add([record()])[0].created
    assert verify(engine, [tmp_path / "heads.jsonl"]).faults == []
    store.close()


def test_a_process_with_another_key(database_url: str, tmp_path: Path) -> None:
    """Stores nothing and says which key is missing."""
    (tmp_path / "a").mkdir()
    store = open_stores(database_url, tmp_path, signer_in(tmp_path / "a"))
    store.ledger.ping()
    other = open_stores(database_url, tmp_path)
    with pytest.raises(
        StoreUnavailableError, match=r"the log is signed with key [0-9a-f]{16}, and the key in `.*` is not it"
    ):
        other.ledger.ping()
    assert not (tmp_path / "signing.key").exists()
    with pytest.raises(SigningKeyError), appending(open_database(database_url), signer_in(tmp_path)) as log:
        log.append([NewEntry("note", "x", {})])
    store.close()
    other.close()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE log SET head = NULL WHERE position = 6",
        "UPDATE log SET head = 'x' WHERE position = 6",
        "UPDATE log SET head = (SELECT head FROM log WHERE position = 5) WHERE position = 6",
        "UPDATE log SET nodes = (SELECT nodes FROM log WHERE position = 5) WHERE position = 6",
        "DELETE FROM log WHERE position = 3",
    ],
)
def test_nothing_is_added_to_a_damaged_log(tmp_path: Path, damage: str) -> None:
    """No head is signed that would vouch for what somebody else changed: the store is not available."""
    store = open_stores(f"sqlite:///{tmp_path}/g.db", tmp_path)
    store.decisions.add([record()])
    with writing(store.ledger.database) as connection:
        unprotect(connection)
        connection.execute(text(damage))
    with pytest.raises(StoreUnavailableError, match="the log was changed by somebody else"):
        store.decisions.add([record()])
    store.close()


def test_every_table_is_proved() -> None:
    """Or stands here with the reason why its rows need no entry."""
    unproved = {"log"}  # The log is what proves.
    # Changed by erasures: commitments in other entries tell of their columns (`data_key_statements`,
    # `lookup_statements`).
    unproved |= {"data_keys", "decision_lookups"}
    # No evidence: nothing reads it.
    unproved |= {"write_probes"}
    assert {table.name for table in metadata.sorted_tables if "proved" not in table.info} == unproved
