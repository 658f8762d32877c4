"""Records to store in tests."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from greenlane.api.decisions.records import Content, DecisionRecord, DecisionRow
from greenlane.api.decisions.sealed_rows import row_of
from greenlane.api.decisions.store import DecisionStore
from greenlane.api.ledger.log import RETIRED, NewEntry
from greenlane.api.ledger.sealing.values import DataKey, new_secret
from greenlane.api.releases.records import ReleaseRecord


def retired(kind: str, subject: str, content: Mapping[str, Any]) -> NewEntry:
    """The entry that says that a row is removed, after which the database lets decisions be. `content` tells why."""
    return NewEntry(RETIRED, f"{kind}/{subject}", content)


RELEASE = ReleaseRecord("rel-1", "0" * 64, "rules", "1.0.0", {"a.yaml": "规则"}, "2026-03-02T00:00:00.000000Z")


def record(**changed: Any) -> DecisionRecord:
    """A decision with an id of its own."""
    made = DecisionRecord(
        decision_id=str(uuid.uuid4()),
        idempotency_key=None,
        request_sha256="1" * 64,
        release_id=RELEASE.id,
        engine="1.0.0",
        decided_at="2026-03-02T01:00:00.000000Z",
        as_of="2026-03-02",
        customer="91320500XXXX00019A",
        application_id="APP-1",
        product="INNOV",
        tier="core",
        route="STANDARD",
        status="APPROVE_RECOMMENDED",
        trace_level="none",
        path='{"limit":["LIM-1"]}',
        inputs='{"name":"企业"}'.encode(),
        answer='{"status":"通过"}'.encode(),
        trace=b"\x00\xff",
    )
    return replace(made, **changed)


def content(made: DecisionRecord) -> Content:
    """What of a record is sealed at rest."""
    return Content(made.inputs, made.answer, made.trace)


def read(store: DecisionStore, decision_id: str) -> Content | None:
    """What the store reads of a decision, None when it has none; fails when it was erased."""
    found = store.decision(decision_id)
    assert found is None or found.content is not None
    return found.content if found is not None else None


def at_rest(made: DecisionRecord) -> DecisionRow:
    """A record as a row, sealed with a key that nobody keeps."""
    return row_of(made, DataKey("k" * 32, new_secret()), lambda _kind, value: value, None)
