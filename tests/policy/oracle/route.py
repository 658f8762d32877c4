"""Lane, approver, team and due date by the policy (POLICY.md B6).

An entry that cannot be told is no entry, a veto that cannot be told is a veto, an approver row that cannot be
told asks for head office.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.policy.oracle.customer import Customer
from tests.policy.oracle.facts import Facts
from tests.policy.oracle.kleene import Truth, above, all_of, among, at_most, below, equal
from tests.policy.oracle.price import Price
from tests.policy.oracle.reference import working_day_after


def _entries(f: Facts, c: Customer) -> list[tuple[str, Truth]]:
    green = among(f["green_category"], ("clean_energy", "energy_saving", "carbon_reduction_tech"))
    upgrade = f["product"] in ("MFG_UPG", "PROJ_FIN")
    return [
        ("G501", f["product"] == "CARBON"),
        ("G502", all_of(upgrade, green, c.tier in ("strategic", "core"))),
    ]


def _vetoes(f: Facts, c: Customer, status: str) -> list[tuple[str, Truth]]:
    return [
        ("G511", among(f["env_rating"], ("yellow", "red"))),
        ("G512", f["env_penalty_12m"]),
        ("G513", all_of(c.flags["two_high"], f["green_category"] != "energy_saving")),
        ("G514", f["approvals_complete"] is not True),
        ("G515", f["carbon_verified"] is not True),
        ("G516", c.ews_level in ("ORANGE", "RED")),
        ("G517", f["documents_complete"] is not True),
        ("G518", status == "REFERRED"),
    ]


def _online(f: Facts, c: Customer, status: str) -> Truth:
    return all_of(
        equal(f["channel"], "online"),
        f["product"] in ("INNOV", "SME_FLEX", "SCF"),
        at_most(f["amount_wan"], "1000"),
        status == "APPROVE_RECOMMENDED",
        c.ews_level in ("GREEN", "YELLOW"),
        f["documents_complete"],
    )


def lane_and_codes(f: Facts, c: Customer, status: str) -> tuple[str, list[str]]:
    """The lane, and the codes of entries, vetoes of a candidate, and the online row."""
    codes = [code for code, holds in _entries(f, c) if holds]
    vetoes = _vetoes(f, c, status) if codes else []
    green = bool(codes) and all(holds is False for _, holds in vetoes)
    online = bool(_online(f, c, status))
    codes += [code for code, holds in vetoes if holds] + ["G521"] * online
    return "GREEN" if green else "ONLINE" if online else "STANDARD", codes


def approver_level(f: Facts, status: str, price: Price | None) -> int:
    """1 sub-branch to 4 head office."""
    amount = f["amount_wan"]
    rows: list[tuple[int, Truth]] = [
        (1, at_most(amount, "500")),
        (2, all_of(above(amount, "500"), at_most(amount, "3000"))),
        (3, all_of(above(amount, "3000"), at_most(amount, "20000"))),
        (4, above(amount, "20000")),
        (4, above(f["tenor_months"], "120")),
        (3, f["product"] == "PROJ_FIN"),
        (2, status == "REFERRED"),
        (3, None if price is None else price.spread < -60),
    ]
    return max(4 if holds is None else level for level, holds in rows if holds is not False)


def _team(f: Facts, c: Customer) -> str:
    if c.tier == "strategic":
        return "STRATEGIC_CLIENTS"
    if f["product"] == "CARBON":
        return "GREEN_FINANCE"
    if c.flags["tech"]:
        return "TECH_FINANCE"
    return "INCLUSIVE_FINANCE" if c.size in ("S", "XS") else "CORPORATE_RM"


def route(f: Facts, c: Customer, status: str, price: Price | None) -> dict[str, Any]:
    """The routing as the answer shows it. STANDARD is 30 calendar days and does not roll over a holiday."""
    lane, codes = lane_and_codes(f, c, status)
    start = f["application_date"]
    due = start + timedelta(days=30) if lane == "STANDARD" else working_day_after(start, 7)
    return {
        "lane": lane,
        "codes": codes,
        "approver_level": approver_level(f, status, price),
        "team": _team(f, c),
        "remote_expert": all_of(c.flags["lower_tier_region"], f["product"] in ("INNOV", "CARBON", "PROJ_FIN")),
        "sla_due": due.isoformat() if due else None,
        "warnings": [] if due else ["CAL901"],
    }


def services(f: Facts) -> list[str]:
    """Services to offer; one that cannot be told is not offered."""
    exposure, hedged = f["fx_exposure_wan"], f["fx_hedged_pct"]
    rows: list[tuple[str, Truth]] = [
        ("FX_HEDGE", all_of(None if exposure is None else exposure >= 500, below(hedged, "50"))),
        ("RATE_LOCK", all_of(equal(f["rate_type"], "floating"), above(f["tenor_months"], "60"),
                             None if f["amount_wan"] is None else f["amount_wan"] >= 1000)),
        ("FEASIBILITY", None if f["total_investment_wan"] is None else f["total_investment_wan"] >= 5000),
        ("MARKET_RISK", f["commodity_or_export"]),
        ("SETTLE", below(f["settlement_share_pct"], "10")),
    ]  # fmt: skip
    return [service for service, holds in rows if holds]
