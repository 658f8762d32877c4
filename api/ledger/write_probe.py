"""Whether a database can be written, found out by writing a row that nothing reads. SQL."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from greenlane.api.ledger import private_files
from greenlane.api.ledger.database import Database, writing
from greenlane.api.ledger.errors import StoreUnavailableError
from greenlane.api.ledger.tables import write_probes

FILLER_BYTES = 1 << 16
"""What is written while nothing could be: more than a decision, so that a last free page does not pass for room."""


def probe(database: Database) -> None:
    """Returns when the database takes what is written to it. Raises `StoreUnavailableError`."""
    if database.outage.lasts:
        _write(database, os.urandom(FILLER_BYTES))
    _write(database, b"")
    was_written(database)


def was_written(database: Database) -> None:
    """Something was written to it just now: it is available, unless the disk of a SQLite file is about to be full.

    Raises `StoreUnavailableError` then: what was written was less than a decision.
    """
    outage = database.outage
    if database.dialect == "sqlite":
        try:
            private_files.require_room(database.file)
        except OSError as error:
            outage.failed(error.strerror or "")
            raise StoreUnavailableError(f"`{outage.what}`: {error.strerror}") from error
    outage.worked()


def _write(database: Database, filler: bytes) -> None:
    made: Any = (postgresql if database.dialect == "postgresql" else sqlite).insert(write_probes)
    row = {"at": datetime.now(UTC).isoformat(), "filler": filler}
    with writing(database) as connection:
        upsert = made.values(id=1, **row).on_conflict_do_update(index_elements=["id"], set_=row)
        connection.execute(upsert)
