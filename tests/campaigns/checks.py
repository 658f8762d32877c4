"""What must hold of a store after whatever was done to the service."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from greenlane.api.ledger.audit.verification import verify
from greenlane.api.ledger.database import open_database, reading
from greenlane.api.ledger.tables import decisions
from tests.campaigns.http import send
from tests.campaigns.serving import Service


def each_once(service: Service, acknowledged: Mapping[str, Sequence[bytes]]) -> int:
    """Asserts that every acknowledged decision is stored exactly once, as it was answered; gives their number.

    All answers to one key must have been the same bytes, the service must still give them, and the log must verify
    together with the heads that were witnessed.
    """
    engine = open_database(service.environment["DATABASE_URL"])
    with reading(engine) as connection:
        used = select(decisions.c.idempotency_key).where(decisions.c.idempotency_key.is_not(None))
        keys = list(connection.execute(used).scalars())
    findings = verify(engine, list(service.directory.rglob("heads.jsonl")))
    engine.dispose()
    assert findings.clean, findings.faults
    # Keys are stored as tokens: every client was answered, so each key has one row if there are as many as keys.
    assert len(keys) == len(set(keys)) == len(acknowledged)
    for key, answers in acknowledged.items():
        assert len(set(answers)) == 1, key
        decision_id = json.loads(answers[0])["decision_id"]
        status, body, _ = send(service.port, "GET", f"/v1/decisions/{decision_id}")
        assert (status, body) == (200, answers[0])
    return len(acknowledged)
