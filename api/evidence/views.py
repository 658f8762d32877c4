"""HTTP of the log that proves what is stored, and of the receipts and packs of decisions."""

from __future__ import annotations

from typing import Any

from flask import Response

from greenlane.api.access.admission import principal, require_every_region
from greenlane.api.evidence.answers import (
    ConsistencyDocument,
    EntriesDocument,
    HeadDocument,
    InclusionDocument,
    KeyDocument,
    KeysDocument,
    ReceiptDocument,
)
from greenlane.api.evidence.bodies import ConsistencyQuery, EntriesQuery, InclusionQuery
from greenlane.api.evidence.proofs import ProofService
from greenlane.api.evidence.service import EvidenceService
from greenlane.api.http.exchange import json_response, service
from greenlane.api.http.operation import READS_STORE, Answers, Takes, blueprint, operation
from greenlane.api.principals import Role

log = blueprint("log", "The Merkle log that proves what is stored")


@operation(
    log,
    "GET",
    "/v1/log/head",
    Answers(HeadDocument, "The newest signed head"),
    refuses=READS_STORE,
    role=Role.AUDIT,
)
def log_head() -> Response:
    """The newest signed tree head. Keep it: `greenlane audit verify --head` holds the log to it later."""
    return json_response(service(ProofService).head())


@operation(
    log,
    "GET",
    "/v1/log/key",
    Answers(KeyDocument, "The key that heads are signed with now"),
    refuses=READS_STORE,
    role=Role.AUDIT,
)
def log_key() -> Response:
    """The public key that heads are signed with now."""
    return json_response(service(ProofService).key())


@operation(
    log,
    "GET",
    "/v1/log/keys",
    Answers(KeysDocument, "Every key, the oldest first"),
    refuses=READS_STORE,
    role=Role.AUDIT,
)
def log_keys() -> Response:
    """The public keys of all heads, the oldest first."""
    return json_response(service(ProofService).keys())


@operation(
    log,
    "GET",
    "/v1/log/entries",
    Answers(EntriesDocument, "At most 1,000 entries"),
    Takes(query=EntriesQuery),
    refuses=(422, *READS_STORE),
    role=Role.AUDIT,
)
def log_entries(query: dict[str, Any]) -> Response:
    """Entries from a position to before another: digests, never what they are of. For callers of every region."""
    require_every_region()
    return json_response(service(ProofService).entries(query["first"], query.get("end")))


@operation(
    log,
    "GET",
    "/v1/log/proofs/inclusion",
    Answers(InclusionDocument, "The proof"),
    Takes(query=InclusionQuery),
    refuses=(404, 422, *READS_STORE),
    role=Role.AUDIT,
)
def inclusion(query: dict[str, Any]) -> Response:
    """The proof that an entry is in the log (RFC 9162 section 2.1.3). For callers of every region."""
    require_every_region()
    return json_response(service(ProofService).inclusion(query["leaf"], query.get("size")))


@operation(
    log,
    "GET",
    "/v1/log/proofs/consistency",
    Answers(ConsistencyDocument, "The proof"),
    Takes(query=ConsistencyQuery),
    refuses=(404, 422, *READS_STORE),
    role=Role.AUDIT,
)
def consistency(query: dict[str, Any]) -> Response:
    """The proof that the log only grew from one size to another (RFC 9162 section 2.1.4)."""
    return json_response(service(ProofService).consistency(query["old"], query.get("new")))


@operation(
    log,
    "GET",
    "/v1/decisions/<decision_id>/proof",
    Answers(ReceiptDocument, "The receipt"),
    Takes(path=[("decision_id", "The decision's id")]),
    refuses=(404, *READS_STORE),
    role=Role.AUDIT,
)
def proof(decision_id: str) -> Response:
    """The receipt of a decision: its entry in the log, proved to be under the newest signed head."""
    return json_response(service(ProofService).decision(decision_id, principal()))


@operation(
    log,
    "GET",
    "/v1/decisions/<decision_id>/evidence",
    Answers({"type": "string", "format": "binary"}, "The pack, a zip", content_type="application/zip"),
    Takes(path=[("decision_id", "The decision's id")]),
    refuses=(404, 409, *READS_STORE),
    role=Role.AUDIT,
)
def evidence(decision_id: str) -> Response:
    """Everything about a decision, proved: rules, inputs, trace, explanation, proofs, and a program to verify them."""
    response = Response(service(EvidenceService).pack(decision_id, principal()), mimetype="application/zip")
    response.headers.set("Content-Disposition", "attachment", filename=f"evidence-{decision_id}.zip")
    return response
