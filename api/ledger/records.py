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
REVIEW_STATES = ("requested", "upheld", "changed")
"""What was said last in a review: it is asked for, or a person came to this."""


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """A decision to be stored. `decided_at` is UTC, fixed width.

    `region` is the province of the application and `caller` the id of the principal it was made for.
    `inputs` and `answer` are JSON texts; `answer` lacks the member `trace`, whose compressed JSON is `trace`, if any.
    These are stored sealed, under the data key of the `customer`; `application_id` and `idempotency_key` as keyed
    tokens. `path` is JSON: the ids of the rows that held, by decision.
    """

    decision_id: str
    idempotency_key: str | None
    request_sha256: str
    release_id: str
    engine: str
    decided_at: str
    as_of: str
    customer: str | None
    application_id: str | None
    product: str | None
    tier: str | None
    route: str | None
    status: str
    trace_level: str
    path: str | None
    inputs: str
    answer: str
    trace: bytes | None
    caller: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision as it is at rest: every column but `seq`. See `api.ledger.tables.decisions`."""

    decision_id: str
    idempotency_key: str | None
    request_mac: str
    release_id: str
    engine: str
    decided_at: str
    as_of: str
    product: str | None
    tier: str | None
    route: str | None
    status: str
    trace_level: str
    path: str | None
    inputs: bytes
    answer: bytes
    trace: bytes | None
    sealed: int
    data_key_id: str | None
    inputs_commitment: str | None
    answer_commitment: str | None
    trace_commitment: str | None
    caller: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What of a decision is sealed at rest. See `DecisionRecord`."""

    inputs: str
    answer: str
    trace: bytes | None


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """A decision on disk. `content` is None once the customer's data key has been destroyed.

    `altered`: what it holds is not what was stored, or cannot be read, and so there is no content either.
    """

    row: DecisionRow
    content: Content | None
    altered: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a decision to be stored. `created` is false when its idempotency key was used before.

    Then it is the earlier decision, and `same` says whether that was made for the same request. There is no content
    when that was erased, or is `altered`.
    """

    decision_id: str
    content: Content | None
    created: bool
    same: bool = True
    altered: bool = False


@dataclass(frozen=True, slots=True)
class DecisionSummary:
    """What a search shows of a decision. `seq` orders decisions as they were stored.

    `inputs` are None once the customer's data key has been destroyed, and where they are `altered`: not what was
    stored, or not to be read.
    """

    seq: int
    decision_id: str
    decided_at: str
    as_of: str
    status: str
    tier: str | None
    product: str | None
    route: str | None
    release_id: str
    inputs: str | None
    caller: str | None = None
    region: str | None = None
    altered: bool = False


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
