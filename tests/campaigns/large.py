"""Large stores, written by the log's own code, 500 entries in a transaction."""

from __future__ import annotations

import uuid
from dataclasses import asdict, replace

from sqlalchemy import Connection, Engine, insert

from greenlane.api.json_text import canonical
from greenlane.api.ledger import adopt, data_keys, decisions, log, migrate, releases
from greenlane.api.ledger.data_keys import Erasure, Owner
from greenlane.api.ledger.database import writing
from greenlane.api.ledger.log import Entry
from greenlane.api.ledger.tables import reviews
from tests.api.store.records import RELEASE, at_rest, record

DECISIONS, READINGS, REVIEWS, ERASURES = 280, 120, 60, 20
BATCH = DECISIONS + READINGS + REVIEWS + 2 * ERASURES
"""Each key that is erased was somebody's before, which is an entry too."""
NOW = "2026-03-02T01:00:00.000000Z"
CONTENT = b"x" * 1500


def make_large(engine: Engine, leaves: int) -> None:
    """Fills an empty database with this many entries and a few: decisions of 3 kB and what there is about them."""
    migrate.upgrade(engine)
    with writing(engine) as connection:
        adopt.begin(connection)
        releases.add(connection, RELEASE, canonical)
    pattern = replace(at_rest(record()), inputs=CONTENT, answer=CONTENT)
    for _ in range(leaves // BATCH):
        with writing(engine) as connection:
            _batch(connection, asdict(pattern))


def _batch(connection: Connection, pattern: dict[str, object]) -> None:
    keys = [uuid.uuid4().hex for _ in range(ERASURES)]
    data_keys.register(connection, {Owner(f"{key}{key}", "2026 DONE"): key for key in keys}, NOW)
    rows = [decisions.DecisionRow(**(pattern | _names(keys[n % ERASURES]))) for n in range(DECISIONS)]  # type: ignore[arg-type]
    decisions.add(connection, rows)
    log.append(connection, [Entry("access", row.decision_id, {"caller": "auditor"}) for row in rows[:READINGS]])
    said = [_review(row.decision_id) for row in rows[:REVIEWS]]
    connection.execute(insert(reviews), said)
    log.append(connection, [Entry("review", str(row["id"]), row) for row in said])
    done = [Erasure(str(uuid.uuid4()), key, NOW, "retention", "system", 1) for key in keys]
    data_keys.disown(connection, keys)
    data_keys.add_erasures(connection, done)
    log.append(connection, [Entry("erasure", erasure.id, asdict(erasure)) for erasure in done])


def _names(key: str) -> dict[str, object]:
    return {"decision_id": str(uuid.uuid4()), "data_key_id": key}


def _review(decision_id: str) -> dict[str, object]:
    words = {"kind": "requested", "said_by": "customer", "caller": "officer", "at": NOW}
    return words | {
        "id": str(uuid.uuid4()),
        "decision_id": decision_id,
        "text": CONTENT[:100],
        "text_commitment": "c" * 64,
    }
