"""A release ready to decide: what it is, its rules, and what it takes. Touches nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from greenlane.api.problems import ProblemError, placed
from greenlane.api.releases.answers import ReleaseName
from greenlane.api.releases.records import ReleaseRecord
from greenlane.engine.decide.application import VIOLATIONS
from greenlane.engine.policy import Policy
from greenlane.engine.rules.ruleset import Ruleset
from greenlane.engine.text import Text


@dataclass(frozen=True)
class LoadedRelease:
    """A release ready to decide: what it is, and the policy that its files are. Never changes."""

    record: ReleaseRecord
    policy: Policy

    @cached_property
    def name(self) -> ReleaseName:
        """How answers name it."""
        return ReleaseName.of(self.record)

    def accept(self, application: Any, as_of: date, faults: int = VIOLATIONS) -> None:
        """Returns when it takes the application and holds on the day.

        Raises `ProblemError` invalid, with the first `faults` of what is wrong, and not_in_force.
        """
        validator = self.policy.validator
        violations = validator.violations(application, faults)
        if violations:
            untold = validator.count(application) - faults if len(violations) == faults else 0
            raise ProblemError("invalid", placed(violations), untold=untold)
        if not self.policy.in_force(as_of):
            raise ProblemError("not_in_force", subject=_period(self.policy.ruleset))


def _period(ruleset: Ruleset) -> Text:
    first, last = ruleset.effective_from, ruleset.effective_until
    if last is None:
        return Text(f"自 {first} 起", f"from {first}")
    return Text(f"{first} 至 {last}", f"from {first} until {last}")
