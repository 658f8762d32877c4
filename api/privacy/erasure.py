"""Erasing customers at their request."""

from __future__ import annotations

from dataclasses import dataclass

from greenlane.api.days import Clock, timestamp
from greenlane.api.principals import Principal
from greenlane.api.privacy.answers import ErasureDocument
from greenlane.api.privacy.statements import ErasingStore


@dataclass(frozen=True, slots=True)
class ErasureService:
    """Erases. Safe for many threads."""

    store: ErasingStore
    clock: Clock

    def erase(self, customer: str, reason: str, by: Principal) -> ErasureDocument:
        """Destroys the customer's data keys: what was sealed under them is unreadable, here and in backups.

        An erased customer leaves nothing to be known by, so a second erasure finds no key, as for one never seen.
        """
        done = self.store.erase(customer, reason, by.id, timestamp(self.clock()))
        decisions = sum(erasure.decisions for erasure in done)
        return ErasureDocument(bool(done), len(done), decisions, [erasure.id for erasure in done])
