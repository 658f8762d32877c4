"""SQL about decisions: written once, never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from sqlalchemy import Connection, insert, select

from api.principals import EVERYTHING, Scope
from api.store import log
from api.store.records import DecisionRecord, DecisionSummary, Stored
from api.store.tables import decisions

_NAMES = tuple(f.name for f in fields(DecisionRecord))
_COLUMNS = [decisions.c[name] for name in _NAMES]
_SUMMARY = [decisions.c[f.name] for f in fields(DecisionSummary)]
_KEYED = [decisions.c[name] for name in ("idempotency_key", "decision_id", "request_sha256", "answer", "trace")]
FILTERS = ("application_id", "uscc", "product", "tier", "route", "status", "release_id")


def add(connection: Connection, records: Sequence[DecisionRecord]) -> list[Stored]:
    """Stores records and their entries in the log, passing over those whose idempotency key is used.

    Tells for each what is stored now.
    """
    position = log.next_position(connection)
    held = with_keys(connection, [r.idempotency_key for r in records if r.idempotency_key])
    stored: list[Stored] = []
    rows: list[dict[str, Any]] = []
    for record in records:
        earlier = held.get(record.idempotency_key) if record.idempotency_key else None
        if earlier is None:
            rows.append({"seq": position + len(rows)} | {name: getattr(record, name) for name in _NAMES})
            if record.idempotency_key:
                held[record.idempotency_key] = replace(_created(record), created=False)
        stored.append(earlier or _created(record))
    if rows:
        connection.execute(insert(decisions), rows)
        log.append(connection, [log.Entry("decision", row["decision_id"], row) for row in rows])
    return stored


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
    scope: Scope = EVERYTHING,
) -> list[DecisionSummary]:
    """Decisions newest first: columns of `FILTERS` equal to a value, decided from `since` and before `before`.

    `below` is the `seq` after which to go on; `limit` is how many at most; `scope` says which may be shown at all.
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
    if scope.regions is not None:
        query = query.where(decisions.c.region.in_(sorted(scope.regions)))
    if scope.caller is not None:
        query = query.where(decisions.c.caller == scope.caller)
    return [DecisionSummary(*row) for row in connection.execute(query)]


def _created(record: DecisionRecord) -> Stored:
    return Stored(record.decision_id, record.request_sha256, record.answer, record.trace, created=True)
