"""Triggers that keep the steps of releases in their order and data keys known to the log, whoever writes. SQL.

A refused statement fails as a broken constraint whose message is the rule's name. SQLite and PostgreSQL are given the
same conditions; only what stands around them differs.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection

from greenlane.api.ledger.migrations.triggers import Trigger, TriggerFunction, before, make

LIFE = "('drafted', 'submitted', 'approved', 'rejected')"
IN_FORCE = "('seeded', 'activated', 'rolled back')"
LAST = (
    f"(SELECT s.kind FROM release_steps s WHERE s.release_id = NEW.release_id AND s.kind IN {LIFE} "
    "ORDER BY s.seq DESC LIMIT 1)"
)
STEPS_LOCK = 0x73746570
"""The advisory lock of PostgreSQL under which steps are judged and written, one transaction at a time."""

USED = f"(SELECT 1 FROM release_steps s WHERE s.release_id = NEW.release_id AND s.kind IN {IN_FORCE})"


class StepGuard(NamedTuple):
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
    StepGuard("step_form", ANY, f"NEW.kind NOT IN {KINDS}"),
    StepGuard("step_form", ANY, "(NEW.release_id IS NULL) <> (NEW.kind IN ('stopped', 'resumed'))"),
    StepGuard("step_form", ANY, f"(NEW.effective_from IS NOT NULL) <> (NEW.kind IN {IN_FORCE})"),
    StepGuard("step_form", ANY, "COALESCE(NEW.effective_until <= NEW.effective_from, NEW.effective_until IS NOT NULL)"),
    StepGuard(
        "step_order",
        "('drafted')",
        f"(COALESCE({LAST}, 'drafted') NOT IN ('drafted', 'rejected') OR EXISTS {USED})",
    ),
    StepGuard("step_order", "('submitted')", f"COALESCE({LAST}, '') NOT IN ('drafted', 'rejected')"),
    StepGuard("step_order", "('approved')", f"COALESCE({LAST}, '') <> 'submitted'"),
    StepGuard(
        "step_order",
        "('rejected')",
        f"(COALESCE({LAST}, '') NOT IN ('submitted', 'approved') OR EXISTS {USED})",
    ),
    StepGuard("step_order", "('activated')", f"COALESCE({LAST}, '') <> 'approved'"),
    StepGuard("step_order", "('rolled back')", f"NOT EXISTS {USED}"),
    StepGuard("step_order", "('seeded')", f"EXISTS (SELECT 1 FROM release_steps s WHERE s.kind IN {IN_FORCE})"),
    StepGuard(
        "four_eyes",
        "('approved')",
        "EXISTS (SELECT 1 FROM release_steps s WHERE s.release_id = NEW.release_id AND s.actor = NEW.actor "
        "AND s.kind IN ('drafted', 'submitted'))",
    ),
    StepGuard("evidence", "('submitted', 'approved')", f"({_without('check')} OR {_without('scenarios')})"),
    StepGuard(
        "evidence",
        "('approved')",
        "(" + " OR ".join(_not_submitted(f"{kind}_sha256") for kind in ("check", "scenarios", "impact")) + ")",
    ),
    StepGuard(
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


def step_triggers(dialect: str) -> list[Trigger]:
    """The triggers that forbid steps which `STEP_GUARDS` refuses and, in SQLite, rows in place of others."""
    return _step_postgresql() if dialect == "postgresql" else _step_sqlite()


def guard(connection: Connection) -> None:
    """Makes the triggers."""
    make(connection, step_triggers(connection.dialect.name))


def drop_guards(connection: Connection) -> None:
    """Takes away what `guard` made."""
    if connection.dialect.name == "sqlite":
        for trigger in step_triggers("sqlite"):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger.name}")
        return
    connection.exec_driver_sql("DROP FUNCTION IF EXISTS release_steps_guard() CASCADE")


def _step_postgresql() -> list[Trigger]:
    checks = " ".join(
        f"IF NEW.kind IN {guard.kinds} AND {guard.refused} THEN "
        f"RAISE EXCEPTION '{guard.name}' USING ERRCODE = 'integrity_constraint_violation'; END IF;"
        for guard in STEP_GUARDS
    )
    body = f" BEGIN PERFORM pg_advisory_xact_lock({STEPS_LOCK}); {checks} RETURN NEW; END "
    return [before(GUARD, "INSERT", "release_steps", TriggerFunction(GUARD, body))]


def _step_sqlite() -> list[Trigger]:
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


SALTED = "data_keys_salted"
SALTED_TABLE = "data_keys"
SALT_REFUSAL = "a data key that is a customer''s has a salt"
SALT_MISSING = "NEW.customer IS NOT NULL AND NEW.salt IS NULL"


def salt_triggers(dialect: str) -> list[Trigger]:
    """The trigger that refuses a data key which the log cannot have been told of, as a database of that kind has it.

    A process of a version that told the log of no keys, still at work after the first start of this one, would make
    keys without an entry. The audit could not tell them from keys that somebody else made: so its request fails.
    """
    if dialect == "postgresql":
        refuse = f"RAISE EXCEPTION '{SALT_REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'"
        body = f" BEGIN IF {SALT_MISSING} THEN {refuse}; END IF; RETURN NEW; END "
        return [before(SALTED, "INSERT", SALTED_TABLE, TriggerFunction(SALTED, body))]
    refuse = f"BEGIN SELECT RAISE(ABORT, '{SALT_REFUSAL}'); END"
    sql = f"CREATE TRIGGER {SALTED} BEFORE INSERT ON {SALTED_TABLE} WHEN {SALT_MISSING} {refuse}"
    return [Trigger(SALTED, SALTED_TABLE, sql)]


def ask_for_salts(connection: Connection) -> None:
    """Makes the trigger."""
    make(connection, salt_triggers(connection.dialect.name))


def ask_no_longer(connection: Connection) -> None:
    """Takes it away."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"DROP FUNCTION {SALTED}() CASCADE")
    else:
        connection.exec_driver_sql(f"DROP TRIGGER {SALTED}")
