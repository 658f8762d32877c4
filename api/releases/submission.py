"""What is handed in with a release, tried and kept as evidence: its rule files and its worked cases. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from greenlane.api.application_fields import application_date
from greenlane.api.json_objects import canonical, encode
from greenlane.api.problems import FieldProblem, ProblemError
from greenlane.api.releases.cache import LoadedRelease
from greenlane.api.releases.records import EvidenceKind, EvidenceRecord, ReleaseRecord
from greenlane.engine.decide.application import Violation
from greenlane.engine.diagnostics import Diagnostic, Severity
from greenlane.engine.json_text import pointer
from greenlane.engine.policy import Inspection, inspect
from greenlane.engine.rules.ruleset import Ruleset
from greenlane.engine.rules.table import Table
from greenlane.engine.text import Text
from greenlane.engine.worked_cases import CaseResult, WorkedCase, decide_case


def checked(files: Mapping[str, str]) -> Inspection:
    """What is to be said of rule files that can decide. Raises `ProblemError` rules_faulty with all that is wrong."""
    found = inspect({path: text.encode() for path, text in files.items()})
    if found.ruleset is None:
        raise ProblemError("rules_faulty", tuple(map(_rule_problem, found.diagnostics)))
    return found


def decided(loaded: LoadedRelease, cases: Mapping[str, Any], today: date) -> Sequence[CaseResult]:
    """How a release decides the cases. Raises `ProblemError` invalid with all that is wrong in the applications."""
    problems: list[FieldProblem] = []
    found: list[CaseResult] = []
    for name, case in sorted(cases.items()):
        as_of = application_date(case["application"]) or today
        try:
            loaded.accept(case["application"], as_of)
            found.append(decide_case(loaded.policy, WorkedCase(name, case["application"], case["expected"]), as_of))
        except ProblemError as problem:
            problems.extend(_within(problem, name))
    if problems:
        raise ProblemError("invalid", tuple(problems))
    return found


def all_as_expected(found: Sequence[CaseResult]) -> None:
    """Returns when no case differs. Raises `ProblemError` cases_differ with every difference."""
    problems = [_difference(case.name, difference) for case in found for difference in case.differences]
    if problems:
        raise ProblemError("cases_differ", tuple(problems))


def _rule_problem(found: Diagnostic) -> FieldProblem:
    return FieldProblem(
        Violation(found.code, Text(found.message, found.message)),
        pointer=pointer("files", found.place.path),
        place=str(found.place),
        severity=found.severity.value,
        help=found.help,
    )


def _within(problem: ProblemError, name: str) -> Iterator[FieldProblem]:
    at = pointer("cases", name, "application")
    if not problem.errors:
        yield FieldProblem(Violation(problem.code, problem.detail), pointer=at)
    for placed in problem.errors:
        yield FieldProblem(placed.violation, pointer=at + (placed.pointer or ""))


def _difference(name: str, found: Mapping[str, Any]) -> FieldProblem:
    expected, given = (encode(found[m]).decode() if m in found else "-" for m in ("stored", "replayed"))
    detail = Text(f"预期 {expected}，实际 {given}", f"expected {expected}, decided {given}")
    return FieldProblem(Violation("differs", detail), pointer=pointer("cases", name, "expected") + found["pointer"])


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
    decided: Sequence[CaseResult],
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
