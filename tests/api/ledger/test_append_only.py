"""Rows are written once: the databases refuse to change them, and the log finds who did it all the same."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from greenlane.api.ledger.audit.verification import verify
from greenlane.api.ledger.database import Database, writing
from greenlane.api.ledger.errors import StoreUnavailableError
from greenlane.api.ledger.log import NewEntry, appending
from greenlane.api.ledger.tables import decisions, log_events, log_keys, releases
from greenlane.api.ledger.tables import log as entries
from tests.api.ledger.records import at_rest, content, record, retired
from tests.api.ledger.stores import open_stores, signer_in


@pytest.mark.parametrize("table", [decisions, releases, entries, log_keys, log_events], ids=lambda table: table.name)
def test_rows_are_never_changed_or_removed(database_url: str, tmp_path: Path, table: object) -> None:
    """The database itself refuses it, whoever asks."""
    store = open_stores(database_url, tmp_path)
    store.decisions.add([record()])
    with store.ledger.writing() as work:
        work.append([NewEntry("note", "x", {})])
    name = table.name  # type: ignore[attr-defined]
    column = next(c.name for c in table.columns if not c.primary_key)  # type: ignore[attr-defined]
    for statement in (f"UPDATE {name} SET {column} = {column}", f"DELETE FROM {name}"):
        with (
            pytest.raises((IntegrityError, StoreUnavailableError, DBAPIError)),
            writing(store.ledger.database) as connection,
        ):
            connection.execute(text(statement))
    if store.ledger.database.dialect == "postgresql":
        with pytest.raises(StoreUnavailableError), writing(store.ledger.database) as connection:
            connection.execute(text(f"TRUNCATE {name} CASCADE"))
    assert verify(store.ledger.database, []).faults == []
    store.close()


def test_a_decision_is_removed_by_the_book_only(database_url: str, tmp_path: Path) -> None:
    """Once the log says that it is retired; its leaf stays, and whatever else is said of it."""
    store = open_stores(database_url, tmp_path)
    kept, gone = record(), record()
    store.decisions.add([kept, gone])
    remove = delete(decisions).where(decisions.c.decision_id == gone.decision_id)
    with pytest.raises((IntegrityError, StoreUnavailableError)), writing(store.ledger.database) as connection:
        connection.execute(remove)
    with store.ledger.writing() as work:
        work.append([retired("decision", gone.decision_id, {"because": "retention"})])
        work.connection.execute(remove)
    assert store.decisions.decision(gone.decision_id) is None
    found = store.decisions.decision(kept.decision_id)
    assert found is not None
    assert found.content == content(kept)
    assert verify(store.ledger.database, []).faults == []
    store.close()


def test_retired_but_still_there(database_url: str, tmp_path: Path) -> None:
    """To say that a decision is removed is not enough."""
    store = open_stores(database_url, tmp_path)
    made = record()
    store.decisions.add([made])
    with store.ledger.writing() as work:
        work.append([retired("decision", made.decision_id, {})])
    (fault,) = verify(store.ledger.database, []).faults
    assert (fault.table, fault.key) == ("decisions", made.decision_id)
    assert fault.text.en == "the row is there though the log says that it was removed"
    store.close()


def test_numbers_are_given_by_the_log_alone(engine: Database, tmp_path: Path) -> None:
    """A decision inserted past the log is refused, or shows in the audit."""
    with appending(engine, signer_in(tmp_path)) as log:
        log.append([NewEntry("note", "x", {})])
        row = {"id": "r", "sha256": "s", "name": "n", "version": "1", "files": "{}", "stored_at": "t"}
        log.connection.execute(insert(releases), [row])
        log.connection.execute(insert(decisions), [{"seq": 2, **asdict(at_rest(record(release_id="r")))}])
    assert {(f.table, f.text.en) for f in verify(engine, []).faults} == {
        ("decisions", "the log has no entry of this row"),
        ("releases", "the log has no entry of this row"),
        ("data_keys", "the data key of decisions is not there"),
    }
    with pytest.raises((IntegrityError, StoreUnavailableError)), writing(engine) as connection:
        connection.execute(update(decisions).values(tier="strategic"))
