"""Triggers that let rows be added to a table and never changed or removed, whoever is connected.

Services and commands never change such rows. The triggers keep a slip in other code, in a script or at a database
prompt from doing so until the next audit; who may drop triggers is not stopped here, but found by the log.
"""

from __future__ import annotations

from alembic import op

REFUSAL = "rows of this table are never changed or removed"
FUNCTION = "greenlane_refuse_change"
RETIRED = "SELECT 1 FROM log_events WHERE kind = 'retired' AND subject = '{kind}/' || OLD.{key}"


def make_function() -> None:
    """What the triggers of PostgreSQL call. SQLite needs none."""
    if _postgresql():
        op.execute(
            f"CREATE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
        )


def drop_functions(*tables: str) -> None:
    """Takes it away, after the last table that uses it, and those made for `tables` whose rows may be retired."""
    if _postgresql():
        for function in (FUNCTION, *(f"{table}_keep" for table in tables)):
            op.execute(f"DROP FUNCTION {function}()")


def protect(table: str, retired: tuple[str, str] | None = None) -> None:
    """Refuses to update or delete rows of `table`.

    With `retired`, a kind and its key column, a row may be deleted once the log says that it is retired.
    """
    allowed = RETIRED.format(kind=retired[0], key=retired[1]) if retired else None
    if _postgresql():
        _protect_postgresql(table, allowed)
        return
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}")
    when = f"WHEN NOT EXISTS ({allowed})" if allowed else ""
    op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {when} {refuse}")


def release(table: str) -> None:
    """Lets rows of `table` be changed again: before a migration changes the table, which protects it afterwards."""
    on = f" ON {table}" if _postgresql() else ""
    for change in ("update", "delete", *(("truncate",) if _postgresql() else ())):
        op.execute(f"DROP TRIGGER IF EXISTS {table}_no_{change}{on}")


def _protect_postgresql(table: str, allowed: str | None) -> None:
    call = f"EXECUTE FUNCTION {FUNCTION}()"
    op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW {call}")
    op.execute(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {call}")
    if allowed is None:
        op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW {call}")
        return
    # A trigger's WHEN may not ask other tables in PostgreSQL, so a function of its own does.
    op.execute(
        f"CREATE OR REPLACE FUNCTION {table}_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF NOT EXISTS ({allowed}) THEN RAISE EXCEPTION '{REFUSAL}'; END IF; RETURN OLD; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_keep()"
    )


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
