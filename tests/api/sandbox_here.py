"""Examining rules in the process of the tests: rules that are made up, and tests that are about something else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from greenlane.api.config import Settings
from greenlane.api.json_objects import encode
from greenlane.api.problems import ProblemError
from greenlane.api.releases.examination import Asked, Findings, read_asked, read_findings
from greenlane.api.releases.examination_limits import READING, Limit, refusal
from greenlane.api.releases.examiner import examine
from greenlane.engine.policy import compiler


class SandboxHere:
    """Examines here, with no other limit than that of the answer."""

    def __init__(self, settings: Settings, places: Path | None) -> None:
        self._settings = settings
        self._compile = compiler(settings.matcher, settings.decision_steps, checked=False)

    def examine(self, asked: Asked) -> Findings:
        """What is found or the problem, after the same way there and back as through another process."""
        told = examine(read_asked(encode(asked)), self._compile, lambda _: None)
        answer = encode(told)
        if len(answer) > self._settings.draft_answer * 1_000_000:
            raise refusal(Limit.ANSWER, READING, self._settings)
        found = read_findings(answer)
        if found.problem is not None:
            raise ProblemError(found.problem, found.errors)
        return found

    def close(self) -> None:
        """Nothing is open."""


@contextmanager
def examined_here() -> Iterator[None]:
    """Has services that are built meanwhile examine rules in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("greenlane.api.wiring.services.Sandbox", SandboxHere)
        yield
