"""A submission as it is recorded: the request, and the refusal if that is what comes of it. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from typing import Literal

import msgspec
from msgspec import Struct

from greenlane.api.json_objects import canonical
from greenlane.api.problems import TOLD, FieldProblem, ProblemError
from greenlane.api.releases.records import EvidenceKind, EvidenceRecord
from greenlane.engine.text import Text

SubmissionState = Literal["pending", "submitted", "refused"]


class SubmissionRequest(Struct, frozen=True):
    """That somebody asked for the approval of a release. `requested_at` is UTC, after every step before it."""

    release: str
    by: str
    requested_at: str
    comment: str | None = None
    impact_sha256: str | None = None


class SubmissionRefusal(Struct, frozen=True):
    """Why a submission was refused, as a problem is told in either language. It names the moment of its request."""

    release: str
    requested_at: str
    refused_at: str
    problem: str
    subject: Text
    errors: tuple[FieldProblem, ...]
    untold: int

    @classmethod
    def of(cls, request: SubmissionRequest, problem: ProblemError, now: str) -> SubmissionRefusal:
        """The refusal of a request by a problem, with so many of its faults as one problem tells."""
        sizes = accumulate(len(each.violation.detail.zh) + len(each.violation.detail.en) for each in problem.errors)
        kept = problem.errors[: 1 + sum(size <= TOLD for size in sizes)]
        untold = problem.untold + len(problem.errors) - len(kept)
        return SubmissionRefusal(
            request.release, request.requested_at, now, problem.code, problem.subject, kept, untold
        )

    def as_problem(self) -> ProblemError:
        """The problem, to be answered."""
        return ProblemError(self.problem, self.errors, self.subject, untold=self.untold)


@dataclass(frozen=True, slots=True)
class Submission:
    """A request and what has come of it: pending, the step `submitted`, or a refusal."""

    request: SubmissionRequest
    state: SubmissionState
    refusal: SubmissionRefusal | None = None


_requests = msgspec.json.Decoder(SubmissionRequest)
_refusals = msgspec.json.Decoder(SubmissionRefusal, float_hook=Decimal)


def request_evidence(request: SubmissionRequest) -> EvidenceRecord:
    """How a request is recorded."""
    return _evidence("submission", request, request.requested_at)


def refusal_evidence(refusal: SubmissionRefusal) -> EvidenceRecord:
    """How a refusal is recorded."""
    return _evidence("refusal", refusal, refusal.refused_at)


def read_request(content: str) -> SubmissionRequest:
    """The request that evidence of it holds."""
    return _requests.decode(content)


def read_refusal(content: str) -> SubmissionRefusal:
    """The refusal that evidence of it holds."""
    return _refusals.decode(content)


def _evidence(kind: EvidenceKind, told: SubmissionRequest | SubmissionRefusal, recorded_at: str) -> EvidenceRecord:
    content = canonical({"kind": kind} | msgspec.structs.asdict(told)).decode()
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    return EvidenceRecord(told.release, sha256, kind, kind != "refusal", content, recorded_at)
