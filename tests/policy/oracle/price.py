"""Rates by the policy (POLICY.md B5). An adjustment that cannot be told is left out and leaves the price `open`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests.policy.oracle.customer import Customer
from tests.policy.oracle.facts import Facts
from tests.policy.oracle.kleene import Truth, above, all_of, among, at_least, equal, no
from tests.policy.oracle.reference import lpr

DISCOUNT_CAP = {"strategic": 80, "core": 60, "ordinary": 40, "unrated": 0}


@dataclass(frozen=True)
class Price:
    """What one product would cost; money in percent, adjustments in whole bp."""

    lpr_tenor: str
    lpr_pct: Decimal
    published: date
    adjustments: list[tuple[str, int]]
    dropped: bool
    discount_sum: int
    discount: int
    surcharge: int
    floor_applied: bool
    rate: Decimal
    spread: int
    stale: bool

    @property
    def codes(self) -> list[str]:
        """Codes of the adjustments and of the two conditions on the price."""
        return [code for code, _ in self.adjustments] + ["P481"] * self.stale + ["P471"] * self.dropped


def adjustments(f: Facts, c: Customer, product: str) -> list[tuple[str, int, Truth]]:
    """Code, bp and whether it applies."""
    tier, rating, security = c.tier, f["credit_rating"], f["guarantee_type"]
    years, share = f["relationship_years"], f["settlement_share_pct"]
    deep = all_of(at_least(years, "5"), at_least(share, "50"))
    return [
        ("P401", -30, tier == "strategic"),
        ("P402", -10, tier == "core"),
        ("P403", 20, tier in ("ordinary", "unrated")),
        ("P411", -20, product == "INNOV"),
        ("P412", -35, product == "CARBON"),
        ("P413", -15, product == "MFG_UPG"),
        ("P414", -10, product == "SCF"),
        ("P415", 10, product == "SME_FLEX"),
        ("P416", -10, all_of(product == "SME_FLEX", c.flags["growing_sme"])),
        ("P421", -15, equal(rating, "AAA")),
        ("P422", -10, equal(rating, "AA")),
        ("P423", 15, equal(rating, "BBB")),
        ("P424", 40, among(rating, ("BB", "B"))),
        ("P431", -5, c.flags["lower_tier_region"]),
        ("P441", -10, deep),
        ("P442", -5, all_of(at_least(years, "3"), at_least(share, "30"), no(deep))),
        ("P451", -10, among(security, ("mortgage", "pledge", "deposit_pledge"))),
        ("P452", 15, all_of(equal(security, "credit"), product != "INNOV")),
        ("P461", 10, above(f["tenor_months"], "120")),
        ("P462", 15, equal(f["rate_type"], "fixed")),
    ]


def _quota_used_up(f: Facts, c: Customer) -> Truth:
    return all_of(c.tier != "strategic", at_least(f["pref_quota_used_pct"], "80"))


def is_open(f: Facts, c: Customer, product: str) -> bool:
    """Whether some adjustment or condition cannot be told; without a tenor the base rate is not known either."""
    rows = [applies for *_, applies in adjustments(f, c, product)]
    return any(t is None for t in (*rows, _quota_used_up(f, c), f["tenor_months"]))


def price(f: Facts, c: Customer, product: str) -> Price | None:
    """None without a tenor."""
    tenor = f["tenor_months"]
    if tenor is None:
        return None
    lpr_tenor, floor = ("1Y", Decimal("2.30")) if tenor <= 60 else ("5Y+", Decimal("2.70"))
    published, base = lpr(lpr_tenor, f["application_date"])
    dropped = bool(_quota_used_up(f, c))
    applied = [(code, bp) for code, bp, applies in adjustments(f, c, product) if applies]
    kept = [bp for code, bp in applied if not (dropped and bp < 0 and code.startswith("P41"))]
    discount_sum = sum(bp for bp in kept if bp < 0)
    discount = max(discount_sum, -DISCOUNT_CAP[c.tier])
    surcharge = sum(bp for bp in kept if bp > 0)
    raw = base + Decimal(discount + surcharge) / 100
    rate = max(raw, floor)
    stale = (f["application_date"] - published).days > 40
    return Price(lpr_tenor, base, published, applied, dropped, discount_sum, discount, surcharge, raw < floor, rate,
                 int((rate - base) * 100), stale)  # fmt: skip
