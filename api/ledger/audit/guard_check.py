"""The guards that the store relies on: triggers as they were made, keys, unique columns, indexes. SQL; reads only.

A guard that is missing has altered nothing yet. But somebody took it away, and what it kept from happening can happen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Inspector, Table, UniqueConstraint, inspect, text

from greenlane.api.ledger.audit.report import AuditReport
from greenlane.api.ledger.migrations.guards import salt_triggers, step_triggers
from greenlane.api.ledger.migrations.triggers import Retired, Trigger, append_only
from greenlane.api.ledger.tables import log, metadata, proved_tables

GUARDS = "guards"
MISSING = "守护缺失", "this guard is missing"
OTHER = "守护已被改动", "this guard is not the one that was made"
OFF = "守护已停用", "this guard is switched off"
MAY_BE_RETIRED: Mapping[str, Retired] = {"decisions": ("decision", "decision_id")}

_SQLITE = text("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
_POSTGRESQL = text(
    "SELECT t.tgname AS name, c.relname AS tbl_name, t.tgenabled AS enabled, p.proname AS function, p.prosrc AS body, "
    "pg_get_triggerdef(t.oid, true) AS sql FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
    "JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal AND pg_table_is_visible(c.oid)"
)
ALWAYS = ("O", "A")
"""`pg_trigger.tgenabled` of a trigger that runs for whoever writes; those of replicas and those that are off do not."""


def check_guards(connection: Connection, report: AuditReport) -> None:
    """Finds each guard that is missing, switched off or other than it was made, by its name."""
    report.count(GUARDS, 0)
    _triggers(connection, report)
    inspector = inspect(connection)
    for table in metadata.sorted_tables:
        there = set(_there(inspector, table.name))
        for wanted in sorted(_wanted(table)):
            report.count(GUARDS)
            if wanted not in there:
                report.fault(GUARDS, wanted, None, *MISSING)


def triggers(dialect: str) -> list[Trigger]:
    """Every trigger that the store relies on: rows that are proved are written once, data keys have salts."""
    tables = [log.name, *(table.name for table in proved_tables().values())]
    kept = [one for table in tables for one in append_only(dialect, table, MAY_BE_RETIRED.get(table))]
    return [*kept, *step_triggers(dialect), *salt_triggers(dialect)]


def _triggers(connection: Connection, report: AuditReport) -> None:
    dialect = connection.dialect.name
    rows = connection.execute(_POSTGRESQL if dialect == "postgresql" else _SQLITE)
    there = {(row.tbl_name, row.name): row for row in rows}
    for trigger in triggers(dialect):
        report.count(GUARDS)
        fault = _fault(trigger, there.get((trigger.table, trigger.name)))
        if fault is not None:
            report.fault(GUARDS, trigger.name, None, *fault)


def _fault(trigger: Trigger, found: Any) -> tuple[str, str] | None:
    if found is None:
        return MISSING
    if found.sql != trigger.sql:
        return OTHER
    if trigger.function is None:
        return None
    if (found.function, found.body) != (trigger.function.name, trigger.function.body):
        return OTHER
    return None if found.enabled in ALWAYS else OFF


def _wanted(table: Table) -> Iterator[str]:
    """What the tables of this version have, each by a name that says what it is."""
    yield _key(table.name, [column.name for column in table.primary_key])
    for constraint in table.foreign_key_constraints:
        yield _reference(table.name, constraint.column_keys, constraint.referred_table.name)
    for one in table.constraints:
        if isinstance(one, UniqueConstraint):
            yield _unique(table.name, [column.name for column in one.columns])
    for index in table.indexes:
        yield _index(index.name, [column.name for column in index.columns])


def _there(inspector: Inspector, table: str) -> Iterator[str]:
    yield _key(table, inspector.get_pk_constraint(table)["constrained_columns"])
    for reference in inspector.get_foreign_keys(table):
        yield _reference(table, reference["constrained_columns"], reference["referred_table"])
    for unique in inspector.get_unique_constraints(table):
        yield _unique(table, unique["column_names"])
    for index in inspector.get_indexes(table):
        yield _index(index["name"], index["column_names"])


def _key(table: str, columns: Sequence[str]) -> str:
    return f"{table} primary key ({', '.join(columns)})"


def _unique(table: str, columns: Sequence[str]) -> str:
    return f"{table} unique ({', '.join(columns)})"


def _index(name: str | None, columns: Sequence[str | None]) -> str:
    return f"index {name} ({', '.join(map(str, columns))})"


def _reference(table: str, columns: Sequence[str], referred: str) -> str:
    return f"{table} ({', '.join(columns)}) references {referred}"
