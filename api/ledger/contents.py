"""What is sealed in stored rows, read and held to what was stored: altered is told apart from erased.

What is sealed must be what the commitment beside it was made of. Decisions that an earlier version left in the clear
have no commitment: they must be what their entries in the log were made of.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import Connection, select

from greenlane.api.ledger import data_keys
from greenlane.api.ledger.customer_keys import CustomerKeys
from greenlane.api.ledger.data_keys import chunks
from greenlane.api.ledger.proof.commitment import commitment
from greenlane.api.ledger.proof.leaf import Leaf, decode_leaf, digest
from greenlane.api.ledger.records import Content
from greenlane.api.ledger.sealing.values import DataKey, Unreadable, opened
from greenlane.api.ledger.tables import decisions, log
from greenlane.api.logs import logger


class Unread(Enum):
    """Why there is nothing to be read in a row."""

    ERASED = "erased"
    """Its data key was destroyed."""

    ALTERED = "altered"
    """What it holds is not what was stored."""


Plain = Mapping[str, bytes | None]
"""The values of columns in clear; None for null."""


@dataclass(frozen=True, slots=True)
class _Known:
    keys: Mapping[str, DataKey]
    destroyed: Collection[str]
    leaves: Mapping[str, Leaf]


def read(
    connection: Connection, keys: CustomerKeys, rows: Sequence[Any], columns: Sequence[str]
) -> list[Plain | Unread]:
    """What these columns of each row of `decisions` hold. A row has them, their commitments, `decision_id` and key.

    Raises `StoreUnavailableError`, also when the key store has lost a key.
    """
    ids = {row.data_key_id for row in rows if row.data_key_id is not None}
    found = keys.by_id(connection, ids)
    destroyed = data_keys.destroyed_among(connection, sorted(ids - found.keys()))
    leaves = _leaves(connection, [row.decision_id for row in rows if row.data_key_id is None])
    known = _Known(found, destroyed, leaves)
    told = [_read(row, columns, known) for row in rows]
    for row, one in zip(rows, told, strict=True):
        if one is Unread.ALTERED:
            logger.error("decision altered", decision=row.decision_id)
    return told


def content_of(found: Plain | Unread) -> Content | None:
    """What a decision holds, of `inputs`, `answer` and `trace` as read; None where there is nothing to be read."""
    if isinstance(found, Unread):
        return None
    return Content((found["inputs"] or b"").decode(), (found["answer"] or b"").decode(), found["trace"])


def plain(key: DataKey, row: str, column: str, sealed: bytes, committed: str | None) -> bytes:
    """The value sealed for this place. Raises `Unreadable`, also when it is not what the commitment was made of."""
    salt, value = opened(key, row, column, sealed)
    if commitment(column, salt, value) != committed:
        raise Unreadable(f"`{column}` is not what its commitment was made of")
    return value


def _read(row: Any, columns: Sequence[str], known: _Known) -> Plain | Unread:
    if row.data_key_id is None:
        return _in_clear(row, columns, known.leaves.get(row.decision_id))
    key = known.keys.get(row.data_key_id)
    if key is None:
        return Unread.ERASED if row.data_key_id in known.destroyed else Unread.ALTERED
    try:
        return {name: _column(key, row, name) for name in columns}
    except Unreadable:
        return Unread.ALTERED


def _column(key: DataKey, row: Any, name: str) -> bytes | None:
    sealed, committed = getattr(row, name), getattr(row, f"{name}_commitment")
    if sealed is None and committed is None:
        return None
    return plain(key, row.decision_id, name, sealed or b"", committed)


def _in_clear(row: Any, columns: Sequence[str], leaf: Leaf | None) -> Plain | Unread:
    found = {name: getattr(row, name) for name in columns}
    if leaf is None or any(digest(value) != leaf.columns.get(name) for name, value in found.items()):
        return Unread.ALTERED
    return found


def _leaves(connection: Connection, decision_ids: Sequence[str]) -> Mapping[str, Leaf]:
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
