"""What decides: the current ruleset, every release, the vocabulary."""

from __future__ import annotations

from dataclasses import asdict

from flask import Response

from api.principals import Role
from api.resources.context import services
from api.resources.operation import READS_STORE, Answers, Takes, blueprint, operation
from api.resources.responses import json_response
from api.schemas import answers
from api.services.ruleset_view import ruleset_document, vocabulary_document

rules = blueprint("rules", "The rules that decide")


@operation(
    rules,
    "GET",
    "/v1/rulesets/current",
    Answers(answers.RulesetDocument, "The ruleset that decides now"),
    role=Role.READ,
)
def current() -> Response:
    """The ruleset that decides now."""
    releases = services().releases
    return json_response(ruleset_document(releases.rules.ruleset, releases.current))


@operation(
    rules,
    "GET",
    "/v1/releases",
    Answers(answers.ReleasesDocument, "All releases, the last stored first"),
    refuses=READS_STORE,
    role=Role.READ,
)
def releases() -> Response:
    """Every release that has decided, the last stored first."""
    found = services().releases
    lines = [{**asdict(r), "current": r.id == found.current.id} for r in found.all()]
    return json_response({"releases": lines})


@operation(
    rules,
    "GET",
    "/v1/releases/<release_id>",
    Answers(answers.ReleaseDocument, "The release with its files"),
    Takes(path=[("release_id", "The release's id")]),
    refuses=(404, *READS_STORE),
    role=Role.READ,
)
def release(release_id: str) -> Response:
    """A release, its rule files included."""
    releases = services().releases
    return json_response({**asdict(releases.get(release_id)), "current": release_id == releases.current.id})


@operation(rules, "GET", "/v1/vocabulary", Answers(answers.VocabularyDocument, "Every fact"), role=Role.READ)
def vocabulary() -> Response:
    """Every fact an application may give, with its type, its labels and its place."""
    return json_response(vocabulary_document(services().releases.rules.ruleset.vocabulary))
