"""What is asked about rules that nobody has approved, and what is found: as a sandbox takes and gives it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import cast

import msgspec
from msgspec import Struct

from greenlane.api.problems import FieldProblem
from greenlane.api.releases.answers import ChangeItem
from greenlane.api.releases.records import EvidenceKind, ReleaseRecord
from greenlane.engine.check.compare import compare
from greenlane.engine.check.describe import ROW, Description
from greenlane.engine.json_text import decode

Files = Mapping[str, str]
"""Rule files: text by path."""


class DraftExamination(Struct, frozen=True, tag="draft"):
    """Whether rule files can be a release, and what it is called."""

    files: Files


class SubmissionExamination(Struct, frozen=True, tag="submission"):
    """What speaks for a release, and for what it changes in another one, None where nothing decides yet.

    `today` is the day of cases that do not say theirs.
    """

    release: ReleaseRecord
    against: ReleaseRecord | None
    today: date
    engine: str


class ComparisonExamination(Struct, frozen=True, tag="comparison"):
    """What differs between two sets of rule files; the old ones are None where there is nothing before."""

    old: Files | None
    new: Files


Asked = DraftExamination | SubmissionExamination | ComparisonExamination


class Identity(Struct, frozen=True):
    """What rule files call themselves, and their texts without what only marks an encoding."""

    name: str
    version: str
    files: Files


class Proof(Struct, frozen=True):
    """A document that speaks for a release, as it is to be recorded."""

    kind: EvidenceKind
    content: str
    passed: bool


class RowItem(Struct, frozen=True):
    """A row, the table that it is in, and where it is written."""

    name: str
    table: str
    source: str


class Differences(Struct, frozen=True):
    """What differs, and all rows of the new files."""

    changes: Sequence[ChangeItem]
    rows: Sequence[RowItem]

    @classmethod
    def between(cls, old: Description, new: Description) -> Differences:
        """What differs between two rulesets as they are described."""
        rows = [RowItem(item.key.name, item.parent, item.source) for item in new if item.key.kind == ROW]
        return Differences([ChangeItem.of(change) for change in compare(old, new)], rows)


class Findings(Struct, frozen=True):
    """What was asked for, or the code of the problem that there is instead, with everything that is wrong."""

    problem: str | None = None
    errors: tuple[FieldProblem, ...] = ()
    identity: Identity | None = None
    proofs: Sequence[Proof] = ()
    differences: Differences | None = None


Examine = Callable[[Asked], Findings]
"""Examines within limits. Raises `ProblemError`: what was found to be wrong, rules_faulty where a limit was passed,
drafts_busy.
"""

_findings = msgspec.json.Decoder(Findings, float_hook=Decimal)


def read_asked(content: bytes) -> Asked:
    """What is asked, of its JSON."""
    return cast(Asked, msgspec.convert(decode(content), Asked))


def read_findings(content: bytes) -> Findings:
    """What was found, of its JSON."""
    return _findings.decode(content)
