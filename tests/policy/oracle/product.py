"""Adverse findings by the policy (POLICY.md B4), for any product.

`None` where a missing fact keeps a row from being told: such a row counts as a referral without a code. The
policy's "is not" about an application fact is true of a missing fact.
"""

from __future__ import annotations

from tests.policy.oracle.customer import Customer
from tests.policy.oracle.facts import Facts
from tests.policy.oracle.kleene import (
    Number,
    Truth,
    above,
    all_of,
    among,
    at_least,
    at_most,
    below,
    equal,
    no,
    percent,
    plus,
)
from tests.policy.oracle.reference import PROJECT_CAPITAL

Finding = tuple[str, str, Truth]

LOANS = ("INNOV", "CARBON", "MFG_UPG", "PROJ_FIN", "SME_FLEX", "SCF")
MANDATORY = {
    "loan": "dishonest_executee serious_violation_list abnormal_operation_list five_category overdue_days "
    "env_major_violation_36m obsolete_capacity net_capital_wan tier1_net_wan existing_loans_wan group_exposure_wan "
    "amount_wan tenor_months purpose guarantee_type audit_opinion asset_liability_pct guarantee_to_net_assets_pct",
    "INNOV": "rd_ratio_pct invention_patents",
    "CARBON": "green_category capital_wan approvals_complete carbon_reduction_tpa carbon_verified env_rating",
    "MFG_UPG": "green_category",
    "PROJ_FIN": "dscr capital_wan approvals_complete project_class",
    "SME_FLEX": "tax_rating years_operating",
    "SCF": "core_buyer_rating receivable_confirmed receivable_wan",
    "FX_HEDGE": "dishonest_executee fx_exposure_wan hedge_notional_wan",
    "RATE_LOCK": "dishonest_executee floating_loan_balance_wan lock_notional_wan",
    "SETTLE": "dishonest_executee",
    "WEALTH": "dishonest_executee wealth_risk_match overdue_days",
}
POSITIVE = {
    "loan": "amount_wan tenor_months net_capital_wan tier1_net_wan",
    "CARBON": "total_investment_wan",
    "MFG_UPG": "total_investment_wan",
    "PROJ_FIN": "total_investment_wan",
    "SCF": "receivable_wan",
}


def missing(f: Facts, product: str) -> bool:
    """Whether a mandatory fact of the product is missing, or one that must be above zero is not."""
    keys = ("loan", product) if product in LOANS else (product,)
    absent = any(f[name] is None for key in keys for name in MANDATORY[key].split())
    return absent or any(not f[name] or f[name] <= 0 for key in keys for name in POSITIVE.get(key, "").split())


def _is_not(value: object, wanted: object) -> bool:
    return value != wanted


def _more(left: Number, right: Number) -> Truth:
    return None if left is None or right is None else left > right


def common(f: Facts, product: str) -> list[Finding]:
    """R101 to R198."""
    rows: list[Finding] = [
        ("R101", "decline", f["dishonest_executee"]),
        ("R102", "decline", f["serious_violation_list"]),
    ]
    if product in LOANS:
        rows += _common_loan(f)
    return [*rows, ("R198", "refer", missing(f, product))]


def _common_loan(f: Facts) -> list[Finding]:
    amount, overdue = f["amount_wan"], f["overdue_days"]
    loans = percent(plus(f["existing_loans_wan"], amount), f["net_capital_wan"])
    group = percent(plus(f["group_exposure_wan"], amount), f["tier1_net_wan"])
    forbidden = ("equity_investment", "land_purchase", "securities", "speculation")
    return [
        ("R103", "decline", among(f["five_category"], ("substandard", "doubtful", "loss"))),
        ("R104", "decline", above(overdue, "30")),
        ("R105", "refer", all_of(at_least(overdue, "1"), at_most(overdue, "30"))),
        ("R106", "decline", f["env_major_violation_36m"]),
        ("R107", "decline", among(f["purpose"], forbidden)),
        ("R108", "decline", f["obsolete_capacity"]),
        ("R109", "decline", above(loans, "10")),
        ("R110", "decline", above(group, "20")),
        ("R111", "refer", f["abnormal_operation_list"]),
        ("R112", "decline", among(f["credit_rating"], ("CCC", "CC", "C", "D"))),
        ("R113", "refer", above(f["asset_liability_pct"], "85")),
        ("R114", "refer", above(f["guarantee_to_net_assets_pct"], "100")),
        ("R115", "decline", among(f["audit_opinion"], ("adverse", "disclaimer"))),
        ("R116", "refer", equal(f["five_category"], "special_mention")),
    ]


def innovation(f: Facts, c: Customer) -> list[Finding]:
    """E301 to E312."""
    tenor, amount = f["tenor_months"], f["amount_wan"]
    working_capital = equal(f["purpose"], "working_capital")
    champion = c.qualification == "champion_or_little_giant"
    return [
        ("E301", "decline", no(c.flags["tech"])),
        ("E302", "decline", no(equal(c.stage, "growth"))),
        ("E303", "decline", above(tenor, "120")),
        ("E304", "decline", _is_not(f["guarantee_type"], "credit")),
        ("E305", "decline", no(among(f["credit_rating"], ("AAA", "AA", "A", "BBB")))),
        ("E306", "decline", below(f["rd_ratio_pct"], "3")),
        ("E307", "decline", below(f["invention_patents"], "1")),
        ("E308", "decline", all_of(champion, above(amount, "3000"))),
        ("E309", "decline", all_of(not champion, above(amount, "1000"))),
        ("E310", "decline", all_of(working_capital, above(tenor, "60"))),
        ("E311", "refer", all_of(working_capital, above(tenor, "36"), at_most(tenor, "60"))),
        ("E312", "refer", above(f["asset_liability_pct"], "75")),
    ]


