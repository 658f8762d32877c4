"""Examines rules that nobody has approved: reads, checks and compares them, and runs worked cases. Pure.

It may take any time and memory: only what runs in a process of its own with limits (`sandbox_process`) calls it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
from greenlane.api.releases.submission_proofs import all_reached, check_proof, coverage_of, decided, scenarios_proof
from greenlane.engine.check.describe import describe
from greenlane.engine.decide.application import Violation
from greenlane.engine.diagnostics import Diagnostic, RulesetError, Severity
from greenlane.engine.json_text import pointer
from greenlane.engine.policy import Compile, inspect, read_ruleset
from greenlane.engine.rules.ruleset import Ruleset
from greenlane.engine.text import Text

Inform = Callable[[str], None]
"""Told what is done next, as `examination_limits` names it."""

LISTED = 1000
"""Faults of rule files that are told at once."""


def examine(asked: Asked, compile_rules: Compile, inform: Inform) -> Findings:
    """What is found: what was asked for, or what is wrong."""
    try:
        match asked:
            case DraftExamination(files):
                return Findings(identity=_identity(files, inform))
            case SubmissionExamination():
                return Findings(proofs=_proofs(asked, compile_rules, inform))
            case ComparisonExamination(old, new):
                return Findings(differences=_differences(old, new, inform))
    except ProblemError as problem:
        return Findings(problem.code, problem.errors)


def _identity(files: Files, inform: Inform) -> Identity:
    inform(READING)
    ruleset, _ = _checked(files)
    return Identity(ruleset.name, ruleset.version, ruleset.files)


def _proofs(asked: SubmissionExamination, compile_rules: Compile, inform: Inform) -> list[Proof]:
    """Raises `ProblemError`: rules_faulty, cases_differ, rows_not_reached."""
    inform(READING)
    ruleset, diagnostics = _checked(asked.release.files)
    inform(COMPILING)
    policy = compile_rules(_as_bytes(asked.release.files))
    results = decided(policy, asked.today, lambda name: inform(CASE + name))
    inform(COMPARING)
    before = describe(_read(asked.against.files)) if asked.against is not None else ()
    coverage = coverage_of(Differences.between(before, describe(ruleset)), ruleset, results)
    all_reached(coverage, policy, asked.today)
    return [check_proof(asked, diagnostics), scenarios_proof(asked, ruleset, results, coverage)]


def _differences(old: Files | None, new: Files, inform: Inform) -> Differences:
    inform(READING)
    before = describe(_read(old)) if old is not None else ()
    try:
        after = describe(read_ruleset(_as_bytes(new)))
    except RulesetError as refused:
        raise _faulty(refused.diagnostics) from None
    inform(COMPARING)
    return Differences.between(before, after)


def _read(files: Files) -> Ruleset:
    """Rules that decide or did. Raises `ProblemError` release_unreadable."""
    try:
        return read_ruleset(_as_bytes(files))
    except RulesetError:
        raise ProblemError("release_unreadable") from None


def _checked(files: Files) -> tuple[Ruleset, Sequence[Diagnostic]]:
    """Rules that can decide, and what is to be said of them. Raises `ProblemError` rules_faulty."""
    found = inspect(_as_bytes(files))
    if found.ruleset is None:
        raise _faulty(found.diagnostics)
    return found.ruleset, found.diagnostics


def _faulty(found: Sequence[Diagnostic]) -> ProblemError:
    """With every fault; of more than a person reads the first errors."""
    if len(found) > LISTED:
        found = [each for each in found if each.severity is Severity.ERROR][:LISTED]
    return ProblemError("rules_faulty", tuple(map(_rule_problem, found)))


def _as_bytes(files: Files) -> dict[str, bytes]:
    return {path: text.encode() for path, text in files.items()}


def _rule_problem(found: Diagnostic) -> FieldProblem:
    return FieldProblem(
        Violation(found.code, Text(found.message, found.message)),
        pointer=pointer("files", found.place.path),
        place=str(found.place),
        severity=found.severity.value,
        help=found.help,
    )
