"""A log that lacks what was signed for it is not signed on, until an administrator settles it on record."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, event, insert, select, text

from greenlane.api.ledger.audit.head_check import unsettled
from greenlane.api.ledger.audit.verification import verify
from greenlane.api.ledger.copying import back_up
from greenlane.api.ledger.database import SUFFIXES, Database
from greenlane.api.ledger.errors import LogForkError, StoreUnavailableError
from greenlane.api.ledger.forks import KIND
from greenlane.api.ledger.proof.head import encode_head, sign
from greenlane.api.ledger.proof.leaf import encode_leaf
from greenlane.api.ledger.proof.signing_key import new_signing_key
from greenlane.api.ledger.proof.tree import leaf_hash
from greenlane.api.ledger.signer import LogSigner
from greenlane.api.ledger.witness import TAIL_BYTES
from tests.api.ledger.audit.damage import unprotect
from tests.api.ledger.records import record
from tests.api.ledger.stores import Stores, open_stores, settle, signer_in

OpenStores = Callable[[], Stores]
Rows = dict[str, list[Any]]


def everything(engine: Database) -> Rows:
    """All rows, as a backup has them."""
    tables = MetaData()
    with engine.reader.connect() as connection:
        tables.reflect(connection)
        return {t.name: [dict(r) for r in connection.execute(select(t)).mappings()] for t in tables.sorted_tables}


def put_back(engine: Database, rows: Rows) -> None:
    """The database is as it was when the backup was made; whoever has it open is told nothing."""
    tables = MetaData()
    with engine.writer.begin() as connection:
        unprotect(connection)
        tables.reflect(connection)
        for table in reversed(tables.sorted_tables):
            connection.execute(table.delete())
        for table in tables.sorted_tables:
            if rows[table.name]:
                connection.execute(insert(table), rows[table.name])


def decide(store: Stores, number: int = 1) -> None:
    """So many decisions, one after another."""
    for _ in range(number):
        store.decisions.add([record()])


@pytest.fixture
def older(open_again: OpenStores, engine: Database) -> Rows:
    """A store that was used, put back as it was three decisions ago; what is in it now."""
    store = open_again()
    decide(store, 2)
    rows = everything(engine)
    decide(store, 3)
    put_back(engine, rows)
    store.close()
    return rows


def faults(engine: Database, *witnesses: Path, kept: tuple[Path, ...] = ()) -> list[str]:
    """What an audit says, but for guards that the test took away itself."""
    found = verify(engine, witnesses, kept=kept)
    return [fault.text.en for fault in found.faults if fault.table != "guards"]


def test_an_older_copy_of_the_database(older: Rows, engine: Database, open_again: OpenStores, tmp_path: Path) -> None:
    """Is neither written to nor read from, and what it lacks is named: by the refusal, and by an audit."""
    store = open_again()
    for ask in (lambda: decide(store), lambda: store.decisions.decision("x"), store.ledger.check):
        with pytest.raises(LogForkError, match="lacks a head of 11 entries") as refused:
            ask()
        assert str(tmp_path / "heads.jsonl") in str(refused.value)
        assert "greenlane audit settle" in str(refused.value)
    assert store.ledger.forked
    now = everything(engine)
    assert {name: now[name] for name in now if name != "write_probes"} == {
        name: older[name] for name in older if name != "write_probes"
    }
    gone = [f"the log had {size} entries once; they are gone" for size in (9, 10, 11)]
    assert faults(engine, tmp_path / "heads.jsonl") == gone


@pytest.mark.usefixtures("older")
def test_settled_on_record(engine: Database, open_again: OpenStores, tmp_path: Path) -> None:
    """A service goes on by itself; the entry says who, why, and what was given up; every audit tells, and is clean."""
    waiting = open_again()
    with pytest.raises(LogForkError):
        decide(waiting)
    kept = tmp_path / "kept.jsonl"
    kept.write_text((tmp_path / "heads.jsonl").read_text().splitlines()[-1])
    settle(engine, tmp_path)
    decide(waiting, 4)
    assert not waiting.ledger.forked
    decide(open_again())
    found = verify(engine, [tmp_path / "heads.jsonl"])
    assert [fault for fault in found.faults if fault.table != "guards"] == []
    (told,) = found.settled
    assert (told.agreed, told.size, told.by, told.reason) == (8, 11, "admin", "an older copy was put back")
    assert (told.position, "admin" in told.text.zh, "up to 11" in told.text.en) == (8, True, True)
    assert unsettled(engine, tmp_path / "heads.jsonl") is None
    again = "the log was another once: this root was signed for it; it was given up at entry 8"
    assert faults(engine, kept=(kept,)) == [again]


@pytest.mark.usefixtures("older")
def test_set_back_once_more(engine: Database, open_again: OpenStores, tmp_path: Path) -> None:
    """What is signed after a settlement is not given up by it."""
    settle(engine, tmp_path)
    store = open_again()
    rows = everything(engine)
    decide(store, 2)
    put_back(engine, rows)
    with pytest.raises(LogForkError):
        decide(open_again())
    settle(engine, tmp_path)
    decide(open_again())
    assert faults(engine, tmp_path / "heads.jsonl") == []
    assert len(verify(engine, []).settled) == 2


def test_set_back_under_a_service(engine: Database, open_again: OpenStores) -> None:
    """That notices it at its next unit of work, or look at its readiness, though no connection broke."""
    store = open_again()
    decide(store)
    rows = everything(engine)
    decide(store)
    put_back(engine, rows)
    for ask in (store.ledger.check, lambda: decide(store)):
        with pytest.raises(LogForkError):
            ask()


def test_a_file_that_was_replaced_under_a_service(tmp_path: Path) -> None:
    """SQLite: is not gone on with where nobody can open it any more; what is at its place is looked at anew."""
    file = tmp_path / "greenlane.db"
    store = open_stores(f"sqlite:///{file}", tmp_path)
    decide(store)
    back_up(store.ledger.database, tmp_path / "copy.db")
    decide(store)
    for suffix in SUFFIXES:
        file.with_name(file.name + suffix).unlink()
    (tmp_path / "copy.db").rename(file)
    with pytest.raises(LogForkError):
        store.ledger.check()
    settle(store.ledger.database, tmp_path)
    decide(store)
    file.unlink()
    with pytest.raises(StoreUnavailableError):
        decide(store)
    with pytest.raises(LogForkError, match="the log has 0 entries"):
        decide(store)
    store.close()


def test_grown_again_under_a_service(
    engine: Database, database_url: str, open_again: OpenStores, tmp_path: Path
) -> None:
    """The log is as long as it was and longer, and all the same another."""
    store = open_again()
    decide(store)
    rows = everything(engine)
    decide(store)
    put_back(engine, rows)
    other = machine(database_url, tmp_path, "other")
    decide(other, 3)
    with pytest.raises(LogForkError):
        decide(store)
    other.close()


def test_an_emptied_database(engine: Database, open_again: OpenStores) -> None:
    """Is the oldest copy of all."""
    decide(open_again())
    put_back(
        engine, {name: [] for name in everything(engine)} | {"alembic_version": everything(engine)["alembic_version"]}
    )
    with pytest.raises(LogForkError, match="the log has 0 entries"):
        decide(open_again())


@pytest.mark.usefixtures("older")
def test_a_settlement_that_somebody_put_there(engine: Database, open_again: OpenStores) -> None:
    """Who can write to the database cannot sign: neither a row, nor one that an entry tells of, which was changed."""
    told = {"agreed": 0, "at": "9999", "by": "x", "given_up": {"size": 99}, "reason": "x"}
    forged = {"kind": KIND, "subject": "0", "content": json.dumps(told)}
    with engine.writer.begin() as connection:
        connection.execute(text("INSERT INTO log_events VALUES (99, :kind, :subject, :content)"), forged)
    with pytest.raises(LogForkError):
        decide(open_again())
    with engine.writer.begin() as connection:
        connection.execute(text("UPDATE log_events SET seq = 3 WHERE seq = 99"))
    with pytest.raises(LogForkError):
        decide(open_again())
    leaf = encode_leaf(KIND, "0", "2026", forged | {"seq": 3})
    with engine.writer.begin() as connection:
        changed = text("UPDATE log SET data = :data, nodes = :nodes, topic = NULL WHERE position = 3")
        connection.execute(changed, {"data": leaf.decode(), "nodes": leaf_hash(leaf)})
    with pytest.raises(LogForkError):
        decide(open_again())


def machine(database_url: str, folder: Path, name: str) -> Stores:
    """A process on a machine with a witness file of its own; the keys are those of all machines."""
    signer = LogSigner(signer_in(folder).source, folder / name / "heads.jsonl")
    return open_stores(database_url, folder, signer)


def test_many_machines_with_a_file_each(engine: Database, database_url: str, tmp_path: Path) -> None:
    """Each holds what its machine signed: one that was away for long, lost its file, or is new, is no alarm."""
    names = ("a", "b", "c")
    machines = [machine(database_url, tmp_path, name) for name in names]
    for _ in range(4):
        for one in machines:
            decide(one)
    machines[1].close()
    for one in (machines[0], machines[2]):
        decide(one, 3)
    (tmp_path / "c" / "heads.jsonl").unlink()
    again = [machine(database_url, tmp_path, name) for name in (*names, "new")]
    for one in again:
        decide(one, 2)
    assert faults(engine, *(tmp_path / name / "heads.jsonl" for name in (*names, "new"))) == []
    for one in (machines[0], machines[2], *again):
        one.close()


def test_settled_for_every_machine(engine: Database, database_url: str, tmp_path: Path) -> None:
    """One settlement, with the file of one machine, gives up what the others signed too."""
    one, two = (machine(database_url, tmp_path, name) for name in ("", "two"))
    decide(one)
    decide(two)
    rows = everything(engine)
    decide(one)
    decide(two, 3)
    put_back(engine, rows)
    for each in (one, two):
        with pytest.raises(LogForkError):
            decide(each)
    settle(engine, tmp_path)
    for each in (one, two, one, two):
        decide(each)
    assert faults(engine, tmp_path / "heads.jsonl", tmp_path / "two" / "heads.jsonl") == []
    one.close()
    two.close()


@pytest.mark.parametrize(
    "damage",
    [
        lambda lines: [],
        lambda lines: lines[:2],
        lambda lines: [*lines[:-1], lines[-1][:100]],
        lambda lines: [*lines, b"\0" * 300],
        lambda lines: [*lines[:-2], lines[-1], lines[-2]],
        lambda lines: lines[-1:],
    ],
    ids=["lost", "cut", "cut_within_a_line", "zeros", "out_of_order", "moved_away"],
)
def test_lines_that_were_lost_or_damaged(
    open_again: OpenStores, tmp_path: Path, damage: Callable[[list[bytes]], list[bytes]]
) -> None:
    """Are no alarm: they tell less, never of what the log lacks. What follows is on lines of its own."""
    decide(open_again(), 3)
    file = tmp_path / "heads.jsonl"
    file.write_bytes(b"".join(damage(file.read_bytes().splitlines(keepends=True))))
    store = open_again()
    decide(store, 2)
    newest = store.ledger.signer.known
    assert newest is not None
    assert file.read_text(errors="replace").splitlines()[-1] == encode_head(newest)


def test_the_file_of_another_log(engine: Database, open_again: OpenStores, tmp_path: Path) -> None:
    """Is an alarm with a remedy: settling says that the key is none of this log, and the right file ends it."""
    decide(open_again())
    file = tmp_path / "heads.jsonl"
    own = file.read_bytes()
    foreign = sign(new_signing_key(), 3, bytes(32), "2026-03-02T01:00:00.000000Z", 2)
    file.write_text(encode_head(foreign) + "\n")
    store = open_again()
    with pytest.raises(LogForkError, match="or the file that of another log"):
        decide(store)
    found = unsettled(engine, file)
    assert found is not None
    assert (found.newest, found.ours) == (foreign, False)
    file.write_bytes(own)
    decide(store)


def test_a_fork_that_was_signed_before(engine: Database, open_again: OpenStores, tmp_path: Path) -> None:
    """By a version that did not look: the log has outgrown what it lacks, and is settled like any other."""
    store = open_again()
    decide(store, 3)
    rows = everything(engine)
    decide(store, 2)
    store.close()
    put_back(engine, rows)
    file = tmp_path / "heads.jsonl"
    branch = file.read_bytes()
    file.unlink()
    decide(open_again(), 4)
    file.write_bytes(branch + file.read_bytes())
    with pytest.raises(LogForkError, match="lacks a head of 11 entries"):
        decide(open_again())
    found = unsettled(engine, file)
    assert found is not None
    assert (found.agreed, found.number) == (9, 2)
    settle(engine, tmp_path)
    decide(open_again())
    assert faults(engine, file) == []


def test_the_end_of_a_long_file_is_read(open_again: OpenStores, tmp_path: Path) -> None:
    """However long it is."""
    decide(open_again(), 2)
    file = tmp_path / "heads.jsonl"
    line = file.read_bytes().splitlines(keepends=True)[0]
    for times in (1, 4):
        file.write_bytes(line * (times * TAIL_BYTES // len(line)) + file.read_bytes()[-len(line) :])
        assert len(signer_in(tmp_path).file.newest()) <= TAIL_BYTES // len(line) + 1
    decide(open_again())


def test_others_are_asked_of_only_when_they_wrote(open_again: OpenStores) -> None:
    """A process that writes alone asks the log for nothing more than before; after another's write for one row."""
    one, two = open_again(), open_again()
    decide(one)
    decide(two)
    asked: list[str] = []
    for begun in {one.ledger.database.reader, one.ledger.database.writer}:
        event.listen(begun, "before_cursor_execute", lambda *told: asked.append(told[2]))
    counts = []
    for writes in (False, False, True, False):
        if writes:
            decide(two)
        asked.clear()
        decide(one)
        counts.append(len(asked))
    assert counts[1] == counts[3] == counts[2] - 1
