"""What the policy looks up: size minimums and project capital written down here, LPR and calendar read as plain CSV."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

REFERENCE = Path(__file__).resolve().parents[3] / "rules" / "reference"

# industry: (indicator, large, medium, small) for each indicator that counts
SIZE_MINIMUMS: dict[str, tuple[tuple[str, int, int, int], ...]] = {
    "agriculture": (("revenue_wan", 20000, 500, 50),),
    "industry": (("employees", 1000, 300, 20), ("revenue_wan", 40000, 2000, 300)),
    "construction": (("revenue_wan", 80000, 6000, 300), ("total_assets_wan", 80000, 5000, 300)),
    "wholesale": (("employees", 200, 20, 5), ("revenue_wan", 40000, 5000, 1000)),
    "retail": (("employees", 300, 50, 10), ("revenue_wan", 20000, 500, 100)),
    "transport": (("employees", 1000, 300, 20), ("revenue_wan", 30000, 3000, 200)),
    "warehousing": (("employees", 200, 100, 20), ("revenue_wan", 30000, 1000, 100)),
    "postal": (("employees", 1000, 300, 20), ("revenue_wan", 30000, 2000, 100)),
    "accommodation": (("employees", 300, 100, 10), ("revenue_wan", 10000, 2000, 100)),
    "catering": (("employees", 300, 100, 10), ("revenue_wan", 10000, 2000, 100)),
    "telecom_internet": (("employees", 2000, 100, 10), ("revenue_wan", 100000, 1000, 100)),
    "software_it": (("employees", 300, 100, 10), ("revenue_wan", 10000, 1000, 50)),
    "real_estate_dev": (("revenue_wan", 200000, 1000, 100), ("total_assets_wan", 10000, 5000, 2000)),
    "property_mgmt": (("employees", 1000, 300, 100), ("revenue_wan", 5000, 1000, 500)),
    "leasing_business": (("employees", 300, 100, 10), ("total_assets_wan", 120000, 8000, 100)),
    "other": (("employees", 300, 100, 10),),
}

PROJECT_CAPITAL = {"steel": 40, "electrolytic_aluminium": 40, "cement": 35, "coal": 30, "fertiliser": 25, "airport": 25,
                   "real_estate_other": 25, "default": 20, "port": 20, "road_rail_metro": 20, "affordable_housing": 20,
                   "calcium_carbide_ferroalloy_causticsoda_coke_yellowphosphorus_polysilicon": 30}  # fmt: skip


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def lpr(tenor: str, on: date) -> tuple[date, Decimal]:
    """The last publication on or before the day: its date and its rate in percent."""
    known = [r for r in _rows("lpr.csv") if r["tenor"] == tenor and r["published"] <= on.isoformat()]
    last = max(known, key=lambda r: r["published"])
    return date.fromisoformat(last["published"]), Decimal(last["rate"])


def working_day_after(start: date, days: int) -> date | None:
    """The nth working day after the start; None when a year on the way is not in the calendar."""
    exceptions = {r["date"]: r["working"] == "true" for r in _rows("calendar.csv")}
    years = {day[:4] for day in exceptions}
    day = start
    while days:
        day += timedelta(days=1)
        days -= exceptions.get(day.isoformat(), day.weekday() < 5)
        if str(day.year) not in years or str(start.year) not in years:
            return None
    return day