def _over_need(f: Facts) -> Truth:
    own, investment = f["capital_wan"], f["total_investment_wan"]
    return None if own is None or investment is None else _more(f["amount_wan"], investment - own)


def carbon(f: Facts, c: Customer) -> list[Finding]:
    """E321 to E330."""
    fields = ("clean_energy", "energy_saving", "carbon_reduction_tech")
    reduction = f["carbon_reduction_tpa"]
    return [
        ("E321", "decline", no(among(f["green_category"], fields))),
        ("E322", "decline", below(percent(f["capital_wan"], f["total_investment_wan"]), "20")),
        ("E323", "decline", _is_not(f["approvals_complete"], True)),
        ("E324", "decline", at_most(reduction, "0")),
        ("E325", "refer", all_of(above(reduction, "0"), _is_not(f["carbon_verified"], True))),
        ("E326", "decline", above(f["tenor_months"], "180")),
        ("E328", "decline", _over_need(f)),
        ("E329", "decline", equal(f["env_rating"], "red")),
        ("E330", "decline", all_of(c.flags["two_high"], _is_not(f["green_category"], "energy_saving"))),
    ]


def manufacturing(f: Facts, c: Customer) -> list[Finding]:
    """E341 to E346."""
    return [
        ("E341", "decline", no(c.flags["manufacturing"])),
        ("E342", "decline", no(among(f["purpose"], ("equipment", "tech_upgrade")))),
        ("E343", "decline", above(f["tenor_months"], "96")),
        ("E344", "decline", above(percent(f["amount_wan"], f["total_investment_wan"]), "80")),
        ("E345", "refer", all_of(c.flags["two_high"], _is_not(f["green_category"], "energy_saving"))),
        ("E346", "decline", no(among(f["credit_rating"], ("AAA", "AA", "A", "BBB", "BB")))),
    ]


def project_finance(f: Facts, c: Customer) -> list[Finding]:
    """E361 to E366."""
    own = percent(f["capital_wan"], f["total_investment_wan"])
    minimum = PROJECT_CAPITAL.get(f["project_class"])
    return [
        ("E361", "decline", _is_not(f["purpose"], "project")),
        ("E362", "decline", None if minimum is None else below(own, str(minimum))),
        ("E363", "decline", below(f["dscr"], "1.2")),
        ("E364", "decline", _is_not(f["approvals_complete"], True)),
        ("E365", "decline", above(f["tenor_months"], "180")),
        ("E366", "decline", _over_need(f)),
    ]


def sme_flexible(f: Facts, c: Customer) -> list[Finding]:
    """E381 to E386. A size that could not be told is not one of M, S, XS."""
    return [
        ("E381", "decline", c.size not in ("M", "S", "XS")),
        ("E382", "decline", above(f["amount_wan"], "1000")),
        ("E383", "decline", above(f["tenor_months"], "36")),
        ("E384", "decline", below(f["years_operating"], "1")),
        ("E385", "decline", equal(f["tax_rating"], "D")),
        ("E386", "decline", no(among(f["credit_rating"], ("AAA", "AA", "A", "BBB", "BB")))),
    ]


def supply_chain(f: Facts, c: Customer) -> list[Finding]:
    """E401 to E404."""
    return [
        ("E401", "decline", no(among(f["core_buyer_rating"], ("AAA", "AA", "A")))),
        ("E402", "decline", _is_not(f["receivable_confirmed"], True)),
        ("E403", "decline", above(percent(f["amount_wan"], f["receivable_wan"]), "80")),
        ("E404", "decline", above(f["tenor_months"], "12")),
    ]


def fx_hedge(f: Facts, c: Customer) -> list[Finding]:
    """E421 to E424."""
    return [
        ("E421", "decline", at_most(f["fx_exposure_wan"], "0")),
        ("E422", "refer", _is_not(f["trade_background_verified"], True)),
        ("E423", "decline", _more(f["hedge_notional_wan"], f["fx_exposure_wan"])),
        ("E424", "refer", _is_not(f["risk_disclosure_signed"], True)),
    ]


def rate_lock(f: Facts, c: Customer) -> list[Finding]:
    """E431 to E433."""
    return [
        ("E431", "decline", at_most(f["floating_loan_balance_wan"], "0")),
        ("E432", "decline", _more(f["lock_notional_wan"], f["floating_loan_balance_wan"])),
        ("E433", "refer", _is_not(f["risk_disclosure_signed"], True)),
    ]


def settlement(f: Facts, c: Customer) -> list[Finding]:
    """E441."""
    return [("E441", "refer", _is_not(f["kyc_complete"], True))]


def wealth(f: Facts, c: Customer) -> list[Finding]:
    """E451 and E452."""
    return [
        ("E451", "decline", _is_not(f["wealth_risk_match"], True)),
        ("E452", "decline", at_least(f["overdue_days"], "1")),
    ]


BY_PRODUCT = {
    "INNOV": innovation, "CARBON": carbon, "MFG_UPG": manufacturing, "PROJ_FIN": project_finance,
    "SME_FLEX": sme_flexible, "SCF": supply_chain, "FX_HEDGE": fx_hedge, "RATE_LOCK": rate_lock,
    "SETTLE": settlement, "WEALTH": wealth,
}  # fmt: skip


def findings(f: Facts, c: Customer, product: str) -> list[Finding]:
    """Every row of the product with whether it holds, in row order."""
    return common(f, product) + BY_PRODUCT[product](f, c)
