"""What speaks for a release: the service finds it out itself, from the files and the cases, and keeps it by its hash.

The same release, cases and engine give the same bytes, so anyone can find the evidence out again and compare hashes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from greenlane.api.json_text import canonical
from greenlane.api.ledger.records import EvidenceKind, EvidenceRecord, ReleaseRecord
from greenlane.api.releases.scenarios import Decided
from greenlane.engine.diagnostics import Diagnostic, Severity
from greenlane.engine.rules.ruleset import Ruleset
from greenlane.engine.rules.table import Table


def check_evidence(
    release: ReleaseRecord, found: Iterable[Diagnostic], engine: str, recorded_at: str
) -> EvidenceRecord:
    """What the checks found in the files of a release. Passed: no error; warnings are listed."""
    diagnostics = tuple(found)
    content = {
        **_about(release, "check", engine),
        "errors": sum(d.severity is Severity.ERROR for d in diagnostics),
        "warnings": sum(d.severity is Severity.WARNING for d in diagnostics),
        "diagnostics": [_diagnostic(d) for d in diagnostics],
    }
    return evidence(release.id, "check", canonical(content).decode(), recorded_at, passed=not content["errors"])


def scenarios_evidence(
    release: ReleaseRecord,
    ruleset: Ruleset,
    cases: Mapping[str, Any],
    decided: Sequence[Decided],
    engine: str,
    recorded_at: str,
) -> EvidenceRecord:
    """How a release decides worked cases, `cases` being as submitted. Passed: there are some, and none differs."""
    held = frozenset().union(*(case.held for case in decided))
    tables = [d.logic for d in ruleset.decisions.values() if isinstance(d.logic, Table)]
    rows = [row.id for table in tables for row in table.rows]
    content = {
        **_about(release, "scenarios", engine),
        "cases": [
            {"name": case.name, **cases[case.name], "status": case.status, "differences": list(case.differences)}
            for case in decided
        ],
        "rows": {"total": len(rows), "held": sum(row in held for row in rows)},
    }
    passed = bool(decided) and not any(case.differences for case in decided)
    return evidence(release.id, "scenarios", canonical(content).decode(), recorded_at, passed=passed)


def evidence(
    release_id: str, kind: EvidenceKind, content: str, recorded_at: str, *, passed: bool = True
) -> EvidenceRecord:
    """A document as evidence, by the SHA-256 of its UTF-8 bytes."""
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    return EvidenceRecord(release_id, sha256, kind, passed, content, recorded_at)


def _about(release: ReleaseRecord, kind: EvidenceKind, engine: str) -> dict[str, Any]:
    return {"kind": kind, "release": release.id, "sha256": release.sha256, "engine": engine}


def _diagnostic(found: Diagnostic) -> dict[str, str]:
    return {
        "code": found.code,
        "severity": found.severity.value,
        "place": str(found.place),
        "message": found.message,
        "help": found.help,
    }
