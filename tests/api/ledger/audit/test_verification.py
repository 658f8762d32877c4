"""What the audit says of each kind of damage, and where."""

from __future__ import annotations

import json
import re
import tracemalloc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, text

from greenlane.api.access.statements import add_step
from greenlane.api.ledger import data_key_statements, migrate
from greenlane.api.ledger.audit.report import LISTED, AuditReport
from greenlane.api.ledger.audit.verification import verify, verify_in
from greenlane.api.ledger.data_key_statements import Owner
from greenlane.api.ledger.database import Database, open_database
from greenlane.api.ledger.log import LogWriter, NewEntry, appending
from greenlane.api.ledger.proof.head import encode_head, sign
from greenlane.api.ledger.proof.signing_key import KeySource, new_signing_key
from greenlane.api.ledger.tables import reviews
from greenlane.api.ledger.unit_of_work import Ledger
from tests.api.ledger.audit.damage import unprotect
from tests.api.ledger.audit.filled import ROTATED, fill
from tests.api.ledger.records import retired
from tests.api.ledger.stores import key_store, signer_in


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A filled store; each test undoes what it does."""
    folder = tmp_path_factory.mktemp("audit")
    made = fill(f"sqlite:///{folder}/greenlane.db", folder, 16)
    yield made
    made.dispose()


CASES = re.findall(r"^(\w.*)\n    (.*)$", (Path(__file__).parent / "damage.txt").read_text(), re.MULTILINE)


@pytest.mark.parametrize(("damage", "said"), CASES, ids=[damage for damage, _ in CASES])
def test_what_is_said(engine: Database, damage: str, said: str) -> None:
    """The first fault names the table, the row, the column where it can be told, and what is wrong."""
    with unprotected_once(engine) as connection:
        names = named(connection)
        connection.exec_driver_sql(filled_in(damage, names))
        faults = [shown(fault) for fault in verify_in(connection, []).faults]
    assert filled_in(said, names) in faults


@contextmanager
def unprotected_once(engine: Database) -> Iterator[Connection]:
    """A transaction without triggers and references that is undone."""
    with engine.reader.connect() as connection:
        driver = connection.connection.dbapi_connection
        driver.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        begun = connection.begin()
        unprotect(connection)
        yield connection
        begun.rollback()
        driver.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]


def filled_in(line: str, names: Mapping[str, Any]) -> str:
    """A line of the table with the ids of this store."""
    for name, value in names.items():
        line = line.replace("{" + name + "}", str(value))
    return line


def named(connection: Connection) -> dict[str, Any]:
    """The ids that the cases speak of."""
    asked = {
        "id8": "SELECT decision_id FROM decisions WHERE seq = 8",
        "gone": "SELECT subject FROM log_events WHERE seq = 24",
        "last": "SELECT max(position) FROM log",
        "owned": "SELECT min(id) FROM data_keys WHERE customer IS NOT NULL",
        "erased": "SELECT min(id) FROM data_keys WHERE customer IS NULL",
        "found": "SELECT min(decision_id) FROM decision_lookups JOIN decisions USING (decision_id)",
        "token": "SELECT token FROM decision_lookups JOIN decisions USING (decision_id) ORDER BY decision_id LIMIT 1",
        "nowhere": "SELECT min(decision_id) FROM decisions WHERE lookup_commitment = ''",
        "unreadable": "SELECT min(decision_id) FROM decisions WHERE data_key_id IN "
        "(SELECT id FROM data_keys WHERE customer IS NULL)",
        "evidence": "SELECT release_id || '/' || sha256 FROM release_evidence WHERE passed ORDER BY sha256 LIMIT 1",
    }
    return {name: connection.execute(text(query)).scalar_one() for name, query in asked.items()}


def shown(fault: Any) -> str:
    """As the command line shows it."""
    column = f".{fault.column}" if fault.column else ""
    return f"{fault.table}/{fault.key}{column}: {fault.text.en}"


def test_text_that_is_no_text_any_more(engine: Database) -> None:
    """Bytes that are not UTF-8 are a changed value, at its place."""
    with unprotected_once(engine) as connection:
        connection.execute(text("UPDATE decisions SET tier = CAST(x'ff' AS TEXT) WHERE seq = 8"))
        assert [(f.column, f.text.zh) for f in verify_in(connection, []).faults] == [("tier", "值已被更改")]


@pytest.mark.parametrize("name", ["CAST(x'ff' AS TEXT)", "x'00'", "'a' || char(0)", "'r/1'"])
def test_a_row_whose_name_no_entry_can_have(engine: Database, name: str) -> None:
    """Is found, and so is that the row which the entry tells of is not there."""
    with unprotected_once(engine) as connection:
        connection.execute(text(f"UPDATE reviews SET id = {name} WHERE id = 'review-1'"))
        said = {f.text.en for f in verify_in(connection, []).faults}
    assert said == {"the log has no entry of this row", "the row that the log tells of is not there"}


def test_a_row_that_is_removed_by_the_book_and_may_come_again(tmp_path: Path) -> None:
    """What the log says last counts, also of rows that do not tell where their entry is."""
    engine = fill(f"sqlite:///{tmp_path}/greenlane.db", tmp_path, 8)
    with Ledger(engine, key_store(tmp_path), signer_in(tmp_path)).writing() as work:
        connection = work.connection
        unprotect(connection)
        work.append([retired("key", "key-1/2", {})])
        assert [f.text.en for f in verify_in(connection, []).faults] == [
            "the row is there though the log says that it was removed"
        ]
        connection.execute(text("DELETE FROM key_steps WHERE version = 2"))
        assert verify_in(connection, []).clean
        add_step(work, ROTATED)
        assert verify_in(connection, []).clean
    engine.dispose()


def test_memory_does_not_grow_with_rows(tmp_path: Path) -> None:
    """Of six times as many entries and rows no more is kept in memory at any moment."""
    engine = fill(f"sqlite:///{tmp_path}/greenlane.db", tmp_path, 8)
    most = []
    for many in (1000, 5000):
        with appending(engine, signer_in(tmp_path)) as log:
            for n in range(many // 500):
                add_reviews(log, f"{many}-{n}", 500)
                names = [f"{many}-{n}-{k}" for k in range(500)]
                data_key_statements.register(log, {Owner(name, "2026 DONE"): name for name in names}, "now")
        tracemalloc.start()
        assert verify(engine, []).clean
        most.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert most[1] < 1.1 * most[0]
    engine.dispose()


def add_reviews(log: LogWriter, name: str, number: int) -> None:
    """Reviews with their entries."""
    row = dict.fromkeys(("kind", "said_by", "caller", "at", "text_commitment"), "x") | {
        "decision_id": "d",
        "text": b"x",
    }
    rows = [row | {"id": f"{name}-{n}"} for n in range(number)]
    log.connection.execute(insert(reviews), rows)
    log.append([NewEntry("review", str(row["id"]), row) for row in rows])


def test_a_log_written_anew_with_another_key(engine: Database, tmp_path: Path) -> None:
    """Whoever makes everything up again with a key of their own is told by any head from before."""
    forged = fill(f"sqlite:///{tmp_path}/greenlane.db", tmp_path, 16)
    assert verify(forged, []).clean
    before = engine.file.parent / "heads.jsonl"
    faults = verify(forged, [before]).faults
    assert {f.text.en for f in faults} == {"this head was not signed by a key of this log"}
    assert len(faults) == len(before.read_text().splitlines())
    forged.dispose()


def test_another_root_signed_by_the_same_key(engine: Database, tmp_path: Path) -> None:
    """Two heads of one size with different roots: the log was two logs."""
    folder = engine.file.parent
    signer = KeySource(folder / "signing.key").read()
    other = tmp_path / "other.json"
    size = verify(engine, []).size
    other.write_text(encode_head(sign(signer, size, b"\1" * 32, "2026-03-02T01:00:00.000000Z", 1)) + "\n")
    assert [f.text.en for f in verify(engine, [other]).faults] == [
        "the log was another once: this root was signed for it"
    ]
    other.write_text(encode_head(sign(signer, size + 9, b"\1" * 32, "2026-03-02T01:00:00.000000Z", 1)) + "\r\n")
    assert [f.text.en for f in verify(engine, [other]).faults] == [
        f"the log had {size + 9} entries once; they are gone"
    ]
    other.write_text(encode_head(sign(new_signing_key(), size, b"\1" * 32, "2026-03-02T01:00:00.000000Z", 1)))
    assert [f.text.en for f in verify(engine, [other]).faults] == ["this head was not signed by a key of this log"]


def test_files_of_heads_that_cannot_be_read(engine: Database, tmp_path: Path) -> None:
    """A witness that is not there is a fault of its own; lines that are no heads are named."""
    (fault,) = verify(engine, [tmp_path / "nowhere"]).faults
    assert fault.text.en == "cannot be read: No such file or directory"
    odd = tmp_path / "odd"
    odd.write_bytes(b"\xff\n" + b"x" * 10_000)
    assert [f.key for f in verify(engine, [odd]).faults][:2] == ["line 1", "line 2"]


def test_heads_in_whatever_layout_they_were_kept(engine: Database, tmp_path: Path) -> None:
    """An answer laid out anew, or a receipt around it, serves as well; what is no head does not."""
    head = json.loads((engine.file.parent / "heads.jsonl").read_text().splitlines()[3])
    kept = tmp_path / "kept"
    kept.write_text(json.dumps(head) + "\r\n" + json.dumps({"decision_id": "x", "head": head}) + " \n")
    assert verify(engine, [], kept=[kept]).clean
    assert len(verify(engine, [kept]).faults) == 2
    kept.write_text(json.dumps(head | {"time": "2026-01-01T00:00:00.000000Z"}) + "\n[]\n{}\n7\nx\n")
    said = [fault.text.en for fault in verify(engine, [], kept=[kept]).faults]
    assert said == ["this is not a whole head"] * 4 + ["this head was not signed by a key of this log"]


def test_an_empty_database(tmp_path: Path) -> None:
    """Has nothing wrong with it."""
    engine = open_database(f"sqlite:///{tmp_path}/greenlane.db")
    migrate.upgrade(engine)
    assert verify(engine, [tmp_path / "nowhere"]).faults == []
    engine.dispose()


def test_memory_does_not_grow_with_faults() -> None:
    """Of very many faults a thousand are listed and all are counted."""
    findings = AuditReport()
    for number in range(LISTED + 5):
        findings.fault("decisions", number, None, "错", "wrong")
    assert (len(findings.faults), findings.wrong) == (LISTED, {"decisions": LISTED + 5})


def test_entries_that_a_service_adds_meanwhile(tmp_path: Path) -> None:
    """Are of no concern: neither they nor the heads that it adds to the witness file belong to the moment looked at."""
    engine, witness = fill(f"sqlite:///{tmp_path}/greenlane.db", tmp_path, 16), tmp_path / "heads.jsonl"
    size, lines = verify(engine, []).size, len(witness.read_text().splitlines())

    def go_on(_done: int, _total: int) -> None:
        with appending(engine, signer_in(tmp_path)) as log:
            log.append([NewEntry("access", "somebody", {"caller": "auditor"})])

    found = verify(engine, [witness], go_on)
    assert found.faults == []
    assert (found.size, found.checked[str(witness)]) == (size, lines)
    assert len(witness.read_text().splitlines()) > lines
    assert verify(engine, [witness]).faults == []
    engine.dispose()


def test_progress_is_told(engine: Database) -> None:
    """Up to all entries."""
    told: list[tuple[int, int]] = []
    found = verify(engine, [], lambda done, total: told.append((done, total)))
    assert told[-1] == (found.size, found.size)
