"""Who calls, and what they may do. No web framework here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


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


LOCAL = Principal("local", frozenset((Role.DECIDE, Role.READ, Role.AUDIT, Role.PERSONAL)))
"""Whoever calls from this machine without a key, where the service lets them in."""

OPERATOR = Principal("operator", frozenset(Role))
"""Whoever runs commands on a machine that reaches the database."""
