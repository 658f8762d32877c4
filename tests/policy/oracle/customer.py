"""The customer by the policy (POLICY.md B1 to B3): segments, risk signals, score and tier.

Where a missing fact keeps a condition from being told (`None`), a signal or a cap is left out and the
customer is `open`: the application goes to a person.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from tests.policy.oracle.facts import Facts
from tests.policy.oracle.kleene import Number, Truth, above, all_of, among, any_of, at_least, at_most, below, equal
from tests.policy.oracle.reference import SIZE_MINIMUMS

LADDER = ("ordinary", "core", "strategic")
SEGMENTS = ("tech", "manufacturing", "new_energy", "two_high", "lower_tier_region", "growing_sme")


@dataclass(frozen=True)
class Customer:
    """What is known about the applicant before any product. `stage` is None when it cannot be told."""

    size: str
    stage: str | None
    flags: dict[str, Truth]
    qualification: str
    signals: tuple[tuple[str, str], ...]
    ews_level: str
    signals_open: bool
    scores: dict[str, int] | None
    tier: str
    tier_codes: tuple[str, ...]
    refer_codes: tuple[str, ...]
    open: bool = field(default=False)

    @property
    def segments(self) -> list[str]:
        """The flags that are surely true, in the order of the policy."""
        return [name for name in SEGMENTS if self.flags[name]]


def size_of(f: Facts) -> str:
    """L, M, S or XS by the size standard; UNKNOWN when the industry or an indicator that counts is missing."""
    minimums = SIZE_MINIMUMS.get(f["industry_key"] or "")
    if minimums is None or any(f[indicator] is None for indicator, *_ in minimums):
        return "UNKNOWN"
    for index, size in enumerate(("L", "M", "S"), start=1):
        if all(f[row[0]] >= row[index] for row in minimums):
            return size
    return "XS"


def stage_of(f: Facts, size: str) -> str | None:
    """startup, growth or mature (SEG-10 to SEG-13)."""
    years, growth = f["years_operating"], f["revenue_growth_pct"]
    startup = below(years, "3")
    growing = any_of(
        all_of(at_least(years, "3"), at_most(years, "10"), at_least(growth, "10")),
        all_of(above(years, "10"), at_least(growth, "20"), size in ("M", "S")),
    )
    if startup:
        return "startup"
    if growing:
        return "growth"
    return None if startup is None or growing is None else "mature"


def flags_of(f: Facts, size: str, stage: str | None) -> dict[str, Truth]:
    """SEG-06 to SEG-09, SEG-14, SEG-15. A power-sector code (44) of fewer than four digits does not tell its class."""
    code = f["industry_code"]
    division = None if code is None else code[1:3]
    shallow = code is None or (division == "44" and len(code) < 5)
    klass = None if shallow else code[1:]
    tech = f["hnte_valid"] or f["tech_sme"] or f["single_champion"] or f["srdi_level"] in ("srdi", "little_giant")
    return {
        "tech": tech,
        "manufacturing": None if code is None else code[0] == "C",
        "new_energy": any_of(
            among(klass, ("4413", "4415", "4416", "4417")), equal(f["green_category"], "clean_energy")
        ),
        "two_high": any_of(among(division, ("25", "26", "30", "31", "32")), equal(klass, "4411")),
        "lower_tier_region": among(f["city_tier"], ("T3", "T4", "T5")),
        "growing_sme": all_of(size in ("M", "S", "XS"), equal(stage, "growth")),
    }


def qualification_of(f: Facts) -> str:
    """The highest technology qualification held."""
    if f["single_champion"] or f["srdi_level"] == "little_giant":
        return "champion_or_little_giant"
    if f["hnte_valid"] or f["srdi_level"] == "srdi":
        return "srdi_or_hnte"
    return "tech_sme_or_innovative" if f["tech_sme"] or f["srdi_level"] == "innovative" else "none"


def _within(value: Number, low: str, high: str) -> Truth:
    return all_of(above(value, low), at_most(value, high))


def signals_of(f: Facts) -> list[tuple[str, str, Truth]]:
    """Code, level and whether it holds, EWS-01 to EWS-19. No interest cover means no interest to cover."""
    alr, current, cover = f["asset_liability_pct"], f["current_ratio"], f["interest_cover"]
    latest, prior = f["ocf_latest_wan"], f["ocf_prior_wan"]
    guarantees, change, overdue = f["guarantee_to_net_assets_pct"], f["revenue_yoy_pct"], f["overdue_days"]
    has_interest = cover is not None
    return [
        ("W601", "YELLOW", _within(alr, "70", "80")),
        ("W602", "ORANGE", above(alr, "80")),
        ("W603", "YELLOW", all_of(below(current, "1"), at_least(current, "0.8"))),
        ("W604", "ORANGE", below(current, "0.8")),
        ("W605", "YELLOW", all_of(has_interest, below(cover, "1.5"), at_least(cover, "1"))),
        ("W606", "RED", all_of(has_interest, below(cover, "1"))),
        ("W607", "YELLOW", all_of(at_most(latest, "0"), above(prior, "0"))),
        ("W608", "ORANGE", all_of(at_most(latest, "0"), at_most(prior, "0"))),
        ("W609", "YELLOW", above(f["receivable_days"], "180")),
        ("W610", "YELLOW", _within(guarantees, "50", "100")),
        ("W611", "ORANGE", above(guarantees, "100")),
        ("W612", "YELLOW", _within(change, "-40", "-20")),
        ("W613", "ORANGE", at_most(change, "-40")),
        ("W614", "YELLOW", all_of(at_least(overdue, "1"), at_most(overdue, "30"))),
        ("W615", "ORANGE", _within(overdue, "30", "90")),
        ("W616", "RED", above(overdue, "90")),
        ("W617", "RED", f["dishonest_executee"]),
        ("W618", "YELLOW", f["env_penalty_12m"]),
        ("W619", "ORANGE", equal(f["tax_rating"], "D")),
    ]


def level_of(levels: list[str]) -> str:
    """RED from one red or two orange, ORANGE from one orange or three yellow, YELLOW from one yellow, else GREEN."""
    orange, yellow = levels.count("ORANGE"), levels.count("YELLOW")
    if "RED" in levels or orange >= 2:
        return "RED"
    if orange or yellow >= 3:
        return "ORANGE"
    return "YELLOW" if yellow else "GREEN"


def _from_above(value: Number, *bands: tuple[str, int]) -> int:
    return next((points for limit, points in bands if at_least(value, limit)), 0)


def _from_below(value: Number, *bands: tuple[str, int]) -> int:
    return next((points for limit, points in bands if at_most(value, limit)), 0)


def scores_of(f: Facts, qualification: str) -> dict[str, int]:
    """Points by dimension. A missing fact earns none, but no interest to cover earns all eight."""
    latest, prior = f["ocf_latest_wan"], f["ocf_prior_wan"]
    cash = 0 if latest is None or prior is None else 5 * (latest > 0) + 2 * (prior > 0) + (latest > 0 and prior > 0)
    cover = f["interest_cover"]
    return {
        "qualification": {"AAA": 12, "AA": 10, "A": 8, "BBB": 5, "BB": 2}.get(f["credit_rating"], 0)
        + {"champion_or_little_giant": 8, "srdi_or_hnte": 6, "tech_sme_or_innovative": 4}.get(qualification, 0)
        + {"A": 5, "B": 4, "M": 3, "C": 1}.get(f["tax_rating"], 0)
        + {"green": 5, "blue": 4, "none": 3, "yellow": 1}.get(f["env_rating"], 0),
        "financial": _from_below(f["asset_liability_pct"], ("40", 10), ("55", 8), ("65", 6), ("70", 4), ("80", 2))
        + _from_above(f["current_ratio"], ("2", 8), ("1.5", 6), ("1.2", 4), ("1", 2))
        + (8 if cover is None else _from_above(cover, ("5", 8), ("3", 6), ("2", 4), ("1.2", 2)))
        + cash
        + _from_below(f["receivable_days"], ("60", 6), ("90", 4), ("120", 2)),
        "performance": _from_above(f["revenue_growth_pct"], ("20", 10), ("10", 8), ("5", 6), ("0", 3))
        + _from_above(f["profit_years"], ("3", 8), ("2", 5), ("1", 2))
        + _from_above(f["relationship_years"], ("5", 6), ("3", 4), ("1", 2))
        + _from_above(f["settlement_share_pct"], ("50", 6), ("30", 4), ("10", 2)),
    }


def tier_of(f: Facts, scores: dict[str, int], qualification: str, level: str) -> tuple[str, list[str], bool]:
    """The tier, the codes of the rows that changed it in row order, and whether some row could not be told."""
    score = sum(scores.values())
    high = among(f["credit_rating"], ("AAA", "AA"))
    financial = Decimal(scores["financial"])
    rows: list[tuple[str, str, Truth]] = [
        ("T201", "strategic", all_of(score >= 75, qualification == "champion_or_little_giant", high)),
        ("T202", "core", None if high is None else not high),
        ("T203", "core", below(financial, "20")),
        ("T204", "ordinary", below(financial, "12")),
        ("T205", "ordinary", equal(f["five_category"], "special_mention")),
        ("T206", "core", below(f["years_operating"], "2")),
        ("T207", "core", among(f["audit_opinion"], ("none", "qualified"))),
        ("T208", "ordinary", equal(f["env_rating"], "red")),
        ("T209", "ordinary", level == "RED"),
    ]
    rank = 2 if score >= 80 else 1 if score >= 60 else 0
    codes = []
    for code, to, holds in rows:
        target = LADDER.index(to)
        if holds and (target > rank if code == "T201" else target < rank):
            rank = target
            codes.append(code)
    return LADDER[rank], codes, any(holds is None for *_, holds in rows)


def customer_of(f: Facts) -> Customer:
    """Everything the policy says about the applicant itself."""
    size = size_of(f)
    stage = stage_of(f, size)
    qualification = qualification_of(f)
    signals = signals_of(f)
    raised = tuple((code, level) for code, level, holds in signals if holds)
    signals_open = any(holds is None for *_, holds in signals)
    level = level_of([level for _, level in raised])
    mandatory = ("credit_rating", "asset_liability_pct", "current_ratio", "revenue_growth_pct", "profit_years")
    scores, tier, codes, open_tier = None, "unrated", ["T210"], False
    if all(f[name] is not None for name in mandatory):
        scores = scores_of(f, qualification)
        tier, codes, open_tier = tier_of(f, scores, qualification, level)
    refer = ["S05"] * (size == "UNKNOWN") + ["T210"] * (scores is None)
    return Customer(
        size, stage, flags_of(f, size, stage), qualification, raised, level, signals_open, scores, tier,
        tuple(codes), tuple(refer), signals_open or open_tier,
    )  # fmt: skip
