"""How often a caller may call, and an address may fail to say who calls."""

from __future__ import annotations

from dataclasses import dataclass

from greenlane.api.access.buckets import Buckets, Quota
from greenlane.api.principals import LOCAL, Principal
from greenlane.api.problems import Problem

FAILURES = 60
"""Refused credentials of one address in a minute that are answered as such."""


@dataclass(frozen=True, slots=True)
class RateLimits:
    """`per_minute` is how many requests each caller has; 0 turns all limits off. Whoever needs no key has no limit."""

    buckets: Buckets
    per_minute: int

    def take(self, caller: Principal) -> Quota | None:
        """What is left to the caller after this request; None when it has no limit."""
        if not self.per_minute or caller == LOCAL:
            return None
        return self.buckets.take(f"caller {caller.id}", self.per_minute)

    def failed(self, source: str) -> None:
        """Notes that a credential from `source` was refused. Raises `Problem` too_many_requests.

        Valid credentials are never refused for it: many callers may share an address.
        """
        if not self.per_minute:
            return
        quota = self.buckets.take(f"failures {source}", FAILURES)
        if not quota.allowed:
            raise Problem("too_many_requests", retry_after=quota.retry_after)
