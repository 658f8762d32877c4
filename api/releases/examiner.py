"""Examines rules that nobody has approved: reads, checks and compares them, and runs worked cases. Pure.

It may take any time and memory: only what runs in a process of its own with limits (`sandbox_process`) calls it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from greenlane.api.application_fields import application_date
from greenlane.api.json_objects import canonical, encode
from greenlane.api.problems import FieldProblem, ProblemError
from greenlane.api.releases.examination import (
    Asked,
    ComparisonExamination,
    Differences,
    DraftExamination,
    Files,
    Findings,
    Identity,
    Proof,
    SubmissionExamination,
)
from greenlane.api.releases.examination_limits import CASE, COMPARING, COMPILING, READING
from greenlane.api.releases.loaded import LoadedRelease
from greenlane.engine.check.describe import Description, describe
from greenlane.engine.decide.application import Violation
from greenlane.engine.decide.matching import MatcherName
from greenlane.engine.diagnostics import Diagnostic, RulesetError, Severity
from greenlane.engine.json_text import pointer
from greenlane.engine.policy import Inspection, compiler, inspect, read_ruleset
from greenlane.engine.rules.ruleset import Ruleset
from greenlane.engine.rules.table import Table
from greenlane.engine.text import Text
from greenlane.engine.worked_cases import CaseResult, WorkedCase, decide_case

LISTED = 1000
"""Faults of rule files that are told at once."""

Inform = Callable[[str], None]
"""Told what is done next, as `examination_limits` names it."""


def examine(asked: Asked, matcher: MatcherName | None, inform: Inform) -> Findings:
    """What is found: what was asked for, or what is wrong."""
    try:
        match asked:
            case DraftExamination(files):
                return Findings(identity=_identity(files, inform))
            case SubmissionExamination():
                return Findings(proofs=_proofs(asked, matcher, inform))
            case ComparisonExamination(old, new):
                return Findings(differences=_differences(old, new, inform))
    except ProblemError as problem:
        return Findings(problem.code, problem.errors)


def _identity(files: Files, inform: Inform) -> Identity:
    inform(READING)
    ruleset = _checked(files).ruleset
    assert ruleset is not None
    return Identity(ruleset.name, ruleset.version, ruleset.files)


def _proofs(asked: SubmissionExamination, matcher: MatcherName | None, inform: Inform) -> list[Proof]:
    inform(READING)
    inspection = _checked(asked.release.files)
    inform(COMPILING)
    loaded = LoadedRelease(asked.release, compiler(matcher, checked=False)(_as_bytes(asked.release.files)))
    outcomes = _decided(loaded, asked.cases, asked.today, inform)
    _all_as_expected(outcomes)
    return [_check_proof(asked, inspection.diagnostics), _scenarios_proof(asked, loaded.policy.ruleset, outcomes)]


def _differences(old: Files | None, new: Files, inform: Inform) -> Differences:
    inform(READING)
    before: Description = ()
    if old is not None:
        try:
            before = describe(_read(old))
        except RulesetError:
            raise ProblemError("release_unreadable") from None
    try:
        after = describe(_read(new))
    except RulesetError as refused:
        raise _faulty(refused.diagnostics) from None
    inform(COMPARING)
    return Differences.between(before, after)


def _read(files: Files) -> Ruleset:
    return read_ruleset(_as_bytes(files))


def _faulty(found: Sequence[Diagnostic]) -> ProblemError:
    """With every fault; of more than a person reads the first errors."""
    if len(found) > LISTED:
        found = [each for each in found if each.severity is Severity.ERROR][:LISTED]
    return ProblemError("rules_faulty", tuple(map(_rule_problem, found)))


def _as_bytes(files: Files) -> dict[str, bytes]:
    return {path: text.encode() for path, text in files.items()}


def _checked(files: Files) -> Inspection:
    """What is to be said of rule files that can decide. Raises `ProblemError` rules_faulty with all that is wrong."""
    found = inspect(_as_bytes(files))
    if found.ruleset is None:
        raise _faulty(found.diagnostics)
    return found


def _decided(loaded: LoadedRelease, cases: Mapping[str, Any], today: date, inform: Inform) -> Sequence[CaseResult]:
    """How a release decides the cases. Raises `ProblemError` invalid with all that is wrong in the applications."""
    problems: list[FieldProblem] = []
    found: list[CaseResult] = []
    for name, case in sorted(cases.items()):
        inform(CASE + name)
        as_of = application_date(case["application"]) or today
        try:
            loaded.accept(case["application"], as_of)
            found.append(decide_case(loaded.policy, WorkedCase(name, case["application"], case["expected"]), as_of))
        except ProblemError as problem:
            problems.extend(_within(problem, name))
    if problems:
        raise ProblemError("invalid", tuple(problems))
    return found


def _all_as_expected(found: Sequence[CaseResult]) -> None:
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


def _check_proof(asked: SubmissionExamination, diagnostics: Sequence[Diagnostic]) -> Proof:
    """What the checks found in the files of a release. Passed: no error; warnings are listed."""
    content = {
        **_about(asked, "check"),
        "errors": sum(d.severity is Severity.ERROR for d in diagnostics),
        "warnings": sum(d.severity is Severity.WARNING for d in diagnostics),
        "diagnostics": [_diagnostic(d) for d in diagnostics],
    }
    return Proof("check", canonical(content).decode(), not content["errors"])


def _scenarios_proof(asked: SubmissionExamination, ruleset: Ruleset, decided: Sequence[CaseResult]) -> Proof:
    """How a release decides worked cases. Passed: there are some, and none differs."""
    held = frozenset().union(*(case.held for case in decided))
    tables = [d.logic for d in ruleset.decided() if isinstance(d.logic, Table)]
    rows = [row.id for table in tables for row in table.rows]
    content = {
        **_about(asked, "scenarios"),
        "cases": [
            {"name": case.name, **asked.cases[case.name], "status": case.status, "differences": [*case.differences]}
            for case in decided
        ],
        "rows": {"total": len(rows), "held": sum(row in held for row in rows)},
    }
    passed = bool(decided) and not any(case.differences for case in decided)
    return Proof("scenarios", canonical(content).decode(), passed)


def _about(asked: SubmissionExamination, kind: str) -> dict[str, Any]:
    return {"kind": kind, "release": asked.release.id, "sha256": asked.release.sha256, "engine": asked.engine}


def _diagnostic(found: Diagnostic) -> dict[str, str]:
    return {
        "code": found.code,
        "severity": found.severity.value,
        "place": str(found.place),
        "message": found.message,
        "help": found.help,
    }
