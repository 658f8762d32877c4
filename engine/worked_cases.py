"""Worked cases: applications decided again, compared with what is expected of their outcome. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from greenlane.engine.feel.json_values import json_of
from greenlane.engine.json_text import decode, differences, encode
from greenlane.engine.policy import Policy


@dataclass(frozen=True, slots=True)
class WorkedCase:
    """An application in which the policy's validation finds nothing, and members that its outcome is to have."""

    name: str
    application: Mapping[str, Any]
    expected: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What became of a case: the status, what differs (`stored` is what was expected), the ids of rows that held."""

    name: str
    status: str | None
    differences: tuple[Mapping[str, Any], ...]
    held: frozenset[str]


def decide_case(policy: Policy, case: WorkedCase, as_of: date) -> CaseResult:
    """Decides a case by a policy. Members of the outcome that nothing is expected of are passed over."""
    result = policy.decide_valid(case.application, as_of, "fired")
    outcome = decode(encode(json_of(result.outcome)))
    found = differences(case.expected, {key: value for key, value in outcome.items() if key in case.expected})
    return CaseResult(case.name, result.status, tuple(found), frozenset(_held(result.trace)))


def _held(trace: Mapping[str, Any] | None) -> Iterator[str]:
    for decision in trace["decisions"] if trace else ():
        for row in decision.get("held", ()):
            yield row["row"]
