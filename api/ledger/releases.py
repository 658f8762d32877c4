"""SQL about releases: stored whole, never changed."""

from __future__ import annotations

import json
from collections.abc import Callable

from sqlalchemy import Connection, insert, select

from greenlane.api.ledger import log
from greenlane.api.ledger.records import ReleaseRecord, ReleaseSummary
from greenlane.api.ledger.tables import releases

_SUMMARY = [releases.c[name] for name in ("id", "sha256", "name", "version", "stored_at")]


def add(connection: Connection, release: ReleaseRecord, encode: Callable[[object], bytes]) -> None:
    """Stores a release and its entry in the log; one already stored stays as it is."""
    log.lock(connection)
    if connection.execute(select(releases.c.id).where(releases.c.id == release.id)).first() is not None:
        return
    row = {
        "id": release.id,
        "sha256": release.sha256,
        "name": release.name,
        "version": release.version,
        "files": encode(release.files).decode(),
        "stored_at": release.stored_at,
    }
    connection.execute(insert(releases), [row])
    log.append(connection, [log.Entry("release", release.id, row)])


def get(connection: Connection, release_id: str) -> ReleaseRecord | None:
    """The release with this id, files included."""
    row = connection.execute(select(*_SUMMARY, releases.c.files).where(releases.c.id == release_id)).one_or_none()
    if row is None:
        return None
    return ReleaseRecord(row.id, row.sha256, row.name, row.version, json.loads(row.files), row.stored_at)


def newest_first(connection: Connection) -> list[ReleaseSummary]:
    """All releases, the last stored first."""
    query = select(*_SUMMARY).order_by(releases.c.stored_at.desc(), releases.c.id)
    return [ReleaseSummary(*row) for row in connection.execute(query)]
