"""A trigger as it is made, and as it can be looked for afterwards: the audit compares databases with these texts.

Whoever changes the text of a trigger writes a migration that makes it anew: an audit would else find the old one.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Function:
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
    function: Function | None = None
    """None in SQLite, where the statement says all."""


def make(connection: Connection, triggers: list[Trigger]) -> None:
    """Makes them, with their functions."""
    for function in {trigger.function for trigger in triggers if trigger.function is not None}:
        connection.exec_driver_sql(function.sql())
    for trigger in triggers:
        connection.exec_driver_sql(trigger.sql)


def before(name: str, event: str, table: str, function: Function, each: str = "ROW") -> Trigger:
    """A trigger of PostgreSQL that calls a function before an event."""
    call = f"FOR EACH {each} EXECUTE FUNCTION {function.name}()"
    return Trigger(name, table, f"CREATE TRIGGER {name} BEFORE {event} ON {table} {call}", function)
