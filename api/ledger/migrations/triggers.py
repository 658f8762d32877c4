"""Triggers that keep rows as they are: what they are made of, and those of every append-only table. SQL.

Services and commands never change such rows. The triggers keep a slip in other code, in a script or at a database
prompt from doing so until the next audit; who may drop triggers is not stopped here, but found by the log.

The audit compares databases with these texts: whoever changes the text of a trigger writes a migration that makes it
anew, since an audit would else find the old one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from alembic import op
from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class TriggerFunction:
    """What a trigger of PostgreSQL calls. `body` is PL/pgSQL."""

    name: str
    body: str

    def sql(self) -> str:
        """The statement that makes it, or makes it what it should be."""
        return f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $${self.body}$$"


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger of a table. `sql` is the statement that makes it, as databases give it back."""

    name: str
    table: str
    sql: str
    function: TriggerFunction | None = None
    """None in SQLite, where the statement says all."""


def make(connection: Connection, triggers: list[Trigger]) -> None:
    """Makes them, with their functions."""
    for function in {trigger.function for trigger in triggers if trigger.function is not None}:
        connection.exec_driver_sql(function.sql())
    for trigger in triggers:
        connection.exec_driver_sql(trigger.sql)


def before(name: str, event: str, table: str, function: TriggerFunction, each: str = "ROW") -> Trigger:
    """A trigger of PostgreSQL that calls a function before an event."""
    call = f"FOR EACH {each} EXECUTE FUNCTION {function.name}()"
    return Trigger(name, table, f"CREATE TRIGGER {name} BEFORE {event} ON {table} {call}", function)


@contextmanager
def unguarded(connection: Connection, table: str) -> Iterator[None]:
    """Without the triggers of a table until the block ends, in the caller's transaction: nobody else is without."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        return
    query = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
    triggers = connection.execute(query, {"table": table}).all()
    for name, _ in triggers:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    yield
    for _, sql in triggers:
        connection.exec_driver_sql(sql)


REFUSAL = "rows of this table are never changed or removed"
REFUSE_CHANGE = TriggerFunction("greenlane_refuse_change", f" BEGIN RAISE EXCEPTION '{REFUSAL}'; END ")
RETIRED = "SELECT 1 FROM log_events WHERE kind = 'retired' AND subject = '{kind}/' || OLD.{key}"
Retired = tuple[str, str]
"""A kind of entry and the key column of its table: a row may be deleted once the log says that it is retired."""


def append_only(dialect: str, table: str, retired: Retired | None = None) -> list[Trigger]:
    """The triggers that refuse to update or delete rows of `table`, whoever is connected."""
    allowed = RETIRED.format(kind=retired[0], key=retired[1]) if retired else None
    return _append_only_postgresql(table, allowed) if dialect == "postgresql" else _append_only_sqlite(table, allowed)


def protect(table: str, retired: Retired | None = None) -> None:
    """Refuses to update or delete rows of `table`."""
    make(op.get_bind(), append_only(op.get_bind().dialect.name, table, retired))


def release(table: str) -> None:
    """Lets rows of `table` be changed again: before a migration changes the table, which protects it afterwards."""
    connection = op.get_bind()
    postgresql = connection.dialect.name == "postgresql"
    for trigger in append_only(connection.dialect.name, table):
        on = f" ON {table}" if postgresql else ""
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger.name}{on}")


def drop_functions(*tables: str) -> None:
    """Takes away what triggers called, after the last table that uses it; of `tables` rows could be retired."""
    if op.get_bind().dialect.name == "postgresql":
        for name in (REFUSE_CHANGE.name, *(f"{table}_keep" for table in tables)):
            op.execute(f"DROP FUNCTION {name}()")


def _append_only_sqlite(table: str, allowed: str | None) -> list[Trigger]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    when = f"WHEN NOT EXISTS ({allowed})" if allowed else ""
    return [
        Trigger(f"{table}_no_update", table, f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}"),
        Trigger(
            f"{table}_no_delete", table, f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {when} {refuse}"
        ),
    ]


def _append_only_postgresql(table: str, allowed: str | None) -> list[Trigger]:
    # A trigger's WHEN may not ask other tables in PostgreSQL, so a function of its own does.
    keep = f" BEGIN IF NOT EXISTS ({allowed}) THEN RAISE EXCEPTION '{REFUSAL}'; END IF; RETURN OLD; END "
    return [
        before(f"{table}_no_update", "UPDATE", table, REFUSE_CHANGE),
        before(f"{table}_no_truncate", "TRUNCATE", table, REFUSE_CHANGE, "STATEMENT"),
        before(
            f"{table}_no_delete", "DELETE", table, TriggerFunction(f"{table}_keep", keep) if allowed else REFUSE_CHANGE
        ),
    ]
