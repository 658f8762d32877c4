"""Applications on the edges of the policy: a worked case with facts on, beside or off a limit, or away."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import strategies as st

from tests.policy import shipped

NOTHING = None
BOOLEANS = (True, False, NOTHING)
RATINGS = ("AAA", "AA", "A", "BBB", "BB", "B", "CCC", "D", NOTHING)

# group.fact: values; numbers are written as texts
EDGES: dict[str, tuple[Any, ...]] = {
    "application_date": (
        "2024-01-01", "2024-02-19", "2025-12-30", "2026-05-30", "2026-05-31", "2026-06-21", "2026-09-29",
        "2026-09-30", "2026-12-22", "2026-12-23",
    ),
    "applicant.industry_key": ("agriculture", "construction", "wholesale", "leasing_business", "other", NOTHING),
    "applicant.industry_code": (
        "A01", "C25", "C2614", "C3011", "C39", "D44", "D441", "D4411", "D4412", "D4413", "D4415", "D4417", "D4511",
        NOTHING,
    ),
    "applicant.city_tier": ("T1", "T2", "T3", "T4", "T5", NOTHING),
    "applicant.employees": ("0", "9", "10", "19", "20", "99", "100", "299", "300", "999", "1000", NOTHING),
    "applicant.revenue_wan": ("49", "50", "299.99", "300", "1999", "2000", "9999", "10000", "40000", "80000", NOTHING),
    "applicant.total_assets_wan": ("99", "100", "300", "5000", "7999", "8000", "80000", "120000", NOTHING),
    "applicant.years_operating": ("0", "0.9", "1", "1.9", "2", "2.9", "3", "10", "10.1", "15", NOTHING),
    "qualification.credit_rating": RATINGS,
    "qualification.hnte_valid": BOOLEANS,
    "qualification.tech_sme": BOOLEANS,
    "qualification.srdi_level": ("none", "innovative", "srdi", "little_giant", NOTHING),
    "qualification.single_champion": BOOLEANS,
    "qualification.tax_rating": ("A", "B", "M", "C", "D", NOTHING),
    "qualification.env_rating": ("green", "blue", "none", "yellow", "red", NOTHING),
    "qualification.rd_ratio_pct": ("2.99", "3", NOTHING),
    "qualification.invention_patents": ("0", "1", NOTHING),
    "financials.asset_liability_pct": (
        "40", "40.01", "55", "55.01", "65", "65.1", "70", "70.01", "75", "75.01", "80", "80.01", "85", "85.01", NOTHING,
    ),
    "financials.current_ratio": ("0.79", "0.8", "0.99", "1", "1.19", "1.2", "1.49", "1.5", "1.99", "2", NOTHING),
    "financials.interest_cover": ("-1", "0.99", "1", "1.19", "1.2", "1.49", "1.5", "2", "2.99", "3", "5", NOTHING),
    "financials.ocf_latest_wan": ("-5", "0", "0.01", NOTHING),
    "financials.ocf_prior_wan": ("-5", "0", "0.01", NOTHING),
    "financials.receivable_days": ("60", "60.5", "90", "91", "120", "121", "180", "181", NOTHING),
    "financials.guarantee_to_net_assets_pct": ("50", "50.01", "100", "100.01", NOTHING),
    "financials.audit_opinion": ("unqualified", "qualified", "adverse", "disclaimer", "none", NOTHING),
    "performance.revenue_growth_pct": ("-0.01", "0", "4.99", "5", "9.99", "10", "19.99", "20", NOTHING),
    "performance.revenue_yoy_pct": ("-19.99", "-20", "-39.99", "-40", NOTHING),
    "performance.profit_years": ("0", "1", "2", "3", NOTHING),
    "performance.relationship_years": ("0.5", "1", "2.9", "3", "4.9", "5", NOTHING),
    "performance.settlement_share_pct": ("0", "9.99", "10", "29.99", "30", "49.99", "50", NOTHING),
    "risk.dishonest_executee": BOOLEANS,
    "risk.serious_violation_list": BOOLEANS,
    "risk.abnormal_operation_list": BOOLEANS,
    "risk.five_category": ("normal", "special_mention", "substandard", "doubtful", "loss", NOTHING),
    "risk.overdue_days": ("0", "1", "30", "31", "90", "91", NOTHING),
    "risk.env_major_violation_36m": BOOLEANS,
    "risk.env_penalty_12m": BOOLEANS,
    "risk.obsolete_capacity": BOOLEANS,
    "request.product": (
        "INNOV", "CARBON", "MFG_UPG", "PROJ_FIN", "SME_FLEX", "SCF", "FX_HEDGE", "RATE_LOCK", "SETTLE", "WEALTH",
    ),
    "request.amount_wan": (
        "0", "0.01", "500", "500.01", "999.99", "1000", "1000.01", "3000", "3000.01", "20000", "20000.01", "300001",
        NOTHING,
    ),
    "request.tenor_months": (
        "0", "1", "12", "13", "36", "37", "60", "61", "96", "97", "120", "121", "180", "181", NOTHING,
    ),
    "request.purpose": (
        "rd", "equipment", "tech_upgrade", "project", "acquisition", "working_capital", "equity_investment",
        "land_purchase", "speculation", NOTHING,
    ),
    "request.guarantee_type": ("credit", "guarantee", "mortgage", "pledge", "deposit_pledge", NOTHING),
    "request.rate_type": ("fixed", "floating", NOTHING),
    "request.channel": ("online", "offline", NOTHING),
    "request.documents_complete": BOOLEANS,
    "project.green_category": (
        "none", "clean_energy", "energy_saving", "carbon_reduction_tech", "other_green", NOTHING,
    ),
    "project.project_class": ("default", "steel", "cement", "coal", "airport", "road_rail_metro", NOTHING),
    "project.total_investment_wan": ("0", "1250", "4999.99", "5000", "30000", NOTHING),
    "project.capital_wan": ("0", "999", "1000", "5999.99", "6000", "7500", "12000", NOTHING),
    "project.approvals_complete": BOOLEANS,
    "project.carbon_reduction_tpa": ("-1", "0", "0.01", NOTHING),
    "project.carbon_verified": BOOLEANS,
    "project.dscr": ("1.19", "1.2", NOTHING),
    "bank.net_capital_wan": ("0", "10000", "1000000", NOTHING),
    "bank.tier1_net_wan": ("0", "5000", "900000", NOTHING),
    "bank.existing_loans_wan": ("0", "99500", "300000", NOTHING),
    "bank.group_exposure_wan": ("0", "179500", "520000", NOTHING),
    "bank.pref_quota_used_pct": ("79.99", "80", "100", NOTHING),
    "extra.fx_exposure_wan": ("-1", "0", "499.99", "500", NOTHING),
    "extra.fx_hedged_pct": ("49.99", "50", NOTHING),
    "extra.hedge_notional_wan": ("500", "500.01", NOTHING),
    "extra.trade_background_verified": BOOLEANS,
    "extra.risk_disclosure_signed": BOOLEANS,
    "extra.floating_loan_balance_wan": ("0", "0.01", "800", NOTHING),
    "extra.lock_notional_wan": ("800", "800.01", NOTHING),
    "extra.receivable_wan": ("0", "375", "1250", NOTHING),
    "extra.core_buyer_rating": RATINGS,
    "extra.receivable_confirmed": BOOLEANS,
    "extra.wealth_risk_match": BOOLEANS,
    "extra.kyc_complete": BOOLEANS,
    "extra.commodity_or_export": BOOLEANS,
}  # fmt: skip

# The facts of the products that the worked cases do not ask for, all in order.
EXTRA = {
    "fx_exposure_wan": 500, "fx_hedged_pct": 0, "hedge_notional_wan": 500, "trade_background_verified": True,
    "risk_disclosure_signed": True, "floating_loan_balance_wan": 800, "lock_notional_wan": 800, "receivable_wan": 1250,
    "core_buyer_rating": "A", "receivable_confirmed": True, "wealth_risk_match": True, "kyc_complete": True,
    "commodity_or_export": False,
}  # fmt: skip
Change = tuple[str, Any]
CHANGES: tuple[Change, ...] = tuple((name, value) for name, values in EDGES.items() for value in values)


def _number(text: str) -> int | float | None:
    try:
        return json.loads(text)  # type: ignore[no-any-return]
    except ValueError:
        return None


def changed(case: str, changes: tuple[Change, ...]) -> dict[str, Any]:
    """The worked case, with facts of every product, and each change made in turn; None takes the fact away."""
    body = copy.deepcopy(shipped.application(case))
    body["extra"] = dict(EXTRA)
    for name, value in changes:
        group, _, fact = name.rpartition(".")
        holder = body[group] if group else body
        number = _number(value) if isinstance(value, str) else None
        holder[fact] = value if number is None else number
        if value is NOTHING and len(changes) % 2:
            del holder[fact]
    return body


def applications() -> st.SearchStrategy[dict[str, Any]]:
    """A worked case with up to eight changes."""
    changes = st.lists(st.sampled_from(CHANGES), max_size=8, unique_by=lambda c: c[0]).map(tuple)
    return st.builds(changed, st.sampled_from(shipped.CASES), changes)
