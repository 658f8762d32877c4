"""Worked cases: applications decided again, compared with what is expected of their outcome."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from greenlane.api.json_text import encode
from greenlane.api.releases.differences import differences
from greenlane.api.rendering import render
from greenlane.engine.json_text import decode
from greenlane.engine.policy import Policy


@dataclass(frozen=True, slots=True)
class Case:
    """An application that its schema accepts, and the members that its outcome is expected to have."""

    name: str
    application: Mapping[str, Any]
    expected: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a case: the status, what differs (`stored` is what was expected), and the rows that held."""

    name: str
    status: str
    differences: tuple[Mapping[str, Any], ...]
    held: frozenset[str]


def run(rules: Policy, case: Case, as_of: date) -> Decided:
    """Decides a case by rules. Members of the outcome that nothing is expected of are passed over."""
    result = rules.decide(case.application, as_of, "fired")
    outcome = decode(encode(render(result.outcome)))
    found = differences(case.expected, {key: value for key, value in outcome.items() if key in case.expected})
    return Decided(case.name, result.status, tuple(found), frozenset(_held(result.trace)))


def _held(trace: Mapping[str, Any] | None) -> Iterator[str]:
    for decision in trace["decisions"] if trace else ():
        for row in decision.get("held", ()):
            yield row["row"]
