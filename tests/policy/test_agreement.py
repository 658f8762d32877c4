"""The rule files and the oracle agree: on every edge of every fact, and on mixtures of them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from greenlane.engine.decide import UndeterminedMember
from greenlane.engine.rules.table import Table
from tests.examples import examples
from tests.policy import generated, oracle, shipped

Change = tuple[str, Any]

# A worked case that each product accepts, after the changes it needs.
BASES: dict[str, tuple[str, tuple[Change, ...]]] = {
    "INNOV": ("EX-07", ()),
    "CARBON": ("EX-02", ()),
    "MFG_UPG": ("EX-03", ()),
    "PROJ_FIN": ("EX-11", ()),
    "SME_FLEX": ("EX-05", ()),
    "SCF": ("EX-05", (("request.tenor_months", "12"),)),
    "FX_HEDGE": ("EX-01", ()),
    "RATE_LOCK": ("EX-01", ()),
    "SETTLE": ("EX-01", ()),
    "WEALTH": ("EX-01", ()),
}
SWEEPS = tuple((product, fact) for product in BASES for fact in generated.EDGES)
# Full marks in qualification and performance for EX-01.
BEST: tuple[Change, ...] = (
    ("qualification.credit_rating", "AAA"),
    ("qualification.env_rating", "green"),
    ("performance.relationship_years", "5"),
    ("performance.settlement_share_pct", "50"),
)
# Rows that no single change of a base reaches.
PAIRED: tuple[tuple[str, tuple[Change, ...]], ...] = (
    ("EX-07", (("request.purpose", "working_capital"), ("request.tenor_months", "36"))),
    ("EX-07", (("request.purpose", "working_capital"), ("request.tenor_months", "37"))),
    ("EX-07", (("request.purpose", "working_capital"), ("request.tenor_months", "60"))),
    ("EX-13", (("applicant.industry_code", "C2614"), ("project.green_category", "clean_energy"))),
    ("EX-13", (("applicant.industry_code", "C2614"), ("project.green_category", "energy_saving"))),
    ("EX-01", (("request.amount_wan", "3000"),)),
    ("EX-01", (("request.amount_wan", "3000.01"),)),
    ("EX-01", (*BEST, ("financials.asset_liability_pct", "80"), ("financials.current_ratio", "1"),
               ("financials.interest_cover", "1.2"))),
    ("EX-01", (*BEST, ("financials.asset_liability_pct", "70"), ("financials.current_ratio", "1"),
               ("financials.interest_cover", "1.2"))),
    ("EX-01", (*BEST, ("financials.asset_liability_pct", "80.01"), ("financials.current_ratio", "0.99"),
               ("financials.interest_cover", "1.19"), ("financials.ocf_latest_wan", "0"))),
)  # fmt: skip


def compared(application: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the oracle says, and the same keys of what the rule files say; status and reasons of the answer with it."""
    told = oracle.decide(application)
    result = shipped.result(application)
    decided = {key: shipped.plain(result.outcome[key]) for key in told}
    answer = {"answered": result.status, "reasons": [reason.code for reason in result.reasons]}
    return told | {"answered": told["status"], "reasons": oracle.reasons(told)}, decided | answer


def swept(product: str, fact: str) -> list[dict[str, Any]]:
    """The product's accepted application, with the fact on, beside and off each limit, and missing."""
    case, needed = BASES[product]
    base = (*needed, ("request.product", product))
    return [generated.changed(case, (*base, (fact, value))) for value in generated.EDGES[fact]]


def codes_of(outcome: dict[str, Any]) -> set[str]:
    """All the codes of an outcome that a case can pin."""
    lists = [outcome[key] for key in ("decline_codes", "refer_codes", "tier_codes", "ews_codes")]
    lists += [part["codes"] for part in (outcome["pricing"], outcome["routing"]) if part]
    return {code for codes in lists for code in codes}


@pytest.mark.parametrize("product", BASES)
def test_the_bases_are_accepted(product: str) -> None:
    """A sweep starts from an application that nothing stands against."""
    case, needed = BASES[product]
    body = generated.changed(case, (*needed, ("request.product", product)))
    assert oracle.decide(body)["status"] == "APPROVE_RECOMMENDED"


def test_the_sweeps_reach_every_row_with_an_outcome_code() -> None:
    """No row of the findings, signals, tiers, prices and lanes stays untried."""
    bodies = [body for sweep in SWEEPS for body in swept(*sweep)]
    bodies += [generated.changed(case, changes) for case, changes in PAIRED]
    reached = set().union(*(codes_of(oracle.decide(body)) for body in bodies))
    rows = [row for d in shipped.ruleset().decisions.values() if isinstance(d.logic, Table) for row in d.logic.rows]
    wanted = {row.code for row in rows if row.code is not None and row.code[0] in "RETPGW"}
    assert wanted - reached == set()


@pytest.mark.parametrize(("product", "fact"), SWEEPS)
def test_they_agree_on_every_edge(product: str, fact: str) -> None:
    """One fact at a time, on, beside and off each limit, and missing."""
    for body in swept(product, fact):
        told, decided = compared(body)
        assert told == decided


@pytest.mark.parametrize(("case", "changes"), PAIRED)
def test_they_agree_on_pairs(case: str, changes: tuple[Change, ...]) -> None:
    """Rows that ask for several facts at once."""
    told, decided = compared(generated.changed(case, changes))
    assert told == decided


@settings(max_examples=examples(65), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(generated.applications())
def test_they_agree_on_mixtures(application: dict[str, Any]) -> None:
    """Any few facts changed or missing at once."""
    told, decided = compared(application)
    assert told == decided


def test_nothing_is_lost_where_a_part_cannot_be_told() -> None:
    """Without the tier of the city one member of the routing is null; reasons, route and approval are as without it."""
    result = shipped.result(generated.changed("EX-01", (("applicant.city_tier", None),)))
    assert result.status == result.outcome["status"] == "REFERRED"
    assert [reason.code for reason in result.reasons] == ["P401", "P411", "P422", "P442"]
    assert result.outcome["routing"]["remote_expert"] is None
    assert (result.outcome["routing"]["team"], result.outcome["approval"]["four_eyes"]) == ("STRATEGIC_CLIENTS", True)
    named = [each for each in result.undetermined if isinstance(each, UndeterminedMember)]
    assert [(each.member, each.because[0].subject) for each in named] == [
        ("/outcome/routing/remote_expert", "city_tier")
    ]


@settings(max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(generated.applications())
def test_all_matchers_decide_alike(application: dict[str, Any]) -> None:
    """The whole outcome is the same, whichever matcher runs the rows."""
    by_index = shipped.outcome(application, "bitmap")
    assert shipped.outcome(application, "rete") == by_index
    assert shipped.outcome(application, "linear") == by_index
