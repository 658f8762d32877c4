"""Decisions as the store takes and gives them: plain values. No database here."""

from __future__ import annotations

from dataclasses import dataclass

REVIEW_STATES = ("requested", "upheld", "changed")
"""What was said last in a review: it is asked for, or a person came to this."""


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """A decision to be stored. `decided_at` is UTC, fixed width.

    `region` is the province of the application and `caller` the id of the principal it was made for.
    `inputs` and `answer` are JSON; `answer` lacks the member `trace`, whose compressed JSON is `trace`, if any.
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
    inputs: bytes
    answer: bytes
    trace: bytes | None
    caller: str | None = None
    region: str | None = None


NO_STATUS = ""
"""What is stored as the status of an answer that has none."""


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision as it is at rest: every column but `seq`. See `api.ledger.tables.decisions`.

    `status` is `NO_STATUS` where the rules only compute.
    """

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
    lookup_commitment: str | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What of a decision is sealed at rest. See `DecisionRecord`."""

    inputs: bytes
    answer: bytes
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
    inputs: bytes | None
    caller: str | None = None
    region: str | None = None
    altered: bool = False
