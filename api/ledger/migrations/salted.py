"""A trigger that refuses a data key which the log cannot have been told of.

A process of the version before, still at work after the first start of this one, would make keys without an entry. The
audit could not tell them from keys that somebody else made: so its request fails instead.
"""

from __future__ import annotations

from sqlalchemy import Connection

from greenlane.api.ledger.migrations.trigger import Function, Trigger, before, make

NAME = "data_keys_salted"
TABLE = "data_keys"
REFUSAL = "a data key that is a customer''s has a salt"
REFUSED = "NEW.customer IS NOT NULL AND NEW.salt IS NULL"


def triggers(dialect: str) -> list[Trigger]:
    """The trigger, as a database of that kind has it."""
    if dialect == "postgresql":
        refuse = f"RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'"
        body = f" BEGIN IF {REFUSED} THEN {refuse}; END IF; RETURN NEW; END "
        return [before(NAME, "INSERT", TABLE, Function(NAME, body))]
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    return [Trigger(NAME, TABLE, f"CREATE TRIGGER {NAME} BEFORE INSERT ON {TABLE} WHEN {REFUSED} {refuse}")]


def ask_for_salts(connection: Connection) -> None:
    """Makes the trigger."""
    make(connection, triggers(connection.dialect.name))


def ask_no_longer(connection: Connection) -> None:
    """Takes it away."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"DROP FUNCTION {NAME}() CASCADE")
    else:
        connection.exec_driver_sql(f"DROP TRIGGER {NAME}")
