"""The part of the store that says who may call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from greenlane.api.ledger import keys, log
from greenlane.api.ledger.database import reading, writing
from greenlane.api.ledger.records import Denial, KeyStep


class KeyConflictError(Exception):
    """Somebody else changed the key in between. Nothing was stored."""


@dataclass(frozen=True, slots=True)
class AccessStore:
    """Keys of access and refused calls. Safe for many threads.

    `prepare` brings the tables up to date. Every method raises `StoreUnavailableError` when the database cannot do its
    part.
    """

    engine: Engine
    prepare: Callable[[], None]

    def add_step(self, step: KeyStep) -> None:
        """Stores a step of a key; returns when it is on disk. Raises `KeyConflictError`."""
        self.prepare()
        try:
            with writing(self.engine) as connection:
                keys.add_step(connection, step)
        except IntegrityError:
            raise KeyConflictError from None

    def key(self, key_id: str) -> KeyStep | None:
        """The key as it is now."""
        self.prepare()
        with reading(self.engine) as connection:
            return keys.get(connection, key_id)

    def key_with_secret(self, sha256: str) -> KeyStep | None:
        """The key, as it is now, that has or had the secret with this SHA-256."""
        self.prepare()
        with reading(self.engine) as connection:
            return keys.with_secret(connection, sha256)

    def all_keys(self) -> list[KeyStep]:
        """Every key as it is now."""
        self.prepare()
        with reading(self.engine) as connection:
            return keys.all_now(connection)

    def add_denials(self, found: Sequence[Denial]) -> None:
        """Writes refused calls to the log, under the caller where it is known, else the address it called from."""
        self.prepare()
        entries = [log.Entry("denied", denial.caller or denial.source, asdict(denial)) for denial in found]
        with writing(self.engine) as connection:
            log.append(connection, entries)
