"""The life of releases: drafted, submitted, approved or rejected, activated, rolled back; and the kill switch."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema

from api.principals import Role
from api.resources.bodies import BATCH_LIMIT, ONE_LIMIT, load, read_json
from api.resources.context import principal, services
from api.resources.operation import READS_BODY, READS_STORE, Answers, Takes, blueprint, operation
from api.resources.responses import json_response
from api.schemas import release_answers as answers
from api.schemas import release_bodies as bodies
from api.services.release_view import step_document, switch_document
from api.store.records import StepRecord

steps = blueprint("steps", "The life of releases")

ID = [("release_id", "The release's id")]
REFUSES = (*READS_BODY, 409, *READS_STORE)


def _takes(schema: type[Schema], path: Any = ()) -> Takes:
    return Takes(path=path, body={"required": True, "content": {"application/json": {"schema": schema}}})


def _loaded(schema: type[Schema], limit: int = ONE_LIMIT) -> dict[str, Any]:
    return load(read_json(limit), schema())


@operation(
    steps,
    "POST",
    "/v1/releases",
    Answers(answers.StepDocument, "The release is a draft", status=201),
    _takes(bodies.DraftBody),
    refuses=REFUSES,
    role=Role.AUTHOR,
)
def draft() -> Response:
    """Stores rule files as a release that is a draft; refused with every fault when they hold an error."""
    body = _loaded(bodies.DraftBody, BATCH_LIMIT)
    return _recorded(services().lifecycle.draft(body["files"], body.get("comment"), principal()), 201)


@operation(
    steps,
    "POST",
    "/v1/releases/<release_id>/submit",
    Answers(answers.StepDocument, "The release waits for approval"),
    _takes(bodies.SubmitBody, ID),
    refuses=(404, *REFUSES),
    role=Role.AUTHOR,
)
def submit(release_id: str) -> Response:
    """Asks for approval. The service checks the files and runs the cases; what it finds is the evidence."""
    body = _loaded(bodies.SubmitBody, BATCH_LIMIT)
    lifecycle = services().lifecycle
    return _recorded(lifecycle.submit(release_id, body["cases"], body.get("impact"), body.get("comment"), principal()))


@operation(
    steps,
    "POST",
    "/v1/releases/<release_id>/approve",
    Answers(answers.StepDocument, "The release may be activated"),
    _takes(bodies.CommentBody, ID),
    refuses=(404, *REFUSES),
    role=Role.APPROVE,
)
def approve(release_id: str) -> Response:
    """Approves what was submitted, with its evidence. Nobody approves what they drafted or submitted."""
    body = _loaded(bodies.CommentBody)
    return _recorded(services().lifecycle.approve(release_id, body.get("comment"), principal()))


@operation(
    steps,
    "POST",
    "/v1/releases/<release_id>/reject",
    Answers(answers.StepDocument, "The release is rejected"),
    _takes(bodies.RejectBody, ID),
    refuses=(404, *REFUSES),
    role=Role.APPROVE,
)
def reject(release_id: str) -> Response:
    """Turns a submission down, or takes back the approval of a release that was never activated."""
    body = _loaded(bodies.RejectBody)
    return _recorded(services().lifecycle.reject(release_id, body["comment"], principal()))


@operation(
    steps,
    "POST",
    "/v1/releases/<release_id>/activate",
    Answers(answers.StepDocument, "The release is, was or will be in force from the moment given"),
    _takes(bodies.ActivateBody, ID),
    refuses=(404, *REFUSES),
    role=Role.APPROVE,
)
def activate(release_id: str) -> Response:
    """Puts an approved release in force: now, from a moment to come, or from one past as a correction."""
    body = _loaded(bodies.ActivateBody)
    begin, end = body.get("effective_from"), body.get("effective_until")
    return _recorded(services().lifecycle.activate(release_id, begin, end, body.get("comment"), principal()))


@operation(
    steps,
    "POST",
    "/v1/releases:rollback",
    Answers(answers.StepDocument, "An earlier release is in force again"),
    _takes(bodies.RollbackBody),
    refuses=(404, *REFUSES),
    role=Role.APPROVE,
)
def roll_back() -> Response:
    """Puts an earlier release in force again, in place of the present one from where that began."""
    body = _loaded(bodies.RollbackBody)
    lifecycle = services().lifecycle
    found = lifecycle.roll_back(body.get("to"), body.get("effective_from"), body.get("comment"), principal())
    return _recorded(found)


@operation(
    steps,
    "POST",
    "/v1/kill-switch",
    Answers(answers.StepDocument, "The switch is turned"),
    _takes(bodies.SwitchBody),
    refuses=REFUSES,
    role=Role.APPROVE,
)
def turn() -> Response:
    """Turns the kill switch. While it is on, every application is referred to a person and no rule is asked."""
    body = _loaded(bodies.SwitchBody)
    return _recorded(services().lifecycle.switch(body["on"], body["reason"], principal()))


@operation(
    steps,
    "GET",
    "/v1/kill-switch",
    Answers(answers.SwitchDocument, "Whether the kill switch is on"),
    refuses=READS_STORE,
    role=Role.READ,
)
def switch() -> Response:
    """Whether the kill switch is on, and the step that turned it last."""
    return json_response(switch_document(services().releases.timeline()))


def _recorded(step: StepRecord, status: int = 200) -> Response:
    response = json_response(step_document(step), status)
    if status == 201:
        response.headers["Location"] = f"/v1/releases/{step.release_id}"
    return response
