"""Steps of a release to store in tests."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from greenlane.api.releases.records import EvidenceKind, EvidenceRecord, ReleaseRecord, StepKind, StepRecord
from tests.api.ledger.stores import Stores

NEW = ReleaseRecord("rel-2", "2" * 64, "rules", "1.1.0", {"a.yaml": "新规则"}, "2026-03-03T00:00:00.000000Z")
AT = "2026-03-03T08:00:00.000000Z"


def evidence(kind: EvidenceKind, release_id: str = NEW.id, passed: bool = True) -> EvidenceRecord:
    """A document of a kind."""
    content = f"{kind} 报告 {passed}"
    return EvidenceRecord(release_id, hashlib.sha256(content.encode()).hexdigest(), kind, passed, content, AT)


HASHES: dict[str, Any] = {f"{kind}_sha256": evidence(kind).sha256 for kind in ("check", "scenarios", "impact")}


def step(kind: StepKind, actor: str, **more: Any) -> StepRecord:
    """A step of the new release; submitted and approved with all evidence, activated at once."""
    release_id = None if kind in {"stopped", "resumed"} else NEW.id
    made = StepRecord(release_id, kind, actor, AT)
    if kind in {"submitted", "approved"}:
        made = replace(made, **HASHES)
    if kind in {"activated", "rolled back", "seeded"}:
        made = replace(made, effective_from=AT)
    return replace(made, **more)


def write(store: Stores, *steps: StepRecord) -> None:
    """Stores steps, each in a transaction of its own, after the release and its evidence."""
    with store.releases.writing() as writer:
        writer.add_release(NEW)
        for kind in ("check", "scenarios", "impact"):
            writer.add_evidence(evidence(kind))
    for each in steps:
        with store.releases.writing() as writer:
            writer.add(each)
