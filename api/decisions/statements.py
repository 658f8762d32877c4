"""SQL about decisions: written once, never changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select

from greenlane.api.decisions.records import DecisionRow
from greenlane.api.ledger.database import chunks
from greenlane.api.ledger.log import NewEntry
from greenlane.api.ledger.proof.leaf import Leaf, decode_leaf
from greenlane.api.ledger.tables import data_keys, decisions, log, lookups
from greenlane.api.ledger.unit_of_work import UnitOfWork
from greenlane.api.principals import EVERYTHING, Visibility

_NAMES = tuple(f.name for f in fields(DecisionRow))
_COLUMNS = [decisions.c[name] for name in _NAMES]
_SUMMARY = [
    decisions.c[name]
    for name in (
        *("seq", "decision_id", "decided_at", "as_of", "status", "tier", "product", "route", "release_id"),
        *("caller", "region", "inputs", "inputs_commitment", "data_key_id"),
    )
]
TOKENS = ("customer", "application")
"""What decisions are searched by besides columns: by what stands for it at rest."""


def add(work: UnitOfWork, rows: Sequence[DecisionRow]) -> dict[str, DecisionRow]:
    """Stores decisions and their entries in the log, passing over those whose idempotency key is used.

    Returns what is stored under each key.
    """
    position = work.log.next_position()
    held = with_idempotency_keys(work.connection, [row.idempotency_key for row in rows if row.idempotency_key])
    new: list[dict[str, Any]] = []
    for row in rows:
        if row.idempotency_key in held:
            continue
        new.append({"seq": position + len(new)} | {name: getattr(row, name) for name in _NAMES})
        if row.idempotency_key:
            held[row.idempotency_key] = row
    if new:
        work.connection.execute(insert(decisions), new)
        work.append([NewEntry("decision", row["decision_id"], row) for row in new])
    return held


def with_idempotency_keys(connection: Connection, keys: Sequence[str]) -> dict[str, DecisionRow]:
    """The stored decision of each idempotency key that has one; keys as they are at rest."""
    found: dict[str, DecisionRow] = {}
    for part in chunks(keys):
        for row in connection.execute(select(*_COLUMNS).where(decisions.c.idempotency_key.in_(part))):
            found[row.idempotency_key] = DecisionRow(*row)
    return found


def get(connection: Connection, decision_id: str) -> DecisionRow | None:
    """The decision with this id."""
    row = connection.execute(select(*_COLUMNS).where(decisions.c.decision_id == decision_id)).one_or_none()
    return DecisionRow(*row) if row is not None else None


def search(
    connection: Connection,
    equal: Mapping[str, str],
    since: str | None,
    before: str | None,
    below: int | None,
    limit: int,
    visibility: Visibility = EVERYTHING,
) -> Sequence[Row[tuple[object, ...]]]:
    """Decisions newest first: columns equal to a value, decided from `since` and before `before`.

    `equal` may also hold tokens by the names of `TOKENS`. `below` is the `seq` after which to go on; `limit` is how
    many at most; `visibility` says which may be shown at all.
    """
    query = select(*_SUMMARY).order_by(decisions.c.seq.desc()).limit(limit)
    query = query.where(*(_equals(name, value) for name, value in equal.items()), *_visible(visibility))
    if since is not None:
        query = query.where(decisions.c.decided_at >= since)
    if before is not None:
        query = query.where(decisions.c.decided_at < before)
    if below is not None:
        query = query.where(decisions.c.seq < below)
    return connection.execute(query).all()


def newest(connection: Connection, below: int | None, limit: int) -> list[tuple[int, str]]:
    """`seq` and id of decisions, the newest first, below a `seq`."""
    query = select(decisions.c.seq, decisions.c.decision_id).order_by(decisions.c.seq.desc()).limit(limit)
    if below is not None:
        query = query.where(decisions.c.seq < below)
    return [(row.seq, row.decision_id) for row in connection.execute(query)]


def leaves(connection: Connection, decision_ids: Sequence[str]) -> Mapping[str, Leaf]:
    """The entries in the log of those decisions that have one which can be read."""
    found: dict[str, Leaf] = {}
    for part in chunks(decision_ids):
        query = select(decisions.c.decision_id, log.c.data).join(log, log.c.position == decisions.c.seq)
        for row in connection.execute(query.where(decisions.c.decision_id.in_(part))):
            try:
                leaf = decode_leaf(row.data)
            except ValueError:
                continue
            if (leaf.kind, leaf.subject) == ("decision", row.decision_id):
                found[row.decision_id] = leaf
    return found


def _equals(name: str, value: str) -> ColumnElement[bool]:
    if name == "customer":
        return decisions.c.data_key_id.in_(select(data_keys.c.id).where(data_keys.c.customer == value))
    if name == "application":
        return decisions.c.decision_id.in_(select(lookups.c.decision_id).where(lookups.c.token == value))
    return decisions.c[name] == value


def _visible(visibility: Visibility) -> Iterator[ColumnElement[bool]]:
    if visibility.regions is not None:
        yield decisions.c.region.in_(sorted(visibility.regions))
    if visibility.caller is not None:
        yield decisions.c.caller == visibility.caller
