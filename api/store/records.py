"""What the store holds, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


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
