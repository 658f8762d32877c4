"""An application as flat facts, the way the policy speaks of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

NOT_HELD = {"hnte_valid": False, "tech_sme": False, "single_champion": False, "srdi_level": "none"}


class Facts(dict[str, Any]):
    """Facts by name; a missing fact is None, a qualification that is not stated is not held."""

    def __missing__(self, name: str) -> None:
        return None


def facts_of(application: Mapping[str, Any]) -> Facts:
    """Flattens the groups; numbers become decimals, the application date a date."""
    exact = json.loads(json.dumps(application, default=str), parse_float=Decimal, parse_int=Decimal)
    facts = Facts()
    for name, value in exact.items():
        facts.update(value if isinstance(value, dict) else {name: value})
    facts["application_date"] = date.fromisoformat(facts["application_date"])
    for name, value in NOT_HELD.items():
        if facts[name] is None:
            facts[name] = value
    return facts
