"""Handing in releases, as tests do that are about something else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.api.callers import Caller


def case_file(application: Mapping[str, Any], **expected: Any) -> str:
    """The file of a worked case."""
    return json.dumps({"application": application, "expected": expected}, ensure_ascii=False)


def asked(caller: Caller, release: str, **more: Any) -> Any:
    """The response to a submission once it is judged: the step, or the problem that it was refused with."""
    return caller.post(f"/v1/releases/{release}/submit", more, Prefer="wait=60")


def submit(caller: Caller, release: str, **more: Any) -> dict[str, Any]:
    """The step of a submission that nothing speaks against."""
    response = asked(caller, release, **more)
    assert response.status_code == 200, response.get_json()
    step: dict[str, Any] = response.get_json()
    return step
