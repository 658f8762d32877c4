"""Migrations forward and back with rows in every table: nothing is changed, nothing is lost without being asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, inspect, select, text

from greenlane.api.ledger import migrate
from greenlane.api.ledger.audit.verification import verify
from greenlane.api.ledger.database import Database, open_database, writing
from tests.api.ledger.audit.filled import fill
from tests.api.ledger.filled_at import NEW_ROWS, decide, filled

REVISIONS = migrate.revisions()
LOST = {
    "0002": ("entries of the log, which prove what is stored: 2",),
    "0003": ("steps of access keys: 2", "decisions with a caller or a region: 2"),
    "0004": ("steps of releases: 4", "documents of evidence for releases: 2"),
    "0005": ("reviews: 1", "erasures: 1"),
    "0006": ("data keys that the log tells of: 1",),
    "0007": ("entries that tell by what earlier decisions are found: 1", "entries that tell of the key store: 1"),
}
"""What the tables before a revision could not hold of the rows that were filled in."""


@pytest.fixture
def database_url(empty_database_url: str) -> str:
    """These tests make their own tables."""
    return empty_database_url


@pytest.fixture
def engine(database_url: str) -> Iterator[Database]:
    """An empty database of each kind."""
    made = open_database(database_url)
    yield made
    made.dispose()


def everything(engine: Database) -> dict[str, Any]:
    """All rows, columns, indexes and triggers of a database, by table."""
    tables, found = MetaData(), inspect(engine.reader)
    tables.reflect(engine.reader)
    with engine.reader.connect() as connection:
        if engine.dialect == "sqlite":
            query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        else:
            query = "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
        return {"triggers": sorted(tuple(row) for row in connection.execute(text(query)))} | {
            name: {
                "columns": {(c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(name)},
                "indexes": {(i["name"], tuple(i["column_names"])) for i in found.get_indexes(name)},
                "rows": sorted((dict(row) for row in connection.execute(select(table)).mappings()), key=repr),
            }
            for name, table in tables.tables.items()
        }


def test_every_revision_is_filled(engine: Database) -> None:
    """Each revision has its rows, and every table of it has some."""
    assert tuple(NEW_ROWS) == REVISIONS
    filled(engine, REVISIONS[-1])
    assert [name for name, found in everything(engine).items() if name != "triggers" and not found["rows"]] == []


@pytest.mark.parametrize("revision", REVISIONS)
def test_forward_and_back(engine: Database, revision: str) -> None:
    """An upgrade to the newest tables keeps every row; going back gives exactly what was there, triggers and all."""
    filled(engine, revision)
    before = everything(engine)
    migrate.upgrade(engine)
    after = everything(engine)
    for name, found in before.items():
        if name not in ("triggers", "decisions", "data_keys", "decision_lookups", "alembic_version"):
            assert after[name] == found
    for name in before.keys() & {"decisions", "data_keys", "decision_lookups"}:
        assert len(after[name]["rows"]) == len(before[name]["rows"])
    migrate.downgrade(engine, revision)
    assert everything(engine) == before
    with writing(engine) as connection:
        decide(connection, revision, 5)
    assert max(row["seq"] for row in everything(engine)["decisions"]["rows"]) == 5


@pytest.mark.parametrize(("newer", "older"), list(zip(REVISIONS[1:], REVISIONS, strict=False)))
def test_what_cannot_be_held_is_not_dropped(engine: Database, newer: str, older: str) -> None:
    """Going back a step is refused with what would be lost, and changes nothing; going back to nothing is not."""
    filled(engine, newer)
    before = everything(engine)
    with pytest.raises(migrate.DowngradeError, match=f"the tables of {older} cannot hold") as refused:
        migrate.downgrade(engine, older)
    assert refused.value.lost == LOST[newer]
    assert everything(engine) == before
    migrate.downgrade(engine, "base")
    assert set(inspect(engine.reader).get_table_names()) <= {"alembic_version"}


@pytest.mark.parametrize("older", REVISIONS[:-1])
def test_a_store_that_was_served_from_stays(database_url: str, tmp_path: Path, older: str) -> None:
    """Sealed decisions and their proof do not go back: all that would be lost is told at once, all still verifies."""
    engine = fill(database_url, tmp_path, 16)
    with pytest.raises(migrate.DowngradeError) as refused:
        migrate.downgrade(engine, older)
    said = " ".join(refused.value.lost)
    for revision, lost in LOST.items():
        for line in lost:
            assert (line.partition(":")[0] in said) == (revision > older)
    assert ("sealed decisions: 22" in said) == (older < "0005")
    assert verify(engine, [tmp_path / "heads.jsonl"]).clean
    engine.dispose()


def test_back_to_where_it_is(engine: Database) -> None:
    """Or to what is newer: nothing to do."""
    migrate.downgrade(engine, REVISIONS[0])
    assert migrate.current(engine) is None
    filled(engine, REVISIONS[1])
    before = everything(engine)
    for revision in (REVISIONS[1], REVISIONS[-1]):
        migrate.downgrade(engine, revision)
        assert everything(engine) == before
