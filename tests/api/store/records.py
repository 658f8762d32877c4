"""Records to store in tests."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from api.store.records import DecisionRecord, ReleaseRecord

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
        application_id="APP-1",
        uscc="91320500XXXX00019A",
        product="INNOV",
        tier="core",
        route="STANDARD",
        status="APPROVE_RECOMMENDED",
        trace_level="none",
        inputs='{"name":"企业"}',
        answer='{"status":"通过"}',
        trace=b"\x00\xff",
    )
    return replace(made, **changed)
