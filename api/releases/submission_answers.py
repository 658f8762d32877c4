"""What is answered about submissions: declared once, for its bytes and for the OpenAPI document. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, get_args

from greenlane.api.json_objects import JsonObject, Moment, meant
from greenlane.api.problems import ProblemDocument, ProblemError
from greenlane.api.releases.submission_records import Submission, SubmissionState


class SubmissionDocument(JsonObject):
    """That the approval of a release was asked for, and what has come of it."""

    release: Annotated[str, meant("The release's id")]
    state: Annotated[str, meant("`pending` until it is judged", enum=[*get_args(SubmissionState)])]
    by: Annotated[str, meant("Who asked")]
    requested_at: Moment
    comment: str | None
    problem: Annotated[ProblemDocument | None, meant("Why it was refused; null when it was not")]

    @classmethod
    def of(cls, found: Submission, tell: Callable[[ProblemError], ProblemDocument]) -> SubmissionDocument:
        """What is told of a submission; `tell` has the language of problems."""
        asked, refusal = found.request, found.refusal
        problem = tell(refusal.as_problem()) if refusal is not None else None
        return SubmissionDocument(asked.release, found.state, asked.by, asked.requested_at, asked.comment, problem)
