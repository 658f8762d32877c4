"""SQL about keys of access: every step a row, never changed."""

from __future__ import annotations

from dataclasses import asdict, fields

from sqlalchemy import Connection, func, insert, select

from greenlane.api.ledger import log
from greenlane.api.ledger.records import KeyStep
from greenlane.api.ledger.tables import key_steps

_COLUMNS = [key_steps.c[f.name] for f in fields(KeyStep)]


def add_step(connection: Connection, step: KeyStep) -> None:
    """Stores a step. Raises `IntegrityError` when the key already has one of this version."""
    row = asdict(step)
    connection.execute(insert(key_steps), [row])
    log.append(connection, [log.Entry("key", f"{step.key_id}/{step.version}", row)])


def get(connection: Connection, key_id: str) -> KeyStep | None:
    """The key as it is now."""
    query = select(*_COLUMNS).where(key_steps.c.key_id == key_id)
    row = connection.execute(query.order_by(key_steps.c.version.desc()).limit(1)).one_or_none()
    return KeyStep(*row) if row is not None else None


def with_secret(connection: Connection, sha256: str) -> KeyStep | None:
    """The key, as it is now, that has or had the secret with this SHA-256."""
    owner = select(key_steps.c.key_id).where(key_steps.c.secret_sha256 == sha256).limit(1).scalar_subquery()
    query = select(*_COLUMNS).where(key_steps.c.key_id == owner)
    row = connection.execute(query.order_by(key_steps.c.version.desc()).limit(1)).one_or_none()
    return KeyStep(*row) if row is not None else None


def all_now(connection: Connection) -> list[KeyStep]:
    """Every key as it is now, by id."""
    newest = select(key_steps.c.key_id, func.max(key_steps.c.version).label("version")).group_by(key_steps.c.key_id)
    last = newest.subquery()
    query = select(*_COLUMNS).join(
        last, (key_steps.c.key_id == last.c.key_id) & (key_steps.c.version == last.c.version)
    )
    return [KeyStep(*row) for row in connection.execute(query.order_by(key_steps.c.key_id))]
