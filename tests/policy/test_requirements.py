"""What an approval must have: faults in the shipped rules that the checks do not find refer the case."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from greenlane.engine.check import check
from greenlane.engine.decide import Decider, compile_ruleset, facts_of
from greenlane.engine.diagnostics import has_errors
from greenlane.engine.rules.files import read
from tests.policy import generated, shipped

Change = tuple[str, Any]
GAP = ("routing.yaml", "APR-2 | (500..3000]   ", "APR-2 | (600..3000]   ")
HYPHEN = ("routing.yaml", "APR-2 | (500..3000]   ", "APR-2 | 500-3000      ")
NO_CAP = ("pricing.yaml", "  CAP-3 | ordinary  | 40\n", "")
NO_TEAM = ("routing.yaml", "TECH_FINANCE      | M543", "                  | M543")
NEW_PRODUCT = ("vocabulary.yaml", "SETTLE, WEALTH]", "SETTLE, WEALTH, NEWLOAN]")
AMOUNT: Change = ("request.amount_wan", "550")
FAULTS: tuple[tuple[tuple[str, str, str], str, tuple[Change, ...], list[str]], ...] = (
    (GAP, "EX-07", (AMOUNT,), ["Q903"]),
    (HYPHEN, "EX-07", (AMOUNT,), ["Q903"]),
    (NO_CAP, "EX-07", (), ["Q902"]),
    (NO_TEAM, "EX-07", (), ["Q904"]),
    (NEW_PRODUCT, "EX-01", (("request.product", "NEWLOAN"), ("risk.overdue_days", "200")), ["Q901"]),
)


@cache
def decider(path: str, before: str, after: str, matcher: str) -> Decider:
    """The shipped rules with the fault, in which the checks find no error."""
    files = dict(shipped.ruleset().files)
    assert before in files[path]
    files[path] = files[path].replace(before, after, 1)
    ruleset = read({name: text.encode() for name, text in files.items()}).ruleset
    assert ruleset is not None
    assert not has_errors(check(ruleset))
    return compile_ruleset(ruleset, matcher)  # type: ignore[arg-type]


@pytest.mark.parametrize("matcher", ["rete", "bitmap", "linear"])
@pytest.mark.parametrize(("fault", "case", "changes", "codes"), FAULTS)
def test_an_approval_that_lacks_something_is_referred(
    fault: tuple[str, str, str], case: str, changes: tuple[Change, ...], codes: list[str], matcher: str
) -> None:
    """With the code of what it lacks before all other reasons, which stay."""
    application = generated.changed(case, changes)
    made = decider(*fault, matcher)
    exact = {k: Decimal(str(v)) if isinstance(v, int | float) and not isinstance(v, bool) else v
             for k, v in facts_of(application, made.ruleset.vocabulary).items()}  # fmt: skip
    result = made.decide(exact, date.fromisoformat(application["application_date"]))
    assert result.status == result.outcome["status"] == "REFERRED"
    assert [reason.code for reason in result.reasons if reason.decision == "requires"] == codes
    assert [reason.code for reason in result.reasons][: len(codes)] == codes


@pytest.mark.parametrize("case", shipped.CASES)
def test_no_worked_case_lacks_anything(case: str) -> None:
    """The shipped rules keep their promise."""
    result = shipped.result(shipped.application(case))
    assert [reason.code for reason in result.reasons if reason.decision == "requires"] == []
