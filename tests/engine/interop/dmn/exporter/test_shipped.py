"""The shipped rule files as a DMN model, run by our own reader of DMN."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from greenlane.engine.decide import Decider, compile_ruleset, facts_of
from greenlane.engine.interop.dmn import DmnRuntime
from greenlane.engine.interop.dmn.exporter import export_model
from greenlane.engine.rules.files import read
from greenlane.engine.rules.table import OnUndetermined, Table
from tests.engine.interop.dmn.exporter.both import Both, both, program_of
from tests.examples import examples
from tests.policy import generated, shipped

MISTAKEN_FOR_NULL = {"size_standard", "largest_class_met", "scorecard"}
"""Decisions that FEEL's own nulls make different where facts are missing, as docs/dmn-conformance.md says."""


def calls(products: str = "products.product") -> dict[str, str]:
    """How each function is asked: for every product, or for every tier."""
    functions = [name for name, decision in shipped.ruleset().decisions.items() if decision.parameters]
    made = {name: f"for p in {products} return {name}(p)" for name in functions}
    return {**made, "tier_rank": 'for t in ["ordinary", "core", "strategic"] return tier_rank(t)'}


@cache
def two() -> Both:
    """The shipped rules, both ways."""
    return both(shipped.ruleset(), calls())


def given_facts(application: dict[str, Any]) -> tuple[dict[str, Any], date]:
    """The facts of an application, and its day."""
    exact = json.loads(json.dumps(application), parse_float=Decimal, parse_int=Decimal)
    facts = facts_of(exact, shipped.ruleset().vocabulary)
    return dict(facts), date.fromisoformat(application["application_date"])


@pytest.mark.parametrize("case", shipped.CASES)
def test_every_decision_of_the_worked_cases(case: str) -> None:
    """All 87 decisions are exported; each has the same value, functions for every product."""
    assert len(two().names) == 87
    assert not two().exported.left_out
    assert two().differing(*given_facts(shipped.application(case))) == {}


@settings(max_examples=examples(10), deadline=None, suppress_health_check=list(HealthCheck))
@given(application=generated.applications())
def test_applications_on_the_edges(application: dict[str, Any]) -> None:
    """Facts on, beside or off a limit, or missing: where nothing is undetermined, everything is the same."""
    facts, day = given_facts(application)
    differing = two().differing(facts, day)
    if undetermined(facts, day):
        ours, theirs = two().values(facts, day)
        assert (ours["status"], ours["tier"], ours["lane"]) == (theirs["status"], theirs["tier"], theirs["lane"])
    else:
        assert differing.keys() <= MISTAKEN_FOR_NULL


@pytest.mark.parametrize("case", shipped.CASES)
def test_the_status_of_the_answer(case: str) -> None:
    """It has a decision of its own, since a requirement may refer what `status` does not."""
    facts, day = given_facts(shipped.application(case))
    told = two().program.decide("answer_status", {**facts, "as_of": day}).value
    assert told == shipped.decider().decide(facts, day).status


@cache
def with_a_gap() -> tuple[Decider, DmnRuntime]:
    """The shipped rules without the approver of 500 to 600 万元, both ways."""
    files = {
        path: text.replace("| (500..3000]       |", "| (600..3000]       |")
        for path, text in shipped.ruleset().files.items()
    }
    ruleset = read({path: text.encode() for path, text in files.items()}).ruleset
    assert ruleset is not None
    return compile_ruleset(ruleset, "bitmap"), program_of(export_model(ruleset))


@pytest.mark.parametrize(
    ("amount", "status"), [("500", "APPROVE_RECOMMENDED"), ("550", "REFERRED"), ("601", "APPROVE_RECOMMENDED")]
)
def test_an_approval_without_an_approver_is_referred_by_both(amount: str, status: str) -> None:
    """By the requirement, with its code."""
    facts, day = given_facts(shipped.application("EX-07"))
    decider, program = with_a_gap()
    result = decider.decide({**facts, "amount_wan": Decimal(amount)}, day)
    asked = {**facts, "amount_wan": Decimal(amount), "as_of": day}
    assert (result.status, program.decide("answer_status", asked).value) == (status, status)
    unmet = [reason.code for reason in result.reasons if reason.decision == "requires"]
    assert [row["id"] for row in program.decide("requires", asked).value] == unmet
    assert unmet == (["Q903"] if status == "REFERRED" else [])


def undetermined(facts: dict[str, Any], day: date) -> bool:
    """Whether any row that is not to be ignored cannot be decided."""
    result = two().decider.decide(facts, day, "full")  # type: ignore[arg-type]
    assert result.trace is not None
    decisions = shipped.ruleset().decisions
    for entry in result.trace["decisions"]:
        logic = getattr(decisions.get(entry["decision"]), "logic", None)
        if isinstance(logic, Table) and logic.undetermined is not OnUndetermined.IGNORE and entry["undetermined"]:
            return True
    return False


def test_the_same_bytes() -> None:
    """The same rule files always give the same model."""
    assert export_model(shipped.ruleset()).data == export_model(shipped.ruleset()).data


def test_what_the_outcome_asks_for_is_in_it() -> None:
    """The outcome can be asked for by name, from the facts and the day alone."""
    facts, day = given_facts(shipped.application("EX-01"))
    answer = two().program.decide("outcome", {**facts, "as_of": day})
    assert answer.diagnostics == ()
    assert answer.value["status"] == "APPROVE_RECOMMENDED"
