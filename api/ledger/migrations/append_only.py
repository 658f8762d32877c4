"""Triggers that let rows be added to a table and never changed or removed, whoever is connected.

Services and commands never change such rows. The triggers keep a slip in other code, in a script or at a database
prompt from doing so until the next audit; who may drop triggers is not stopped here, but found by the log.
"""

from __future__ import annotations

from alembic import op

from greenlane.api.ledger.migrations.trigger import Function, Trigger, before, make

REFUSAL = "rows of this table are never changed or removed"
FUNCTION = Function("greenlane_refuse_change", f" BEGIN RAISE EXCEPTION '{REFUSAL}'; END ")
RETIRED = "SELECT 1 FROM log_events WHERE kind = 'retired' AND subject = '{kind}/' || OLD.{key}"
Retired = tuple[str, str]
"""A kind of entry and the key column of its table: a row may be deleted once the log says that it is retired."""


def triggers(dialect: str, table: str, retired: Retired | None = None) -> list[Trigger]:
    """The triggers that refuse to update or delete rows of `table`."""
    allowed = RETIRED.format(kind=retired[0], key=retired[1]) if retired else None
    return _postgresql(table, allowed) if dialect == "postgresql" else _sqlite(table, allowed)


def protect(table: str, retired: Retired | None = None) -> None:
    """Refuses to update or delete rows of `table`."""
    make(op.get_bind(), triggers(op.get_bind().dialect.name, table, retired))


def release(table: str) -> None:
    """Lets rows of `table` be changed again: before a migration changes the table, which protects it afterwards."""
    connection = op.get_bind()
    postgresql = connection.dialect.name == "postgresql"
    for trigger in triggers(connection.dialect.name, table):
        on = f" ON {table}" if postgresql else ""
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger.name}{on}")


def drop_functions(*tables: str) -> None:
    """Takes away what triggers called, after the last table that uses it; of `tables` rows could be retired."""
    if op.get_bind().dialect.name == "postgresql":
        for name in (FUNCTION.name, *(f"{table}_keep" for table in tables)):
            op.execute(f"DROP FUNCTION {name}()")


def _sqlite(table: str, allowed: str | None) -> list[Trigger]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    when = f"WHEN NOT EXISTS ({allowed})" if allowed else ""
    return [
        Trigger(f"{table}_no_update", table, f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}"),
        Trigger(
            f"{table}_no_delete", table, f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {when} {refuse}"
        ),
    ]


def _postgresql(table: str, allowed: str | None) -> list[Trigger]:
    # A trigger's WHEN may not ask other tables in PostgreSQL, so a function of its own does.
    keep = f" BEGIN IF NOT EXISTS ({allowed}) THEN RAISE EXCEPTION '{REFUSAL}'; END IF; RETURN OLD; END "
    return [
        before(f"{table}_no_update", "UPDATE", table, FUNCTION),
        before(f"{table}_no_truncate", "TRUNCATE", table, FUNCTION, "STATEMENT"),
        before(f"{table}_no_delete", "DELETE", table, Function(f"{table}_keep", keep) if allowed else FUNCTION),
    ]
