"""Who calls, and what they may do. No web framework here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

REGION_PATTERN = r"[1-9][0-9]"
"""What a region is written as: a province, by the first two digits of its codes in GB/T 2260."""


class Role(Enum):
    """What a caller may be allowed to do. Roles do not include one another."""

    DECIDE = "decide"
    """Asks for decisions, and reads back those it asked for."""

    READ = "read"
    """Reads decisions, explanations, releases and the vocabulary."""

    AUTHOR = "author"
    """Drafts and submits releases."""

    APPROVE = "approve"
    """Approves or rejects releases of other authors, activates them, rolls back, works the kill switch."""

    AUDIT = "audit"
    """Reads traces, proofs, evidence and the log; replays."""

    PERSONAL = "personal"
    """Sees personal data unmasked; what it sees of decisions made for others is recorded."""

    ADMIN = "admin"
    """Keeps keys of access, erases customers, sees to retention."""


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller whose identity is established. `regions` are the provinces whose decisions it may read; None is all."""

    id: str
    roles: frozenset[Role]
    regions: frozenset[str] | None = None

    @property
    def visibility(self) -> Visibility:
        """Which decisions it may see: those of its regions, and only its own when it can do no more than decide."""
        reads = bool(self.roles & {Role.READ, Role.AUDIT})
        return Visibility(self.regions, None if reads else self.id)


@dataclass(frozen=True, slots=True)
class Visibility:
    """A set of decisions: of `regions` (None: of any or none) and made for `caller` (None: for anyone)."""

    regions: frozenset[str] | None = None
    caller: str | None = None

    def includes(self, region: str | None, caller: str | None) -> bool:
        """Whether a decision is in the set."""
        return (self.regions is None or region in self.regions) and self.caller in (None, caller)


EVERYTHING = Visibility()
ANONYMOUS = Principal("anonymous", frozenset())
"""Whoever calls an operation that asks nobody who they are."""

LOCAL = Principal("local", frozenset((Role.DECIDE, Role.READ, Role.AUDIT, Role.PERSONAL)))
"""Whoever calls from this machine without a key, where the service lets them in."""

OPERATOR = Principal("operator", frozenset(Role))
"""Whoever runs commands on a machine that reaches the database."""
