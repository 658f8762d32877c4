"""HTTP of looks at releases: all of them, their files, steps, evidence and differences, and what decides now."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from typing import Any

from flask import Response
from marshmallow import Schema

from greenlane.api.http.exchange import json_response, problem_document, service
from greenlane.api.http.operation import READS_STORE, Answers, Takes, View, blueprint, operation
from greenlane.api.json_objects import JsonObject
from greenlane.api.principals import Role
from greenlane.api.releases.answers import (
    BlameDocument,
    DiffDocument,
    EvidenceDocument,
    EvidenceLine,
    ReferenceDocument,
    ReleaseDocument,
    ReleasesDocument,
    StepsDocument,
)
from greenlane.api.releases.bodies import AgainstQuery, RowQuery, TimesQuery
from greenlane.api.releases.history import History
from greenlane.api.releases.ruleset_answers import RulesetDocument, VocabularyDocument
from greenlane.api.releases.service import ReleaseService

releases = blueprint("releases", "Releases of the rules")

READERS = (Role.READ, Role.AUTHOR, Role.APPROVE, Role.AUDIT)
"""Whoever writes, approves or examines releases must see them."""

Query = Mapping[str, Any]
Shown = JsonObject | Response
Look = Callable[..., Shown]
"""Called with the loaded query, where one is taken, then with what the route names."""

NAMED = {
    "release_id": "The release's id",
    "sha256": "The SHA-256 of the document",
    "table": "The name of the reference table",
}


def look(rule: str, told: Answers, query: type[Schema] | None = None) -> Callable[[Look], View]:
    """Registers a look at releases as `GET rule`, for whoever may read."""
    path = [(name, NAMED[name]) for name in re.findall(r"<(\w+)>", rule)]
    refuses = (*([404] if path else []), *([409, 422] if query else []), *READS_STORE)

    def register(show: Look) -> View:
        @operation(releases, "GET", rule, told, Takes(path=path, query=query), refuses, role=READERS)
        @functools.wraps(show)
        def view(*loaded: Query, **named: str) -> Response:
            found = show(*loaded, **named)
            return found if isinstance(found, Response) else json_response(found)

        return view

    return register


@look("/v1/releases", Answers(ReleasesDocument, "All releases, the last stored first"))
def all_releases() -> Shown:
    """Every release, the last stored first, with the state it is in."""
    return ReleasesDocument(service(ReleaseService).lines())


@look("/v1/releases/<release_id>", Answers(ReleaseDocument, "The release with its files"))
def release(release_id: str) -> Shown:
    """A release, its rule files and steps included."""
    return service(ReleaseService).document(release_id, problem_document)


@look("/v1/releases:log", Answers(StepsDocument, "Every step of every release and of the kill switch"))
def log() -> Shown:
    """Every step of every release and of the kill switch, the first one first."""
    return StepsDocument.of(service(ReleaseService).timeline().steps)


@look("/v1/releases/<release_id>/log", Answers(StepsDocument, "The steps of the release"))
def release_log(release_id: str) -> Shown:
    """The steps of a release: who, when, and what for."""
    found = service(ReleaseService)
    found.get(release_id)
    return StepsDocument.of(found.timeline().of(release_id))


@look("/v1/releases/<release_id>/evidence", Answers(EvidenceDocument, "What speaks for the release"))
def release_evidence(release_id: str) -> Shown:
    """What was found out about a release when it was submitted, by hash."""
    found = service(ReleaseService)
    found.get(release_id)
    return EvidenceDocument([EvidenceLine.of(e) for e in found.store.evidence_of(release_id)])


@look(
    "/v1/releases/<release_id>/evidence/<sha256>",
    Answers({"type": "string"}, "The document, byte for byte as it was hashed", content_type="text/plain"),
)
def one_release_evidence(release_id: str, sha256: str) -> Shown:
    """A document that speaks for a release, byte for byte as it was hashed."""
    return Response(service(ReleaseService).evidence(release_id, sha256).content, mimetype="text/plain")


@look("/v1/releases/<release_id>/diff", Answers(DiffDocument, "What differs"), AgainstQuery)
def diff(query: Query, release_id: str) -> Shown:
    """What differs from another release, row by row and cell by cell, and who stands behind it."""
    return service(History).diff(release_id, query.get("against"))


@look("/v1/releases/<release_id>/blame", Answers(BlameDocument, "Which release changed a row last"), RowQuery)
def blame(query: Query, release_id: str) -> Shown:
    """For each row of a release, or one: the release that changed it last, by whom, and what it changed."""
    return service(History).blame(release_id, query.get("row"))


@look("/v1/reference/<table>", Answers(ReferenceDocument, "The rows of the table"), TimesQuery)
def reference(query: Query, table: str) -> Shown:
    """A reference table as of a day, as known at a moment, and with which release each row was recorded."""
    return service(History).reference(table, query.get("as_of"), query.get("known_at"))


rules = blueprint("rules", "The rules that decide")


@operation(
    rules,
    "GET",
    "/v1/rulesets/current",
    Answers(RulesetDocument, "The ruleset that decides now"),
    refuses=(409, *READS_STORE),
    role=Role.READ,
)
def current() -> Response:
    """The ruleset that decides now."""
    loaded = service(ReleaseService).loaded
    return json_response(RulesetDocument.of(loaded.policy.ruleset, loaded.record))


@operation(
    rules,
    "GET",
    "/v1/vocabulary",
    Answers(VocabularyDocument, "Every fact"),
    refuses=(409, *READS_STORE),
    role=Role.READ,
)
def vocabulary() -> Response:
    """Every fact an application may give, with its type, its labels and its place."""
    return json_response(VocabularyDocument.of(service(ReleaseService).policy.ruleset.vocabulary))
