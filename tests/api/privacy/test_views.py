"""Erasing over HTTP: an admin limited to regions reaches no customer of another, and is not told of any."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from greenlane.api.wiring.services import Services
from tests.api.ledger.records import record
from tests.api.personal_callers import ADMIN, As

SOUTH = replace(ADMIN, regions=frozenset({"44"}))
CUSTOMERS = {
    "own": ("44", "44"),
    "other": ("32", "32"),
    "both": ("44", "32"),
    "partly nowhere": ("44", None),
    "unknown": (),
}
"""Customers by the regions of their decisions, of two years: so each has two data keys."""


@pytest.fixture
def erase(app: Flask, services: Services) -> Any:
    """Erases as a caller; every customer has its decisions."""
    services.releases.snapshots.refresh()
    release = services.releases.current.id
    for customer, regions in CUSTOMERS.items():
        years = ("2025", "2026")
        made = [
            record(customer=customer, region=region, decided_at=f"{year}-03-02T01:00:00.000000Z", release_id=release)
            for region, year in zip(regions, years, strict=False)
        ]
        if made:
            services.decisions.store.add(made)
    caller = As(app)
    return lambda by, customer: caller(by).post("/v1/erasures", json={"customer": customer})


def readable(services: Services, customer: str) -> int:
    """How many decisions of a customer can be found and read."""
    found = services.decisions.store.search({"customer": customer}, None, None, None, 10)
    return sum(one.inputs is not None for one in found)


@pytest.mark.parametrize("customer", ["other", "both", "partly nowhere"])
def test_a_customer_with_decisions_elsewhere(erase: Any, services: Services, customer: str) -> None:
    """Is refused in the very words of a customer never seen, and keeps every key."""
    refused, unknown = erase(SOUTH, customer), erase(SOUTH, "unknown")
    assert (refused.status_code, refused.get_json()["code"]) == (403, "forbidden")
    told = [{**answer.get_json(), "trace_id": ""} for answer in (refused, unknown)]
    assert told[0] == told[1]
    assert readable(services, customer) == 2
    assert erase(ADMIN, customer).get_json()["keys"] == 2


def test_a_customer_of_the_own_region(erase: Any, services: Services) -> None:
    """Is erased; after that there is nobody to erase, and this is not told either."""
    done = erase(SOUTH, "own").get_json()
    assert (done["erased"], done["keys"], done["decisions"]) == (True, 2, 2)
    assert readable(services, "own") == 0
    assert erase(SOUTH, "own").status_code == 403


def test_an_admin_who_is_limited_to_nothing(erase: Any) -> None:
    """Without a limit whoever was never seen is told as such; limited to no region at all nobody is reached."""
    assert erase(ADMIN, "unknown").get_json()["erased"] is False
    assert erase(replace(ADMIN, regions=frozenset()), "own").status_code == 403
