"""What the log holds, for tests that something was written to it."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from greenlane.api.ledger.database import Database
from greenlane.api.ledger.proof.leaf import Leaf, decode_leaf
from greenlane.api.ledger.tables import log, log_events


def leaves(engine: Database, kind: str) -> list[Leaf]:
    """The entries of a kind, in order."""
    with engine.reader.connect() as connection:
        found = [
            decode_leaf(data) for data in connection.execute(select(log.c.data).order_by(log.c.position)).scalars()
        ]
    return [leaf for leaf in found if leaf.kind == kind]


def events(engine: Database, kind: str) -> list[tuple[str, dict[str, Any]]]:
    """Subject and content of the entries of a kind that has no table."""
    query = select(log_events.c.subject, log_events.c.content).where(log_events.c.kind == kind)
    with engine.reader.connect() as connection:
        return [(row.subject, json.loads(row.content)) for row in connection.execute(query.order_by(log_events.c.seq))]
