"""Every column of every table is damaged and found, or named in docs/audit.md as not covered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Connection, LargeBinary, Text, cast, func, select, text, update
from sqlalchemy.exc import IntegrityError

from greenlane.api.ledger import key_store, tables
from greenlane.api.ledger.audit.verification import verify_in
from greenlane.api.ledger.database import Database
from tests.api.ledger.audit.filled import fill
from tests.api.ledger.audit.test_campaign import unprotected

PAGE = (Path(__file__).parents[4] / "docs" / "audit.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("### What is covered")[2].partition("\n## ")[0]
FIRST_CELLS = [line.split("|")[1] for line in SECTION.splitlines() if line.startswith("| `")]
NAMED = {name for cell in FIRST_CELLS for name in re.findall(r"`([\w.]+)`", cell)}
NOT_COVERED = {name for name in NAMED if "." in name}
COLUMNS = [
    column
    for metadata in (tables.metadata, key_store.metadata)
    for table in metadata.sorted_tables
    for column in table.columns
]
COVERED = [column for column in COLUMNS if column.table.name in NAMED]
NEVER_NULL_FOR_LONG = {tables.lookups.c.salt}
"""Columns that are null from an upgrade to the first start only."""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A filled store; each test undoes what it does."""
    folder = tmp_path_factory.mktemp("covered")
    made = fill(f"sqlite:///{folder}/greenlane.db", folder, 8)
    yield made
    made.dispose()


@pytest.fixture
def connection(engine: Database) -> Iterator[Connection]:
    """A transaction without triggers that is undone."""
    with unprotected(engine) as opened:
        begun = opened.begin()
        yield opened
        begun.rollback()


def test_every_column_is_in_one_list_of_the_page() -> None:
    """Neither forgotten nor claimed twice; and the page names no column or table that is not there."""
    assert {str(column) for column in COLUMNS} == {str(column) for column in COVERED} | NOT_COVERED
    assert not {str(column) for column in COVERED} & NOT_COVERED
    known = {str(column) for column in COLUMNS} | {column.table.name for column in COLUMNS}
    assert known >= NAMED


@pytest.mark.parametrize("column", COVERED, ids=str)
def test_a_changed_value_is_found(connection: Connection, column: Column[Any]) -> None:
    """In a row that has one: another value, the same bytes as another type, and none where the column allows it."""
    row = _row(connection, func.length(column) > 0, column)
    for value in _others(row[column.name], column):
        # What a key does not let in has damaged nothing.
        with suppress(IntegrityError), connection.begin_nested() as damage:
            _put(connection, row, column, value)
            assert not verify_in(connection, []).clean, value
            damage.rollback()
    assert verify_in(connection, []).clean


@pytest.mark.parametrize("column", [c for c in COVERED if c.nullable and c not in NEVER_NULL_FOR_LONG], ids=str)
def test_a_value_where_there_was_none_is_found(connection: Connection, column: Column[Any]) -> None:
    """In a row that has none."""
    row = _row(connection, column.is_(None), column)
    _put(connection, row, column, b"x" if column.type.python_type is bytes else "x")
    assert not verify_in(connection, []).clean


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("DELETE FROM data_keys WHERE customer IS NOT NULL", "the data key of decisions is not there"),
        ("UPDATE data_keys SET id = 'x' || substr(id, 2)", "the data key of decisions is not there"),
        (
            "UPDATE data_keys SET customer = NULL WHERE customer IS NOT NULL",
            "the key is nobody's any more, and no erasure tells why",
        ),
        (
            "UPDATE data_keys SET customer = id WHERE customer IS NULL",
            "the key was erased and is somebody's all the same",
        ),
    ],
)
def test_data_keys_against_decisions_and_erasures(connection: Connection, damage: str, said: str) -> None:
    """What would make decisions look erased, or erased ones not."""
    connection.execute(text(damage))
    faults = verify_in(connection, []).faults
    assert {fault.table for fault in faults} - {"decision_lookups"} == {"data_keys"}
    assert said in {fault.text.en for fault in faults}


def _row(connection: Connection, condition: Any, column: Column[Any]) -> dict[str, Any]:
    found = connection.execute(select(column.table).where(condition).limit(1)).mappings().first()
    assert found is not None, f"the filled store has no row to try {column} with"
    return dict(found)


def _put(connection: Connection, row: dict[str, Any], column: Column[Any], value: object) -> None:
    same = [key == row[key.name] for key in column.table.primary_key.columns]  # type: ignore[attr-defined]
    connection.execute(update(column.table).where(*same).values({column.name: value}))  # type: ignore[arg-type]


def _others(value: Any, column: Column[Any]) -> Iterator[Any]:
    """What somebody at a database prompt could put in place of a value. SQLite lets anything stand in any column."""
    if column.nullable:
        yield None
    match value:
        case bool():
            yield from (text(str(int(not value))), text("2"), text("-1"), text("'true'"))
        case int():
            yield from (value + 1000, -1 - value, text(f"'{value}x'"), text(f"{value}.5"))
        case bytes():
            yield from (bytes([value[0] ^ 1]) + value[1:], value + b"\0", value[:-1], b"")
            yield cast(column, Text)
        case _:
            yield from (("y" if value[0] == "x" else "x") + value[1:], value + " ", value + "\0", "", text("1"))
            yield cast(column, LargeBinary)
