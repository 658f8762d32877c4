"""Releases: all of them, each with its files, steps and evidence."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.principals import Role
from api.resources.context import services
from api.resources.operation import READS_STORE, Answers, Takes, blueprint, operation
from api.resources.responses import json_response
from api.schemas import release_answers as answers
from api.schemas.parameters import AgainstQuery, RowQuery, TimesQuery
from api.services.release_view import evidence_line, step_documents

releases = blueprint("releases", "Releases of the rules")

ID = ("release_id", "The release's id")
ONE = Takes(path=[ID])


@operation(
    releases,
    "GET",
    "/v1/releases",
    Answers(answers.ReleasesDocument, "All releases, the last stored first"),
    refuses=READS_STORE,
    role=Role.READ,
)
def all_releases() -> Response:
    """Every release, the last stored first, with the state it is in."""
    return json_response({"releases": services().releases.lines()})


@operation(
    releases,
    "GET",
    "/v1/releases/<release_id>",
    Answers(answers.ReleaseDocument, "The release with its files"),
    ONE,
    refuses=(404, *READS_STORE),
    role=Role.READ,
)
def release(release_id: str) -> Response:
    """A release, its rule files and steps included."""
    return json_response(services().releases.document(release_id))


@operation(
    releases,
    "GET",
    "/v1/releases:log",
    Answers(answers.StepsDocument, "Every step of every release and of the kill switch"),
    refuses=READS_STORE,
    role=Role.READ,
)
def log() -> Response:
    """Every step of every release and of the kill switch, the first one first."""
    return json_response({"steps": step_documents(services().releases.timeline().steps)})


@operation(
    releases,
    "GET",
    "/v1/releases/<release_id>/log",
    Answers(answers.StepsDocument, "The steps of the release"),
    ONE,
    refuses=(404, *READS_STORE),
    role=Role.READ,
)
def release_log(release_id: str) -> Response:
    """The steps of a release: who, when, and what for."""
    found = services().releases
    found.get(release_id)
    return json_response({"steps": step_documents(found.timeline().of(release_id))})


@operation(
    releases,
    "GET",
    "/v1/releases/<release_id>/evidence",
    Answers(answers.EvidenceDocument, "What speaks for the release"),
    ONE,
    refuses=(404, *READS_STORE),
    role=Role.READ,
)
def release_evidence(release_id: str) -> Response:
    """What was found out about a release when it was submitted, by hash."""
    found = services().releases
    found.get(release_id)
    return json_response({"evidence": [evidence_line(e) for e in found.store.life.evidence_of(release_id)]})


@operation(
    releases,
    "GET",
    "/v1/releases/<release_id>/evidence/<sha256>",
    Answers({"type": "string"}, "The document, byte for byte as it was hashed", content_type="text/plain"),
    Takes(path=[ID, ("sha256", "The SHA-256 of the document")]),
    refuses=(404, *READS_STORE),
    role=Role.READ,
)
def one_release_evidence(release_id: str, sha256: str) -> Response:
    """A document that speaks for a release, byte for byte as it was hashed."""
    return Response(services().releases.evidence(release_id, sha256).content, mimetype="text/plain")


@operation(
    releases,
    "GET",
    "/v1/releases/<release_id>/diff",
    Answers(answers.DiffDocument, "What differs"),
    Takes(path=[ID], query=AgainstQuery),
    refuses=(404, 409, 422, *READS_STORE),
    role=Role.READ,
)
def diff(query: dict[str, Any], release_id: str) -> Response:
    """What differs from another release, row by row and cell by cell, and who stands behind it."""
    return json_response(services().history.diff(release_id, query.get("against")))


@operation(
    releases,
    "GET",
    "/v1/releases/<release_id>/blame",
    Answers(answers.BlameDocument, "Which release changed a row last"),
    Takes(path=[ID], query=RowQuery),
    refuses=(404, 409, 422, *READS_STORE),
    role=Role.READ,
)
def blame(query: dict[str, Any], release_id: str) -> Response:
    """For each row of a release, or one: the release that changed it last, by whom, and what it changed."""
    return json_response(services().history.blame(release_id, query.get("row")))


@operation(
    releases,
    "GET",
    "/v1/reference/<table>",
    Answers(answers.ReferenceDocument, "The rows of the table"),
    Takes(path=[("table", "The name of the reference table")], query=TimesQuery),
    refuses=(404, 409, 422, *READS_STORE),
    role=Role.READ,
)
def reference(query: dict[str, Any], table: str) -> Response:
    """A reference table as of a day, as known at a moment, and with which release each row was recorded."""
    found = services()
    moment = found.lifecycle.clock()
    return json_response(found.history.reference(table, query.get("as_of"), query.get("known_at"), moment))
