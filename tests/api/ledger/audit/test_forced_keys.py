"""A signing key that is lost can be replaced, and nobody can overlook that it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text, update

from greenlane.api.ledger import migrate
from greenlane.api.ledger.audit.verification import verify
from greenlane.api.ledger.database import Database, open_database, reading, writing
from greenlane.api.ledger.errors import SigningKeyError, StoreUnavailableError
from greenlane.api.ledger.log import FORCED, NewEntry, appending
from greenlane.api.ledger.log_rows import newest_head
from greenlane.api.ledger.migrations.triggers import unguarded
from greenlane.api.ledger.proof.signing_key import SigningKey, new_signing_key, write_signing_key
from greenlane.api.ledger.signer import LogSigner
from greenlane.api.ledger.tables import log_events
from tests.api.ledger.audit.filled import fill
from tests.api.ledger.stores import signer_in

BY, WHY = "王芳（运维）", "the disk with the key was destroyed, minutes 2026-17"


@pytest.fixture
def engine(database_url: str, tmp_path: Path) -> Iterator[Database]:
    """A filled store whose signing key is gone."""
    made = fill(database_url, tmp_path, 16)
    made.dispose()
    (tmp_path / "signing.key").unlink()
    lost = open_database(database_url)
    yield lost
    lost.dispose()


def forced(engine: Database, folder: Path) -> tuple[SigningKey, int]:
    """A new key, forced on the log; and how many entries the log had."""
    new = new_signing_key()
    with appending(engine, signer_in(folder)) as log:
        before = log.head
        assert before is not None
        log.force(new, BY, WHY)
    write_signing_key(folder / "signing.key", new, replace=True)
    return new, before.size


def test_the_log_goes_on(engine: Database, tmp_path: Path) -> None:
    """With the new key, from where it was; without it nothing could be added."""
    with pytest.raises(SigningKeyError), appending(engine, signer_in(tmp_path)) as log:
        log.append([NewEntry("access", "x", {})])
    new, before = forced(engine, tmp_path)
    with appending(engine, signer_in(tmp_path)) as log:
        log.append([NewEntry("access", "x", {})])
        head = log.head
    assert head is not None
    assert (head.size, head.key) == (before + 3, new.public.id)


def test_every_audit_tells(engine: Database, tmp_path: Path) -> None:
    """At which entry, which key, by whom, why: a fault for whoever does not know of it, a mark for whoever does."""
    new, before = forced(engine, tmp_path)
    found = verify(engine, [tmp_path / "heads.jsonl"])
    (fault,) = found.faults
    assert (fault.table, fault.key) == ("trust", str(before + 1))
    for part in (new.public.id, BY, WHY):
        assert part in fault.text.zh
        assert part in fault.text.en
    known = verify(engine, [tmp_path / "heads.jsonl"], accepted=[new.public.id])
    assert known.clean
    (told,) = known.breaks
    assert (told.position, told.key, told.by, told.reason) == (before + 1, new.public.id, BY, WHY)
    assert not verify(engine, [], accepted=["0" * 16]).clean


def test_the_witness_holds_everything_before(engine: Database, tmp_path: Path) -> None:
    """Heads that the lost key signed are still those of this log; one that was cut off is still missed."""
    _, before = forced(engine, tmp_path)
    lines = (tmp_path / "heads.jsonl").read_text().splitlines()
    assert len(lines) == verify(engine, []).checked["heads"]
    kept = tmp_path / "kept.jsonl"
    kept.write_text(lines[-2])
    assert [fault.table for fault in verify(engine, [], kept=[kept]).faults] == ["trust"]
    with writing(engine) as connection, unguarded(connection, "log"):
        connection.execute(text(f"DELETE FROM log WHERE position = {before - 1}"))
    assert {fault.table for fault in verify(engine, [], kept=[kept]).faults} > {"log", str(kept)}


def test_what_was_said_cannot_be_altered(engine: Database, tmp_path: Path) -> None:
    """It is a row like any other."""
    new, before = forced(engine, tmp_path)
    with writing(engine) as connection, unguarded(connection, "log_events"):
        other = update(log_events).where(log_events.c.seq == before + 1)
        connection.execute(other.values(content=f'{{"before":"{"0" * 16}","by":"nobody","reason":"none"}}'))
    (fault,) = verify(engine, [], accepted=[new.public.id]).faults
    assert (fault.table, fault.column) == ("log_events", "content")


def test_a_key_that_takes_over_in_silence(engine: Database, tmp_path: Path) -> None:
    """Without the entry that tells of it, it is not let in, even if the audit is told to accept it."""
    new = new_signing_key()
    with appending(engine, signer_in(tmp_path)) as log:
        log._add([log._keep_key(new), NewEntry("note", "x", {})], log.head, new)
    (fault,) = verify(engine, [], accepted=[new.public.id]).faults
    assert fault.text.en == "the key that signed was not vouched for by the one before"


def test_an_entry_from_before_does_not_open_the_door(database_url: str, tmp_path: Path) -> None:
    """Force is told in the transaction that uses it: one that was told under the old key serves no later one."""
    engine, new = fill(database_url, tmp_path, 8), new_signing_key()
    with appending(engine, signer_in(tmp_path)) as log:
        log.append([NewEntry(FORCED, new.public.id, {"before": "x", "by": "x", "reason": "x"})])
        log._add([log._keep_key(new)], log.head, new)
    said = [fault.text.en for fault in verify(engine, [], accepted=[new.public.id]).faults]
    assert said == ["the key that signed was not vouched for by the one before"]
    engine.dispose()


def test_what_is_refused(engine: Database, tmp_path: Path) -> None:
    """A key that the log knows; a log that has not begun; one whose newest head the lost key did not sign."""
    signer = signer_in(tmp_path)
    with reading(engine) as connection:
        head = newest_head(connection)
    assert head is not None
    new, _ = forced(engine, tmp_path)
    with pytest.raises(SigningKeyError, match="is one of this log already"), appending(engine, signer) as log:
        log.force(new, BY, WHY)
    signature = "0" * 128
    with writing(engine) as connection, unguarded(connection, "log"):
        query = text("UPDATE log SET head = replace(head, :old, :new)")
        newest = newest_head(connection)
        assert newest is not None
        connection.execute(query, {"old": newest.signature, "new": signature})
    with pytest.raises(StoreUnavailableError, match="changed by somebody else"), appending(engine, signer) as log:
        log.force(new_signing_key(), BY, WHY)
    empty = open_database(f"sqlite:///{tmp_path}/empty.db")
    migrate.upgrade(empty)
    other = LogSigner(signer.source, tmp_path / "other.jsonl")
    with pytest.raises(SigningKeyError, match="has not begun"), appending(empty, other) as log:
        log.force(new, BY, WHY)
    empty.dispose()
