"""What is asked of the rows of the log: its newest head, the hashes of subtrees. SQL; writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, bindparam, select

from greenlane.api.ledger.errors import StoreUnavailableError
from greenlane.api.ledger.proof.head import Head, decode_head, encode_head
from greenlane.api.ledger.proof.tree import HASH_BYTES, Hash, Node, made_with
from greenlane.api.ledger.tables import log

DAMAGED = "the log was changed by somebody else: see `greenlane audit verify`"
ASKED = 500
"""Rows asked for by one statement."""

# Built once: each costs as much to build as to run.
_NEWEST = select(log.c.position, log.c.head).order_by(log.c.position.desc()).limit(1)
_NODES = select(log.c.position, log.c.nodes).where(log.c.position.in_(bindparam("positions", expanding=True)))
_HEADS = select(log.c.position, log.c.head).where(log.c.position.in_(bindparam("positions", expanding=True)))


def newest_head(connection: Connection) -> Head | None:
    """The signed head of the tree as it is now; None before the first entry.

    Raises `StoreUnavailableError` when the newest entry has none: nothing may be added to a log that was damaged.
    """
    found = connection.execute(_NEWEST).first()
    if found is None:
        return None
    try:
        head = decode_head(found.head or "")
    except ValueError:
        raise StoreUnavailableError(DAMAGED) from None
    if head.size != found.position + 1:
        raise StoreUnavailableError(DAMAGED)
    return head


def nodes(connection: Connection, wanted: Sequence[Node]) -> Mapping[Node, Hash]:
    """The hashes of complete subtrees. Raises `KeyError` for one that is not complete yet."""
    positions = sorted({made_with(node) for node in wanted})
    made: dict[int, bytes] = {}
    for at in range(0, len(positions), ASKED):
        part = positions[at : at + ASKED]
        for row in connection.execute(_NODES, {"positions": part}):
            made[row.position] = row.nodes
    return {node: made[made_with(node)][node[0] * HASH_BYTES :][:HASH_BYTES] for node in wanted}


def not_held(connection: Connection, heads: Sequence[Head]) -> list[Head]:
    """Those of the heads that the log does not hold as they are."""
    found: list[Head] = []
    for at in range(0, len(heads), ASKED):
        part = heads[at : at + ASKED]
        rows = connection.execute(_HEADS, {"positions": [head.size - 1 for head in part]})
        held = {row.position + 1: row.head for row in rows}
        found += [head for head in part if held.get(head.size) != encode_head(head)]
    return found
