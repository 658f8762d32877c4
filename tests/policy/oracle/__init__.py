"""The lending policy a second time, in plain Python, written from POLICY.md and not from the rule files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.policy.oracle.customer import Customer, customer_of
from tests.policy.oracle.facts import Facts, facts_of
from tests.policy.oracle.price import Price, is_open, price
from tests.policy.oracle.product import LOANS, findings
from tests.policy.oracle.route import route, services

Assessment = tuple[str, list[str], list[str]]


def assess(f: Facts, c: Customer, product: str) -> Assessment:
    """Status, decline codes and refer codes. A finding or an adjustment that cannot be told is referred."""
    rows = findings(f, c, product)
    declines = [code for code, kind, holds in rows if holds and kind == "decline"]
    refers = [*c.refer_codes, *(code for code, kind, holds in rows if holds and kind == "refer")]
    untold = c.open or any(holds is None for *_, holds in rows) or (product in LOANS and is_open(f, c, product))
    status = "DECLINED" if declines else "REFERRED" if refers or untold else "APPROVE_RECOMMENDED"
    return status, declines, refers


def _pricing(p: Price | None, status: str) -> dict[str, Any] | None:
    return (
        None
        if p is None
        else {
            "lpr_tenor": p.lpr_tenor,
            "lpr_pct": f"{p.lpr_pct:.2f}",
            "lpr_published": p.published.isoformat(),
            "adjustments": [list(pair) for pair in p.adjustments],
            "product_discount_dropped": p.dropped,
            "discount_sum_bp": p.discount_sum,
            "discount_applied_bp": p.discount,
            "surcharge_bp": p.surcharge,
            "floor_applied": p.floor_applied,
            "rate_pct": f"{p.rate:.2f}",
            "spread_bp": p.spread,
            "codes": p.codes,
            "indicative": status == "REFERRED" or p.stale,
        }
    )


def _alternatives(f: Facts, c: Customer) -> list[dict[str, Any]]:
    if f["product"] not in LOANS:
        return []
    found = []
    for product in LOANS:
        if product == f["product"]:
            continue
        status, declines, refers = assess(f, c, product)
        offer = None if status == "DECLINED" else price(f, c, product)
        rate = f"{offer.rate:.2f}" if offer else None
        found.append({"product": product, "status": status, "reasons": declines + refers, "rate_pct": rate})
    return sorted(found, key=lambda a: (a["rate_pct"] is None, a["rate_pct"] or ""))


def reasons(outcome: Mapping[str, Any]) -> list[str]:
    """The codes that explain an outcome: of the status and the tier, then of the price and the route, each once."""
    pricing, routing = outcome["pricing"] or {"codes": []}, outcome["routing"] or {"codes": [], "warnings": []}
    codes = outcome["decline_codes"] + outcome["refer_codes"] + outcome["tier_codes"]
    return list(dict.fromkeys([*codes, *pricing["codes"], *routing["codes"], *routing["warnings"]]))


def decide(application: Mapping[str, Any]) -> dict[str, Any]:
    """The outcome of an application, with the keys and value forms of the worked cases, and the alternatives."""
    f = facts_of(application)
    c = customer_of(f)
    status, declines, refers = assess(f, c, f["product"])
    terms = f["product"] in LOANS and status != "DECLINED"
    offer = price(f, c, f["product"]) if terms else None
    return {
        "size": c.size,
        "stage": c.stage,
        "segments": c.segments,
        "ews_level": c.ews_level,
        "ews_codes": [code for code, _ in c.signals],
        "score": None if c.scores is None else sum(c.scores.values()),
        "dimension_scores": c.scores,
        "tier": c.tier,
        "tier_codes": list(c.tier_codes),
        "status": status,
        "decline_codes": declines,
        "refer_codes": refers,
        "pricing": _pricing(offer, status),
        "routing": route(f, c, status, offer) if terms else None,
        "services": [] if status == "DECLINED" else services(f),
        "alternatives": _alternatives(f, c),
    }
