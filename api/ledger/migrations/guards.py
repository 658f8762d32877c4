"""Triggers that keep the steps of releases in their order, whoever writes to the database.

A refused statement fails as a broken constraint whose message is the rule's name. SQLite and PostgreSQL are given the
same conditions; only what stands around them differs.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection

from greenlane.api.ledger.migrations.trigger import Function, Trigger, before, make

LIFE = "('drafted', 'submitted', 'approved', 'rejected')"
IN_FORCE = "('seeded', 'activated', 'rolled back')"
LAST = (
    f"(SELECT s.kind FROM release_steps s WHERE s.release_id = NEW.release_id AND s.kind IN {LIFE} "
    "ORDER BY s.seq DESC LIMIT 1)"
)
STEPS_LOCK = 0x73746570
"""The advisory lock of PostgreSQL under which steps are judged and written, one transaction at a time."""

USED = f"(SELECT 1 FROM release_steps s WHERE s.release_id = NEW.release_id AND s.kind IN {IN_FORCE})"


class Guard(NamedTuple):
    """A step of one of `kinds` is refused where the SQL condition holds of `NEW`."""

    name: str
    kinds: str
    refused: str


def _without(kind: str) -> str:
    """Whether there is no evidence of the kind that passed under the hash that the step names."""
    return (
        f"NOT EXISTS (SELECT 1 FROM release_evidence e WHERE e.release_id = NEW.release_id AND e.kind = '{kind}' "
        f"AND e.sha256 = NEW.{kind}_sha256 AND e.passed)"
    )


def _not_submitted(column: str) -> str:
    return (
        f"COALESCE(NEW.{column}, '') <> COALESCE((SELECT s.{column} FROM release_steps s WHERE s.kind = 'submitted' "
        "AND s.release_id = NEW.release_id ORDER BY s.seq DESC LIMIT 1), '')"
    )


ANY = "(NEW.kind)"
KINDS = (
    "('loaded', 'seeded', 'drafted', 'submitted', 'approved', 'rejected', 'activated', 'rolled back', 'stopped', "
    "'resumed')"
)

STEP_GUARDS = (
    Guard("step_form", ANY, f"NEW.kind NOT IN {KINDS}"),
    Guard("step_form", ANY, "(NEW.release_id IS NULL) <> (NEW.kind IN ('stopped', 'resumed'))"),
    Guard("step_form", ANY, f"(NEW.effective_from IS NOT NULL) <> (NEW.kind IN {IN_FORCE})"),
    Guard("step_form", ANY, "COALESCE(NEW.effective_until <= NEW.effective_from, NEW.effective_until IS NOT NULL)"),
    Guard(
        "step_order",
        "('drafted')",
        f"(COALESCE({LAST}, 'drafted') NOT IN ('drafted', 'rejected') OR EXISTS {USED})",
    ),
    Guard("step_order", "('submitted')", f"COALESCE({LAST}, '') NOT IN ('drafted', 'rejected')"),
    Guard("step_order", "('approved')", f"COALESCE({LAST}, '') <> 'submitted'"),
    Guard(
        "step_order",
        "('rejected')",
        f"(COALESCE({LAST}, '') NOT IN ('submitted', 'approved') OR EXISTS {USED})",
    ),
    Guard("step_order", "('activated')", f"COALESCE({LAST}, '') <> 'approved'"),
    Guard("step_order", "('rolled back')", f"NOT EXISTS {USED}"),
    Guard("step_order", "('seeded')", f"EXISTS (SELECT 1 FROM release_steps s WHERE s.kind IN {IN_FORCE})"),
    Guard(
        "four_eyes",
        "('approved')",
        "EXISTS (SELECT 1 FROM release_steps s WHERE s.release_id = NEW.release_id AND s.actor = NEW.actor "
        "AND s.kind IN ('drafted', 'submitted'))",
    ),
    Guard("evidence", "('submitted', 'approved')", f"({_without('check')} OR {_without('scenarios')})"),
    Guard(
        "evidence",
        "('approved')",
        "(" + " OR ".join(_not_submitted(f"{kind}_sha256") for kind in ("check", "scenarios", "impact")) + ")",
    ),
    Guard(
        "step_time",
        ANY,
        "EXISTS (SELECT 1 FROM release_steps s WHERE s.recorded_at >= NEW.recorded_at)",
    ),
)
"""What no step may do. Order, four eyes and evidence are decided here and nowhere else in the end."""


GUARD = "release_steps_guard"
KEYS = {
    "releases": "id = NEW.id",
    "release_evidence": "release_id = NEW.release_id AND sha256 = NEW.sha256",
    "release_steps": "seq = NEW.seq",
}
"""What makes a new row one that is there already."""


def triggers(dialect: str) -> list[Trigger]:
    """The triggers that forbid steps which `STEP_GUARDS` refuses and, in SQLite, rows in place of others."""
    return _postgresql() if dialect == "postgresql" else _sqlite()


def guard(connection: Connection) -> None:
    """Makes the triggers."""
    make(connection, triggers(connection.dialect.name))


def drop_guards(connection: Connection) -> None:
    """Takes away what `guard` made."""
    if connection.dialect.name == "sqlite":
        for trigger in triggers("sqlite"):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger.name}")
        return
    connection.exec_driver_sql("DROP FUNCTION IF EXISTS release_steps_guard() CASCADE")


def _postgresql() -> list[Trigger]:
    checks = " ".join(
        f"IF NEW.kind IN {guard.kinds} AND {guard.refused} THEN "
        f"RAISE EXCEPTION '{guard.name}' USING ERRCODE = 'integrity_constraint_violation'; END IF;"
        for guard in STEP_GUARDS
    )
    body = f" BEGIN PERFORM pg_advisory_xact_lock({STEPS_LOCK}); {checks} RETURN NEW; END "
    return [before(GUARD, "INSERT", "release_steps", Function(GUARD, body))]


def _sqlite() -> list[Trigger]:
    checks = " ".join(
        f"SELECT RAISE(ABORT, '{guard.name}') WHERE NEW.kind IN {guard.kinds} AND {guard.refused};"
        for guard in STEP_GUARDS
    )
    sql = f"CREATE TRIGGER {GUARD} BEFORE INSERT ON release_steps BEGIN {checks} END"
    return [Trigger(GUARD, "release_steps", sql), *map(_no_replace, KEYS)]


def _no_replace(table: str) -> Trigger:
    # INSERT OR REPLACE removes the old row without asking a trigger on DELETE.
    name = f"{table}_no_replace"
    there = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {KEYS[table]})"
    refuse = "BEGIN SELECT RAISE(ABORT, 'append_only'); END"
    return Trigger(name, table, f"CREATE TRIGGER {name} BEFORE INSERT ON {table} {there} {refuse}")
