"""What decides: the current ruleset, the vocabulary."""

from __future__ import annotations

from flask import Response

from greenlane.api.http.context import service
from greenlane.api.http.operation import READS_STORE, Answers, blueprint, operation
from greenlane.api.http.responses import json_response
from greenlane.api.principals import Role
from greenlane.api.releases.ruleset_view import ruleset_document, vocabulary_document
from greenlane.api.releases.service import ReleaseService
from greenlane.api.schemas import answers

rules = blueprint("rules", "The rules that decide")


@operation(
    rules,
    "GET",
    "/v1/rulesets/current",
    Answers(answers.RulesetDocument, "The ruleset that decides now"),
    refuses=(409, *READS_STORE),
    role=Role.READ,
)
def current() -> Response:
    """The ruleset that decides now."""
    loaded = service(ReleaseService).loaded
    return json_response(ruleset_document(loaded.rules.ruleset, loaded.record))


@operation(
    rules,
    "GET",
    "/v1/vocabulary",
    Answers(answers.VocabularyDocument, "Every fact"),
    refuses=(409, *READS_STORE),
    role=Role.READ,
)
def vocabulary() -> Response:
    """Every fact an application may give, with its type, its labels and its place."""
    return json_response(vocabulary_document(service(ReleaseService).rules.ruleset.vocabulary))
