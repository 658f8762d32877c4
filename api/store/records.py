"""What the store holds, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

StepKind = Literal[
    "loaded",
    "seeded",
    "drafted",
    "submitted",
    "approved",
    "rejected",
    "activated",
    "rolled back",
    "stopped",
    "resumed",
]
EvidenceKind = Literal["files", "check", "scenarios", "impact"]


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """A decision to be stored. `decided_at` is UTC, fixed width.

    `region` is the province of the application and `caller` the id of the principal it was made for.
    `inputs` and `answer` are JSON texts; `answer` lacks the member `trace`, whose compressed JSON is `trace`, if any.
    """

    decision_id: str
    idempotency_key: str | None
    request_sha256: str
    release_id: str
    engine: str
    decided_at: str
    as_of: str
    application_id: str | None
    uscc: str | None
    product: str | None
    tier: str | None
    route: str | None
    status: str
    trace_level: str
    inputs: str
    answer: str
    trace: bytes | None
    caller: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """A decision on disk. `created` is false when the idempotency key was used before: the earlier decision."""

    decision_id: str
    request_sha256: str
    answer: str
    trace: bytes | None
    created: bool


@dataclass(frozen=True, slots=True)
class DecisionSummary:
    """What a search shows of a decision. `seq` orders decisions as they were stored."""

    seq: int
    decision_id: str
    application_id: str | None
    uscc: str | None
    decided_at: str
    as_of: str
    status: str
    tier: str | None
    product: str | None
    route: str | None
    release_id: str


@dataclass(frozen=True, slots=True)
class ReleaseRecord:
    """A release: a set of rule files, whole. `files` maps path to text."""

    id: str
    sha256: str
    name: str
    version: str
    files: Mapping[str, str]
    stored_at: str


@dataclass(frozen=True, slots=True)
class ReleaseSummary:
    """A release without its files."""

    id: str
    sha256: str
    name: str
    version: str
    stored_at: str


@dataclass(frozen=True, slots=True)
class KeyStep:
    """A key of access as one step left it. Moments are UTC, fixed width; `roles` and `regions` are words.

    `secret_sha256` is of the secret in use; the one before it, `previous_sha256`, is good until `previous_until`.
    """

    key_id: str
    version: int
    step: str
    at: str
    by: str
    name: str
    roles: str
    regions: str | None
    expires_at: str | None
    secret_sha256: str
    previous_sha256: str | None = None
    previous_until: str | None = None


@dataclass(frozen=True, slots=True)
class Denial:
    """Calls refused alike: how often between `first_at` and `last_at`, to whom, from where, for what."""

    source: str
    caller: str | None
    method: str
    route: str
    code: str
    times: int
    first_at: str
    last_at: str


@dataclass(frozen=True, slots=True)
class EvidenceRecord:
    """A document that speaks for a release, by the SHA-256 of its UTF-8 bytes. `passed`: nothing speaks against it."""

    release_id: str
    sha256: str
    kind: EvidenceKind
    passed: bool
    content: str
    recorded_at: str


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One step in the life of a release, or of the kill switch (no release). `seq` is 0 until it is stored.

    Moments are UTC, fixed width. A step that puts a release in force does so from `effective_from` until before
    `effective_until` (None: open). The hashes name the evidence that was submitted, and that was approved.
    """

    release_id: str | None
    kind: StepKind
    actor: str
    recorded_at: str
    effective_from: str | None = None
    effective_until: str | None = None
    comment: str | None = None
    check_sha256: str | None = None
    scenarios_sha256: str | None = None
    impact_sha256: str | None = None
    seq: int = 0
