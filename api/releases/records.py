"""Releases, their steps and what speaks for them, as the store takes and gives them: plain values. No database here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

StepKind = Literal[
    "loaded",
    "seeded",
    "drafted",
    "submitted",
    "approved",
    "rejected",
    "activated",
    "rolled back",
    "stopped",
    "resumed",
]
EvidenceKind = Literal["files", "check", "scenarios", "impact", "submission", "refusal"]
StartKind = Literal["loaded", "seeded"]
"""What the release of the rule files is at a start: the one that decides, or the first one where there is none."""

IN_FORCE: frozenset[StepKind] = frozenset({"seeded", "activated", "rolled back"})
"""Steps that put a release in force."""

SYSTEM = "system"
"""The actor of steps that no person asks for."""


@dataclass(frozen=True, slots=True)
class ReleaseRecord:
    """A release: a set of rule files, whole. `files` maps path to text."""

    id: str
    sha256: str
    name: str
    version: str
    files: Mapping[str, str]
    stored_at: str


@dataclass(frozen=True, slots=True)
class ReleaseSummary:
    """A release without its files."""

    id: str
    sha256: str
    name: str
    version: str
    stored_at: str


@dataclass(frozen=True, slots=True)
class EvidenceRecord:
    """A document that speaks for a release, by the SHA-256 of its UTF-8 bytes. `passed`: nothing speaks against it."""

    release_id: str
    sha256: str
    kind: EvidenceKind
    passed: bool
    content: str
    recorded_at: str


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One step in the life of a release, or of the kill switch (no release). `seq` is 0 until it is stored.

    Moments are UTC, fixed width. A step that puts a release in force does so from `effective_from` until before
    `effective_until` (None: open). The hashes name the evidence that was submitted, and that was approved.
    """

    release_id: str | None
    kind: StepKind
    actor: str
    recorded_at: str
    effective_from: str | None = None
    effective_until: str | None = None
    comment: str | None = None
    check_sha256: str | None = None
    scenarios_sha256: str | None = None
    impact_sha256: str | None = None
    seq: int = 0
