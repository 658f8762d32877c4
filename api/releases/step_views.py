"""HTTP of the life of releases: drafted, submitted, approved or rejected, activated, rolled back; the kill switch."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

from flask import Response
from marshmallow import Schema

from greenlane.api.access.admission import principal
from greenlane.api.http.exchange import (
    BATCH_LIMIT,
    ONE_LIMIT,
    json_body,
    json_response,
    load,
    problem_document,
    read_json,
    service,
)
from greenlane.api.http.operation import READS_BODY, READS_STORE, Answers, Takes, View, blueprint, operation
from greenlane.api.json_objects import JsonObject
from greenlane.api.principals import Principal, Role
from greenlane.api.releases import bodies
from greenlane.api.releases.acts import PENDING_RETRY
from greenlane.api.releases.answers import ActivationDocument, StepDocument, SwitchDocument
from greenlane.api.releases.lifecycle import Lifecycle
from greenlane.api.releases.records import StepRecord
from greenlane.api.releases.service import ReleaseService
from greenlane.api.releases.submission_answers import SubmissionDocument
from greenlane.api.releases.submission_judge import SubmissionJudge
from greenlane.api.releases.submission_records import Submission
from greenlane.api.releases.submissions import Submissions
from greenlane.api.releases.timeline import Activation
from greenlane.api.schemas.openapi import schema_of

steps = blueprint("steps", "The life of releases")

Body = Mapping[str, Any]
Act = Callable[..., StepRecord | Activation]
"""Called with the life of releases, the loaded body and who calls; then with the release, where the route names one."""

OF_ONE = "/v1/releases/<release_id>"


def step(
    rule: str,
    told: str,
    body: type[Schema],
    role: Role,
    *,
    refuses: tuple[int, ...] = (),
    status: int = 200,
    limit: int = ONE_LIMIT,
    answer: type[JsonObject] = StepDocument,
) -> Callable[[Act], View]:
    """Registers an act as `POST rule`: the answer, as `told` and of the shape `answer`, is the step that it recorded.

    `limit` is the size of the body in bytes, `refuses` what it refuses with besides what every step does.
    """
    names_one = rule.startswith(OF_ONE)
    takes = Takes(path=[("release_id", "The release's id")] if names_one else (), body=json_body(body))
    all_refused = (*READS_BODY, 409, *READS_STORE, *((404,) if names_one else refuses))

    def register(act: Act) -> View:
        @operation(steps, "POST", rule, Answers(answer, told, status), takes, all_refused, role=role)
        @functools.wraps(act)
        def view(**path: str) -> Response:
            loaded = load(read_json(limit), body())
            return _recorded(act(service(Lifecycle), loaded, principal(), **path), status)

        return view

    return register


@step("/v1/releases", "The release is a draft", bodies.DraftBody, Role.AUTHOR, status=201, limit=BATCH_LIMIT)
def draft(life: Lifecycle, body: Body, by: Principal) -> StepRecord:
    """Stores rule files as a release that is a draft; refused with every fault when they hold an error."""
    return life.draft(body["files"], body.get("comment"), by)


ASKED = {
    "Location": {"description": "The release, whose `submission` tells what comes of it", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds after which to look", "schema": {"type": "integer"}},
}


@operation(
    steps,
    "POST",
    f"{OF_ONE}/submit",
    Answers(SubmissionDocument, "The submission is on record, and is judged", 202, headers=ASKED),
    Takes(headers=bodies.PreferHeader, path=[("release_id", "The release's id")], body=json_body(bodies.SubmitBody)),
    (*READS_BODY, 404, 409, 500, *READS_STORE),
    role=Role.AUTHOR,
)
@steps.alt_response(  # type: ignore[untyped-decorator]
    200,
    schema=schema_of(StepDocument),
    description="It was judged while the client waited: the release waits for approval",
)
def submit(headers: Mapping[str, Any], release_id: str) -> Response:
    """Asks for approval. The service checks the files and runs their cases; what it finds is the evidence.

    It is judged in the background. With `Prefer: wait=N` the answer comes when it is judged, after N seconds at most:
    the step that was recorded, or the problem that it was refused with.
    """
    body = load(read_json(BATCH_LIMIT), bodies.SubmitBody())
    asked = service(Submissions).ask(release_id, body.get("impact"), body.get("comment"), principal())
    judge, seconds = service(SubmissionJudge), bodies.seconds_to_wait(headers.get("prefer"))
    judge.take(asked)
    found = judge.wait(asked, seconds)
    response = _submitted(found)
    if seconds:
        response.headers["Preference-Applied"] = f"wait={seconds}"
    return response


def _submitted(found: Submission) -> Response:
    """What is answered to a submission. Raises `ProblemError` where it was refused."""
    if found.refusal is not None:
        raise found.refusal.as_problem()
    if found.state == "submitted":
        step_recorded = service(ReleaseService).timeline().submitted(found.request.release)
        assert step_recorded is not None
        return json_response(StepDocument.of(step_recorded))
    response = json_response(SubmissionDocument.of(found, problem_document), 202)
    response.headers["Location"] = f"/v1/releases/{found.request.release}"
    response.headers["Retry-After"] = str(PENDING_RETRY)
    return response


@step(f"{OF_ONE}/approve", "The release may be activated", bodies.CommentBody, Role.APPROVE)
def approve(life: Lifecycle, body: Body, by: Principal, release_id: str) -> StepRecord:
    """Approves what was submitted, with its evidence. Nobody approves what they drafted or submitted."""
    return life.approve(release_id, body.get("comment"), by)


@step(f"{OF_ONE}/reject", "The release is rejected", bodies.RejectBody, Role.APPROVE)
def reject(life: Lifecycle, body: Body, by: Principal, release_id: str) -> StepRecord:
    """Turns a submission down, or takes back the approval of a release that was never activated."""
    return life.reject(release_id, body["comment"], by)


@step(
    f"{OF_ONE}/activate",
    "The release is, was or will be in force from the moment given",
    bodies.ActivateBody,
    Role.APPROVE,
    answer=ActivationDocument,
)
def activate(life: Lifecycle, body: Body, by: Principal, release_id: str) -> Activation:
    """Puts an approved release in force: now, from a moment to come, or from one past as a correction.

    `overrides` lists what was in force, or planned, for the same time. With `dry_run` nothing is recorded.
    """
    begin, end, comment = (body.get(name) for name in ("effective_from", "effective_until", "comment"))
    return life.activate(release_id, begin, end, comment, by, body.get("dry_run", False))


@step(
    "/v1/releases:rollback",
    "An earlier release is in force again",
    bodies.RollbackBody,
    Role.APPROVE,
    refuses=(404,),
)
def roll_back(life: Lifecycle, body: Body, by: Principal) -> StepRecord:
    """Puts an earlier release in force again, in place of the present one from where that began."""
    return life.roll_back(body.get("to"), body.get("effective_from"), body.get("comment"), by)


@step("/v1/kill-switch", "The switch is turned", bodies.SwitchBody, Role.APPROVE)
def turn(life: Lifecycle, body: Body, by: Principal) -> StepRecord:
    """Turns the kill switch. While it is on, every application is referred to a person and no rule is asked."""
    return life.switch(body["on"], body["reason"], by)


@operation(
    steps,
    "GET",
    "/v1/kill-switch",
    Answers(SwitchDocument, "Whether the kill switch is on"),
    refuses=READS_STORE,
    role=(Role.READ, Role.APPROVE),
)
def switch() -> Response:
    """Whether the kill switch is on, and the step that turned it last."""
    return json_response(SwitchDocument.of(service(ReleaseService).timeline()))


def _recorded(done: StepRecord | Activation, status: int) -> Response:
    document = ActivationDocument.of(done) if isinstance(done, Activation) else StepDocument.of(done)
    response = json_response(document, status)
    if status == 201:
        response.headers["Location"] = f"/v1/releases/{document.release}"
    return response
