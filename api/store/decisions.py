"""SQL about decisions: written once, never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace

from sqlalchemy import Connection, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from api.store.records import DecisionRecord, DecisionSummary, Stored
from api.store.tables import decisions

_COLUMNS = [decisions.c[f.name] for f in fields(DecisionRecord)]
_SUMMARY = [decisions.c[f.name] for f in fields(DecisionSummary)]
_KEYED = [decisions.c[name] for name in ("idempotency_key", "decision_id", "request_sha256", "answer", "trace")]
FILTERS = ("application_id", "uscc", "product", "tier", "route", "status", "release_id")


def add(connection: Connection, records: Sequence[DecisionRecord]) -> list[Stored]:
    """Stores records, passing over those whose idempotency key is used; tells for each what is stored now."""
    rows = [asdict(record) for record in records]
    if not any(record.idempotency_key for record in records):
        connection.execute(insert(decisions), rows)
        return [_created(record) for record in records]
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(decisions).on_conflict_do_nothing(index_elements=["idempotency_key"]), rows)
    held = with_keys(connection, [r.idempotency_key for r in records if r.idempotency_key])
    return [_settled(record, held) for record in records]


def with_keys(connection: Connection, keys: Sequence[str]) -> dict[str, Stored]:
    """The stored decision of each idempotency key that has one."""
    found: dict[str, Stored] = {}
    for at in range(0, len(keys), 500):
        part = keys[at : at + 500]
        for row in connection.execute(select(*_KEYED).where(decisions.c.idempotency_key.in_(part))):
            found[row.idempotency_key] = Stored(
                row.decision_id, row.request_sha256, row.answer, row.trace, created=False
            )
    return found


def get(connection: Connection, decision_id: str) -> DecisionRecord | None:
    """The decision with this id."""
    row = connection.execute(select(*_COLUMNS).where(decisions.c.decision_id == decision_id)).one_or_none()
    return DecisionRecord(*row) if row is not None else None


def search(
    connection: Connection,
    equal: Mapping[str, str],
    since: str | None,
    before: str | None,
    below: int | None,
    limit: int,
) -> list[DecisionSummary]:
    """Decisions newest first: columns of `FILTERS` equal to a value, decided from `since` and before `before`.

    `below` is the `seq` after which to go on; `limit` is how many at most.
    """
    query = select(*_SUMMARY).order_by(decisions.c.seq.desc()).limit(limit)
    for name, value in equal.items():
        query = query.where(decisions.c[name] == value)
    if since is not None:
        query = query.where(decisions.c.decided_at >= since)
    if before is not None:
        query = query.where(decisions.c.decided_at < before)
    if below is not None:
        query = query.where(decisions.c.seq < below)
    return [DecisionSummary(*row) for row in connection.execute(query)]


def _created(record: DecisionRecord) -> Stored:
    return Stored(record.decision_id, record.request_sha256, record.answer, record.trace, created=True)


def _settled(record: DecisionRecord, held: Mapping[str, Stored]) -> Stored:
    if record.idempotency_key is None:
        return _created(record)
    stored = held[record.idempotency_key]
    return replace(stored, created=True) if stored.decision_id == record.decision_id else stored
