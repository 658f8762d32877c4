"""Large stores, written by the log's own code, 500 entries in a transaction."""

from __future__ import annotations

import uuid
from dataclasses import asdict, replace

from sqlalchemy import insert

from greenlane.api.decisions.records import DecisionRow
from greenlane.api.decisions.statements import add as add_decisions
from greenlane.api.ledger import data_key_statements
from greenlane.api.ledger.data_key_statements import Owner
from greenlane.api.ledger.log import NewEntry
from greenlane.api.ledger.tables import reviews
from greenlane.api.ledger.unit_of_work import Ledger, UnitOfWork
from greenlane.api.privacy.statements import Erasure, add_erasures
from greenlane.api.releases.statements import add_release
from tests.api.ledger.records import RELEASE, at_rest, record

DECISIONS, READINGS, REVIEWS, ERASURES = 280, 120, 60, 20
BATCH = DECISIONS + READINGS + REVIEWS + 2 * ERASURES
"""Each key that is erased was somebody's before, which is an entry too."""
NOW = "2026-03-02T01:00:00.000000Z"
CONTENT = b"x" * 1500


def make_large(ledger: Ledger, leaves: int) -> None:
    """Fills an empty ledger with this many entries and a few: decisions of 3 kB and what there is about them."""
    with ledger.writing() as work:
        add_release(work, RELEASE)
    pattern = replace(at_rest(record()), inputs=CONTENT, answer=CONTENT)
    for _ in range(leaves // BATCH):
        with ledger.writing() as work:
            _batch(work, asdict(pattern))


def _batch(work: UnitOfWork, pattern: dict[str, object]) -> None:
    keys = [uuid.uuid4().hex for _ in range(ERASURES)]
    data_key_statements.register(work.log, {Owner(f"{key}{key}", "2026 DONE"): key for key in keys}, NOW)
    rows = [DecisionRow(**(pattern | _names(keys[n % ERASURES]))) for n in range(DECISIONS)]  # type: ignore[arg-type]
    add_decisions(work, rows)
    work.append([NewEntry("access", row.decision_id, {"caller": "auditor"}) for row in rows[:READINGS]])
    said = [_review(row.decision_id) for row in rows[:REVIEWS]]
    work.connection.execute(insert(reviews), said)
    work.append([NewEntry("review", str(row["id"]), row) for row in said])
    done = [Erasure(str(uuid.uuid4()), key, NOW, "retention", "system", 1) for key in keys]
    add_erasures(work, done)


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
