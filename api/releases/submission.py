"""What is handed in with a release: rule files that must be free of errors, worked cases that must come out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from greenlane.api.application_fields import application_date
from greenlane.api.json_text import encode
from greenlane.api.problems import PlacedFault, Problem
from greenlane.api.releases.library import Loaded, acceptable
from greenlane.api.releases.ports import Inspect
from greenlane.api.releases.scenarios import Case, Decided, run
from greenlane.engine.decide.validation import Violation
from greenlane.engine.diagnostics import Diagnostic
from greenlane.engine.json_text import pointer
from greenlane.engine.policy import Inspection
from greenlane.engine.text import Text


def checked(files: Mapping[str, str], inspect: Inspect) -> Inspection:
    """What is to be said of rule files that can decide. Raises `Problem` with every fault of those that cannot."""
    found = inspect({path: text.encode() for path, text in files.items()})
    if found.ruleset is None:
        raise Problem("rules_faulty", tuple(map(_fault, found.diagnostics)))
    return found


def decided(loaded: Loaded, cases: Mapping[str, Any], today: date) -> Sequence[Decided]:
    """How a release decides the cases. Raises `Problem` with every fault when an application is not one it takes."""
    faults: list[PlacedFault] = []
    found: list[Decided] = []
    for name, case in sorted(cases.items()):
        as_of = application_date(case["application"]) or today
        try:
            acceptable(loaded, case["application"], as_of)
            found.append(run(loaded.rules, Case(name, case["application"], case["expected"]), as_of))
        except Problem as problem:
            faults.extend(_within(problem, name))
    if faults:
        raise Problem("invalid", tuple(faults))
    return found


def all_as_expected(found: Sequence[Decided]) -> None:
    """Returns when no case differs. Raises `Problem` cases_differ with every difference."""
    faults = [_difference(case.name, difference) for case in found for difference in case.differences]
    if faults:
        raise Problem("cases_differ", tuple(faults))


def _fault(found: Diagnostic) -> PlacedFault:
    return PlacedFault(
        Violation(found.code, Text(found.message, found.message)),
        pointer=pointer("files", found.place.path),
        place=str(found.place),
        severity=found.severity.value,
        help=found.help,
    )


def _within(problem: Problem, name: str) -> Iterator[PlacedFault]:
    at = pointer("cases", name, "application")
    if not problem.faults:
        yield PlacedFault(Violation(problem.code, problem.detail), pointer=at)
    for placed in problem.faults:
        yield PlacedFault(placed.fault, pointer=at + (placed.pointer or ""))


def _difference(name: str, found: Mapping[str, Any]) -> PlacedFault:
    expected, given = (encode(found[m]).decode() if m in found else "-" for m in ("stored", "replayed"))
    detail = Text(f"预期 {expected}，实际 {given}", f"expected {expected}, decided {given}")
    return PlacedFault(Violation("differs", detail), pointer=pointer("cases", name, "expected") + found["pointer"])
