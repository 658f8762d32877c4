"""Heads are kept outside the database too, as soon as they are on disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy import text

from greenlane.api.ledger.audit.verification import verify
from greenlane.api.ledger.database import open_database, reading, writing
from greenlane.api.ledger.log_rows import newest_head
from greenlane.api.ledger.migrations.triggers import unguarded
from greenlane.api.ledger.proof.head import decode_head, encode_head, sign
from greenlane.api.ledger.proof.signing_key import new_signing_key
from greenlane.api.ledger.witness import WitnessFile
from tests.api.ledger.audit.filled import fill
from tests.api.ledger.records import record
from tests.api.ledger.stores import open_stores

HEADS = [sign(new_signing_key(), size, bytes(32), "2026-03-02T01:00:00.000000Z", size - 1) for size in range(1, 5)]


def test_lines(tmp_path: Path) -> None:
    """A head a line, at the end, in directories made for it."""
    file = tmp_path / "var" / "heads.jsonl"
    WitnessFile(file).add(HEADS[:1])
    WitnessFile(file).add(HEADS[1:3])
    assert [decode_head(line) for line in file.read_text().splitlines()] == HEADS[:3]
    assert WitnessFile(file).ends_with(HEADS[2])
    assert not WitnessFile(file).ends_with(HEADS[1])
    assert not WitnessFile(tmp_path / "nowhere").ends_with(HEADS[0])


def test_every_commit_is_witnessed(tmp_path: Path) -> None:
    """The last line is the newest head; what was undone left none."""
    store = open_stores(f"sqlite:///{tmp_path}/g.db", tmp_path)
    for _ in range(3):
        store.decisions.add([record()])
    store.close()
    engine = open_database(f"sqlite:///{tmp_path}/g.db")
    with reading(engine) as connection:
        head = newest_head(connection)
    assert head is not None
    lines = (tmp_path / "heads.jsonl").read_text().splitlines()
    assert lines[-1] == encode_head(head)
    assert [decode_head(line).size for line in lines] == [1, 2, 3, 4, 5, 6, 7, 8, 9]


def test_a_witness_that_cannot_be_written(tmp_path: Path) -> None:
    """Does not fail a decision that is on disk already."""
    (tmp_path / "heads.jsonl").mkdir()
    store = open_stores(f"sqlite:///{tmp_path}/g.db", tmp_path)
    assert store.decisions.add([record()])[0].created
    store.close()


def test_a_head_not_witnessed_is_at_the_next_start(tmp_path: Path) -> None:
    """A process that is killed between the commit and the line loses nothing."""
    engine = fill(f"sqlite:///{tmp_path}/g.db", tmp_path, 8)
    file = tmp_path / "heads.jsonl"
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[:-1]))
    for _ in range(2):
        store = open_stores(f"sqlite:///{tmp_path}/g.db", tmp_path)
        store.ledger.ping()
        store.close()
    assert file.read_text().splitlines(keepends=True) == lines
    engine.dispose()


def test_the_newest_entries_removed_with_all_that_tells_of_them(tmp_path: Path) -> None:
    """Nothing in the database shows it; the witness does, and so does one head that an outsider kept."""
    store = open_stores(f"sqlite:///{tmp_path}/g.db", tmp_path)
    for _ in range(5):
        store.decisions.add([record()])
    store.close()
    kept = tmp_path / "kept.json"
    kept.write_text((tmp_path / "heads.jsonl").read_text().splitlines()[-2])
    engine = open_database(f"sqlite:///{tmp_path}/g.db")
    with writing(engine) as connection, unguarded(connection, "log"), unguarded(connection, "decisions"):
        connection.execute(text("DELETE FROM log WHERE position > 7"))
        connection.execute(
            text("DELETE FROM decision_lookups WHERE decision_id IN (SELECT decision_id FROM decisions WHERE seq > 7)")
        )
        connection.execute(text("DELETE FROM decisions WHERE seq > 7"))
    assert verify(engine, []).clean
    gone = [f"the log had {size} entries once; they are gone" for size in (9, 10, 11)]
    assert [f.text.en for f in verify(engine, [tmp_path / "heads.jsonl"]).faults] == gone
    assert [f.text.en for f in verify(engine, [kept]).faults] == gone[1:2]
    engine.dispose()


def test_one_line_is_one_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the lines of several processes do not mix."""
    written: list[bytes] = []
    as_before = os.write
    monkeypatch.setattr(os, "write", lambda handle, content: written.append(content) or as_before(handle, content))
    WitnessFile(tmp_path / "heads.jsonl").add(HEADS)
    assert len(written) == 1
