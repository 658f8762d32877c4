"""Where well-known fields of applications and outcomes are found: the only place that knows their names. Pure.

The engine knows no lending; with other rule files a field that is not there is simply empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

APPLICATION_DATE = ("application_date",)
"""Where an application says its date: the date that rules and reference data are taken as of."""

REGION = ("applicant", "region_code")
"""Where an application says its region: a code of GB/T 2260, whose first two digits are the province."""

PROVINCE_DIGITS = 2

CUSTOMER = ("applicant", "uscc")
"""Where an application names the customer: whose data key seals the decision, and who can be erased."""

APPLICATION_ID = ("application_id",)

IN_APPLICATION: Mapping[str, tuple[str, ...]] = {
    "customer": CUSTOMER,
    "application_id": APPLICATION_ID,
    "product": ("request", "product"),
}
IN_OUTCOME: Mapping[str, tuple[str, ...]] = {
    "tier": ("tier",),
    "route": ("routing", "lane"),
}


def text_at(tree: Any, path: tuple[str, ...]) -> str | None:
    """The text at a place of nested objects, None when there is none."""
    for name in path:
        tree = tree.get(name) if isinstance(tree, Mapping) else None
    return tree if isinstance(tree, str) else None


def application_date(application: Any) -> date | None:
    """The date an application says it is of; None when it does not say, or not as a date."""
    found = text_at(application, APPLICATION_DATE)
    try:
        return date.fromisoformat(found) if found else None
    except ValueError:
        return None


def region_of(application: Mapping[str, Any]) -> str | None:
    """The province an application belongs to, None when it does not say."""
    code = text_at(application, REGION)
    return code[:PROVINCE_DIGITS] if code else None


def search_values(application: Mapping[str, Any], outcome: Mapping[str, Any]) -> dict[str, str | None]:
    """What a decision can be found by."""
    found = {name: text_at(application, path) for name, path in IN_APPLICATION.items()}
    return found | {name: text_at(outcome, path) for name, path in IN_OUTCOME.items()}
