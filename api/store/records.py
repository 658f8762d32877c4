"""What the store holds, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """A decision to be stored. `decided_at` is UTC, fixed width.

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


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision as it is at rest: every column but `seq`. See `api.store.tables.decisions`."""

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


@dataclass(frozen=True, slots=True)
class Content:
    """What of a decision is sealed at rest. See `DecisionRecord`."""

    inputs: str
    answer: str
    trace: bytes | None


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """A decision on disk. `content` is None once the customer's data key has been destroyed."""

    row: DecisionRow
    content: Content | None


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a decision to be stored. `created` is false when its idempotency key was used before.

    Then it is the earlier decision, and `same` says whether that was made for the same request.
    """

    decision_id: str
    content: Content | None
    created: bool
    same: bool = True


@dataclass(frozen=True, slots=True)
class DecisionSummary:
    """What a search shows of a decision. `seq` orders decisions as they were stored.

    `inputs` are None once the customer's data key has been destroyed.
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
