"""Random damage to a store: one change of one value, row or line at a time."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    cast,
    delete,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from greenlane.api.ledger.tables import metadata

TABLES = [table for table in metadata.sorted_tables if table.info.get("evidence", True)]
"""What the log proves."""
Row = dict[str, Any]


class Damage:
    """Damages rows within the caller's transactions, each of which is to be rolled back."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.random = random.Random()
        self.sqlite = connection.dialect.name == "sqlite"
        self.rows = {table.name: [dict(row) for row in self._all(table)] for table in TABLES}
        self.tables = [table for table in TABLES if self.rows[table.name]]

    def one(self, seed: int) -> str:
        """Does one random thing, the same for the same seed; says what."""
        self.random.seed(seed)
        kinds: list[Callable[[Table], str | None]] = [
            self.change, self.change, self.remove, self.swap, self.truncate, self.insert_again, self.blank
        ]  # fmt: skip
        while True:
            # What a unique column does not let in has damaged nothing.
            with suppress(IntegrityError), self.connection.begin_nested():
                done = self.random.choice(kinds)(self.random.choice(self.tables))
                if done is not None:
                    return done

    def change(self, table: Table) -> str | None:
        """One byte of one value becomes another."""
        row, column = self._pick(table)
        value = row[column.name]
        if value is None or len(self._bytes(value)) == 0:
            return None
        if isinstance(value, bool):
            self._update(table, row, {column.name: not value})
            return f"change {table.name}.{column.name} of {self._key(table, row)}"
        content = bytearray(self._bytes(value))
        at = self.random.randrange(len(content))
        if self.sqlite and not isinstance(value, int):
            content[at] ^= self.random.randrange(1, 256)
        else:
            others = b"0123456789" if isinstance(value, int) else b"abcdefgh01234567"
            if content[at] > 127 and isinstance(value, str):
                return None
            content[at] = self.random.choice([c for c in others if c != content[at]])
        return self._put(table, row, column, bytes(content), "change")

    def truncate(self, table: Table) -> str | None:
        """A value is cut short."""
        row, column = self._pick(table)
        value = row[column.name]
        if not isinstance(value, str | bytes) or len(value) == 0:
            return None
        return self._put(table, row, column, self._bytes(value[: self.random.randrange(len(value))]), "truncate")

    def blank(self, table: Table) -> str | None:
        """A value becomes null, or a null a value."""
        row, column = self._pick(table)
        if not column.nullable:
            return None
        if row[column.name] is None:
            return self._put(table, row, column, b"x", "fill")
        self._update(table, row, {column.name: None})
        return f"blank {table.name}.{column.name} of {self._key(table, row)}"

    def remove(self, table: Table) -> str:
        """A row is deleted."""
        row = self.random.choice(self.rows[table.name])
        self.connection.execute(delete(table).where(*self._where(table, row)))
        return f"remove {table.name} {self._key(table, row)}"

    def swap(self, table: Table) -> str | None:
        """Two rows change a value, or all values but their keys."""
        if len(self.rows[table.name]) < 2:
            return None
        first, second = self.random.sample(self.rows[table.name], 2)
        names = [c.name for c in table.columns if not c.primary_key]
        if self.random.random() < 0.7:
            names = [self.random.choice(names)]
        if all(first[name] == second[name] for name in names):
            return None
        unique = [name for name in names if self._unique(table.c[name]) and first[name] is not None]
        self._update(table, first, {name: f"{self.random.random()}" for name in unique})
        self._update(table, second, {name: first[name] for name in names})
        self._update(table, first, {name: second[name] for name in names})
        return f"swap {table.name} {names} of {self._key(table, first)} and {self._key(table, second)}"

    def insert_again(self, table: Table) -> str:
        """An old row is inserted once more under new keys."""
        row = dict(self.random.choice(self.rows[table.name]))
        for column in table.columns:
            if column.name in ("seq", "position") or (column.primary_key and isinstance(row[column.name], int)):
                highest = max(r[column.name] for r in self.rows[table.name])
                row[column.name] = self.random.choice([highest + self.random.randrange(1, 500), -1])
            elif column.name == "idempotency_key":
                row[column.name] = None
            elif column.primary_key or (self._unique(column) and row[column.name] is not None):
                row[column.name] = uuid.UUID(int=self.random.getrandbits(128)).hex[: len(row[column.name])]
        self.connection.execute(insert(table), [row])
        return f"insert again {table.name} {self._key(table, row)}"

    def _all(self, table: Table) -> Any:
        return self.connection.execute(select(table).order_by(*table.primary_key.columns)).mappings()

    def _pick(self, table: Table) -> tuple[Row, Column[Any]]:
        return self.random.choice(self.rows[table.name]), self.random.choice(list(table.columns))

    def _put(self, table: Table, row: Row, column: Column[Any], content: bytes, what: str) -> str | None:
        value = row[column.name]
        if column.unique and any(self._bytes(r[column.name]) == content for r in self.rows[table.name]):
            return None
        if isinstance(value, int):
            new: Any = int(content)
            if any(r[column.name] == new for r in self.rows[table.name]):
                return None
        elif isinstance(column.type, LargeBinary):
            new = content
        elif self.sqlite:
            new = cast(literal(content, LargeBinary), Text)
        else:
            new = content.decode()
        self._update(table, row, {column.name: new})
        return f"{what} {table.name}.{column.name} of {self._key(table, row)}"

    def _update(self, table: Table, row: Row, values: Row) -> None:
        if values:
            self.connection.execute(update(table).where(*self._where(table, row)).values(values))

    @staticmethod
    def _unique(column: Column[Any]) -> bool:
        """Whether no two rows may have the same value in it, by itself or with other columns."""
        several = (c for c in column.table.constraints if isinstance(c, UniqueConstraint))  # type: ignore[attr-defined]
        return bool(column.unique) or any(column.name in c.columns for c in several)

    @staticmethod
    def _bytes(value: Any) -> bytes:
        return value if isinstance(value, bytes) else str(value).encode()

    @staticmethod
    def _where(table: Table, row: Row) -> list[Any]:
        return [column == row[column.name] for column in table.primary_key.columns]

    @staticmethod
    def _key(table: Table, row: Row) -> str:
        return "/".join(str(row[column.name]) for column in table.primary_key.columns)


def unprotect(connection: Connection) -> None:
    """Takes away the triggers and references of the tables, as somebody would who means to change rows."""
    if connection.dialect.name == "sqlite":
        found = "SELECT 'DROP TRIGGER ' || name FROM sqlite_master WHERE type = 'trigger'"
    else:
        found = (
            "SELECT 'DROP TRIGGER ' || tgname || ' ON ' || tgrelid::regclass FROM pg_trigger WHERE NOT tgisinternal "
            "UNION ALL SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || conname "
            "FROM pg_constraint WHERE contype = 'f'"
        )
    for (statement,) in connection.exec_driver_sql(found).all():
        connection.exec_driver_sql(statement)
