"""One application, changed fact by fact, decided through the API: what the steps share."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from greenlane.engine.rules.vocabulary import FactType, Vocabulary

EXAMPLES = Path(__file__).parents[2] / "examples" / "applications"

_LENDABLE = {
    "bank": {"net_capital_wan": 3000000, "tier1_net_wan": 2600000, "existing_loans_wan": 0, "group_exposure_wan": 0}
}
_SERVICE = {
    "fx_exposure_wan": 1000, "fx_hedged_pct": 60, "hedge_notional_wan": 500, "trade_background_verified": True,
    "risk_disclosure_signed": True, "floating_loan_balance_wan": 500, "lock_notional_wan": 400, "receivable_wan": 500,
    "core_buyer_rating": "AA", "receivable_confirmed": True, "wealth_risk_match": True, "kyc_complete": True,
}  # fmt: skip
QUALIFYING: dict[str, tuple[str, dict[str, dict[str, Any]]]] = {
    "INNOV": ("EX-01", {}),
    "CARBON": ("EX-02", {}),
    "MFG_UPG": ("EX-03", {}),
    "SME_FLEX": ("EX-05", {}),
    "PROJ_FIN": ("EX-11", _LENDABLE),
    "SCF": ("EX-05", {"request": {"product": "SCF", "tenor_months": 12}, "extra": _SERVICE}),
    "FX_HEDGE": ("EX-05", {"request": {"product": "FX_HEDGE"}, "extra": _SERVICE}),
    "RATE_LOCK": ("EX-05", {"request": {"product": "RATE_LOCK"}, "extra": _SERVICE}),
    "SETTLE": ("EX-05", {"request": {"product": "SETTLE"}, "extra": _SERVICE}),
    "WEALTH": ("EX-05", {"request": {"product": "WEALTH"}, "extra": _SERVICE}),
}
PRODUCTS_ZH = {
    "创新贷": "INNOV", "碳中和贷": "CARBON", "制造业设备更新技改贷": "MFG_UPG", "项目融资": "PROJ_FIN",
    "中小灵活循环贷": "SME_FLEX", "供应链金融": "SCF",
}  # fmt: skip


@dataclass
class Asking:
    """The application being built and, once decided, the answer to it."""

    client: FlaskClient
    vocabulary: Vocabulary
    application: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)

    def start_from(self, case: str) -> None:
        """Takes the application of a worked case."""
        self.application = json.loads((EXAMPLES / f"{case}.json").read_text(encoding="utf-8"))

    def start_with(self, product: str) -> None:
        """Takes an application for the product that policy approves."""
        product = PRODUCTS_ZH.get(product, product)
        case, changes = QUALIFYING[product]
        self.start_from(case)
        for group, facts in changes.items():
            self.application.setdefault(group, {}).update(copy.deepcopy(facts))

    def change(self, facts: str) -> None:
        """Gives facts new values: `name = value; name = missing`. A name is the fact's own or its Chinese title."""
        for part in facts.split(";"):
            name, _, text = (p.strip() for p in part.partition("="))
            fact = self.vocabulary.facts.get(name) or self._titled(name)
            holder = self.application
            for step in fact.path[:-1]:
                holder = holder.setdefault(step, {})
            if text in ("missing", "缺失"):
                holder.pop(fact.path[-1], None)
            elif fact.kind.type is FactType.NUMBER:
                holder[fact.path[-1]] = json.loads(text)
            elif fact.kind.type is FactType.BOOLEAN:
                holder[fact.path[-1]] = {"true": True, "false": False, "是": True, "否": False}[text]
            else:
                holder[fact.path[-1]] = text

    def _titled(self, title: str) -> Any:
        return next(f for f in self.vocabulary.facts.values() if f.title.zh == title)

    def decide(self, trace: str = "none") -> dict[str, Any]:
        """Posts the application and keeps the answer."""
        response = self.client.post(f"/v1/decisions?trace={trace}", json=self.application)
        assert response.status_code == 201, response.get_data(as_text=True)
        self.answer = response.get_json()
        return self.answer

    @property
    def outcome(self) -> dict[str, Any]:
        """What was decided."""
        outcome = self.answer["outcome"]
        assert isinstance(outcome, dict)
        return outcome

    def codes(self) -> set[str]:
        """Every code that the outcome names."""
        outcome = self.outcome
        found = [*outcome["ews_codes"], *outcome["tier_codes"], *outcome["decline_codes"], *outcome["refer_codes"]]
        for part in ("pricing", "routing"):
            found.extend((outcome[part] or {}).get("codes", []))
        found.extend((outcome["routing"] or {}).get("warnings", []))
        return set(found)


def listed(text: str) -> list[str]:
    """The codes of a cell of an examples table: separated by commas, none when blank."""
    return [c.strip() for c in text.split(",") if c.strip()]
