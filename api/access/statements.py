"""The store of API keys, every step a row and never changed, and of refused calls. SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

from sqlalchemy import ColumnElement, Connection, func, insert, select
from sqlalchemy.exc import IntegrityError

from greenlane.api.ledger.log import NewEntry
from greenlane.api.ledger.tables import key_steps
from greenlane.api.ledger.unit_of_work import Ledger, UnitOfWork


class KeyConflictError(Exception):
    """Somebody else changed the key in between. Nothing was stored."""


@dataclass(frozen=True, slots=True)
class KeyStep:
    """A key of access as one step left it. Moments are UTC, fixed width; `roles` and `regions` are words.

    `secret_sha256` is of the secret in use; the one before it, `previous_sha256`, is good until `previous_until`.
    """

    key_id: str
    version: int
    step: str
    at: str
    by: str
    name: str
    roles: str
    regions: str | None
    expires_at: str | None
    secret_sha256: str
    previous_sha256: str | None = None
    previous_until: str | None = None


@dataclass(frozen=True, slots=True)
class Denial:
    """Calls refused alike: how often between `first_at` and `last_at`, to whom, from where, for what."""

    source: str
    caller: str | None
    method: str
    route: str
    code: str
    times: int
    first_at: str
    last_at: str


_COLUMNS = [key_steps.c[f.name] for f in fields(KeyStep)]


@dataclass(frozen=True, slots=True)
class AccessStore:
    """API keys and refused calls in the ledger. Safe for many threads. Every method raises `StoreUnavailableError`."""

    ledger: Ledger

    def add_step(self, step: KeyStep) -> None:
        """Stores a step of a key; returns when it is on disk. Raises `KeyConflictError`."""
        try:
            with self.ledger.writing() as work:
                add_step(work, step)
        except IntegrityError:
            raise KeyConflictError from None

    def key(self, key_id: str) -> KeyStep | None:
        """The key as it is now."""
        with self.ledger.reading() as work:
            return _newest(work.connection, key_steps.c.key_id == key_id)

    def key_with_secret(self, sha256: str) -> KeyStep | None:
        """The key, as it is now, that has or had the secret with this SHA-256."""
        owner = select(key_steps.c.key_id).where(key_steps.c.secret_sha256 == sha256).limit(1).scalar_subquery()
        with self.ledger.reading() as work:
            return _newest(work.connection, key_steps.c.key_id == owner)

    def all_keys(self) -> list[KeyStep]:
        """Every key as it is now, by id."""
        versions = select(key_steps.c.key_id, func.max(key_steps.c.version).label("version"))
        last = versions.group_by(key_steps.c.key_id).subquery()
        is_last = (key_steps.c.key_id == last.c.key_id) & (key_steps.c.version == last.c.version)
        query = select(*_COLUMNS).join(last, is_last).order_by(key_steps.c.key_id)
        with self.ledger.reading() as work:
            return [KeyStep(*row) for row in work.connection.execute(query)]

    def add_denials(self, found: Sequence[Denial]) -> None:
        """Writes refused calls to the log, under the caller where it is known, else the address it called from."""
        entries = [NewEntry("denied", denial.caller or denial.source, asdict(denial)) for denial in found]
        with self.ledger.writing() as work:
            work.append(entries)


def add_step(work: UnitOfWork, step: KeyStep) -> None:
    """Stores a step and its entry in the log. Raises `IntegrityError` when the key already has one of this version."""
    row = asdict(step)
    work.connection.execute(insert(key_steps), [row])
    work.append([NewEntry("key", f"{step.key_id}/{step.version}", row)])


def _newest(connection: Connection, which: ColumnElement[bool]) -> KeyStep | None:
    query = select(*_COLUMNS).where(which).order_by(key_steps.c.version.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return KeyStep(*row) if row is not None else None
