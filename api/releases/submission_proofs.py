"""What speaks for a release: its check, its worked cases, and that these reach every row it changes. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from greenlane.api.application_fields import application_date
from greenlane.api.json_objects import canonical, encode
from greenlane.api.problems import FieldProblem, ProblemError
from greenlane.api.releases.examination import Differences, Proof, SubmissionExamination
from greenlane.engine.check.describe import ROW
from greenlane.engine.decide.application import Violation
from greenlane.engine.diagnostics import Diagnostic, Severity
from greenlane.engine.json_text import pointer
from greenlane.engine.policy import Policy
from greenlane.engine.rules.ruleset import Ruleset, WorkedCase
from greenlane.engine.rules.table import Table
from greenlane.engine.text import Text
from greenlane.engine.worked_cases import CaseResult, NearMiss, decide_case, near_misses

Coverage = Sequence[Mapping[str, Any]]
"""Of each row that is changed: `row`, `in` (its table), `source`, `change` (how), and the `cases` in which it holds."""


def decided(policy: Policy, today: date, inform: Callable[[str], None]) -> Sequence[CaseResult]:
    """How the rules decide the cases that they own, each told to `inform` before.

    Raises `ProblemError`: cases_missing where there are none; cases_differ with every difference, and every case of a
    day on which they are not in force.
    """
    if not policy.ruleset.cases:
        raise ProblemError("cases_missing")
    problems: list[FieldProblem] = []
    results: list[CaseResult] = []
    for case in policy.ruleset.cases.values():
        inform(case.name)
        as_of = application_date(case.application) or today
        if not policy.in_force(as_of):
            problems.append(_at_case(case, "not_in_force", _NOT_IN_FORCE, "/application"))
            continue
        results.append(decide_case(policy, case, as_of))
        problems += (_difference(case, found) for found in results[-1].differences)
    if problems:
        raise ProblemError("cases_differ", tuple(problems))
    return results


_NOT_IN_FORCE = Text("规则在该案例的日期未生效", "the rules are not in force on the day of this case")


def _difference(case: WorkedCase, found: Mapping[str, Any]) -> FieldProblem:
    expected, given = (encode(found[m]).decode() if m in found else "-" for m in ("stored", "replayed"))
    rows = ", ".join(found["rows"])
    detail = Text(
        f"预期 {expected}，实际 {given}" + (f"（依据 {rows}）" if rows else ""),
        f"expected {expected}, decided {given}" + (f" (by {rows})" if rows else ""),
    )
    return _at_case(case, "differs", detail, f"/expected{found['pointer']}")


def _at_case(case: WorkedCase, code: str, detail: Text, at: str) -> FieldProblem:
    path = case.place.path
    return FieldProblem(Violation(code, detail), pointer=pointer("files", path) + at, place=str(case.place))


def coverage_of(differences: Differences, ruleset: Ruleset, results: Sequence[CaseResult]) -> Coverage:
    """The rows that are added, changed or moved, in the order of the files, and the cases that reach each.

    What is required of an answer is none of them: a case in which it holds is one in which something is amiss.
    """
    changes: dict[str, list[str]] = {}
    for change in differences.changes:
        if change.kind == ROW and change.change != "removed":
            changes.setdefault(change.name, []).append(change.change)
    return [
        {
            "row": row.name,
            "in": row.table,
            "source": row.source,
            "change": list(dict.fromkeys(changes[row.name])),
            "cases": [result.name for result in results if row.name in result.held],
        }
        for row in differences.rows
        if row.name in changes and row.table != ruleset.answer.requires
    ]


def all_reached(coverage: Coverage, policy: Policy, today: date) -> None:
    """Returns when every changed row holds in some case.

    Raises `ProblemError` rows_not_reached with the others, each with the case that comes nearest to it.
    """
    missed = {each["row"]: each["source"] for each in coverage if not each["cases"]}
    if not missed:
        return
    cases = ((case, application_date(case.application) or today) for case in policy.ruleset.cases.values())
    near = near_misses(policy, cases, missed)
    raise ProblemError("rows_not_reached", tuple(_not_reached(row, at, near.get(row)) for row, at in missed.items()))


def _not_reached(row: str, source: str, near: NearMiss | None) -> FieldProblem:
    zh, en = f"改动的行 `{row}` 在任何案例中都不成立", f"the changed row `{row}` holds in no case"
    told = _ADD_A_CASE
    if near is not None:
        zh += f"；最接近的是 `{near.case}`：" + "；".join(each.zh for each in near.against)
        en += f"; nearest is `{near.case}`: " + "; ".join(each.en for each in near.against)
        told = Text(
            f"请将 cases/{near.case}.json 另存为新案例，修改申请使该行成立，再执行 greenlane test --update",
            f"copy `cases/{near.case}.json`, change the application until the row holds, `greenlane test --update`",
        )
    return FieldProblem(Violation("not_reached", Text(zh, en)), place=f"{source}:1", severity="error", help=told)


_ADD_A_CASE = Text("请在 cases/ 中添加使其成立的案例", "add a case to `cases/` in which it holds")


def check_proof(asked: SubmissionExamination, diagnostics: Sequence[Diagnostic]) -> Proof:
    """What the checks found in the files of a release. Passed: no error; warnings are listed."""
    content = {
        **_about(asked, "check"),
        "errors": sum(d.severity is Severity.ERROR for d in diagnostics),
        "warnings": sum(d.severity is Severity.WARNING for d in diagnostics),
        "diagnostics": [_diagnostic(d) for d in diagnostics],
    }
    return Proof("check", canonical(content).decode(), not content["errors"])


def scenarios_proof(
    asked: SubmissionExamination, ruleset: Ruleset, results: Sequence[CaseResult], coverage: Coverage
) -> Proof:
    """How a release decides its worked cases, and which of them reach the rows that it changes.

    Passed: none of them differs.
    """
    held = frozenset[str]().union(*(result.held for result in results))
    tables = [d.logic for d in ruleset.decided() if isinstance(d.logic, Table)]
    rows = [row.id for table in tables for row in table.rows]
    content = {
        **_about(asked, "scenarios"),
        "cases": [
            {
                "name": result.name,
                "expected": ruleset.cases[result.name].expected,
                "status": result.status,
                "differences": [*result.differences],
            }
            for result in results
        ],
        "rows": {"total": len(rows), "held": sum(row in held for row in rows)},
        "changed": {"against": asked.against.id if asked.against is not None else None, "rows": list(coverage)},
    }
    return Proof("scenarios", canonical(content).decode(), not any(result.differences for result in results))


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
