"""The service with the shipped rules: the worked cases of the policy, over HTTP."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from greenlane.api.app import create_app
from greenlane.api.config import Settings
from greenlane.api.json_objects import encode
from greenlane.api.wiring.services import Services, build_services
from greenlane.engine.decide.matching import MATCHERS
from greenlane.engine.diagnostics import RulesetError
from greenlane.engine.json_text import decode
from greenlane.engine.policy import compiler

ROOT = Path(__file__).parents[2]
CASES = {path.stem: path for path in sorted((ROOT / "examples" / "applications").glob("*.json"))}


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """Services with the shipped rules."""
    database = tmp_path_factory.mktemp("shipped") / "greenlane.db"
    services = build_services(Settings(f"sqlite:///{database}", ROOT / "rules"))
    yield services
    services.close()


@pytest.fixture(scope="module")
def client(shipped: Services) -> FlaskClient:
    """A client of them."""
    return create_app(shipped).test_client()


def sent(name: str) -> Any:
    """One of the worked applications."""
    return decode(CASES[name].read_bytes())


def post(client: FlaskClient, path: str, body: Any) -> Any:
    """The answer to a body, numbers as decimals; the request must succeed."""
    response = client.post(path, data=encode(body), content_type="application/json")
    assert response.status_code in {200, 201}, response.text
    return decode(response.data)


@pytest.mark.parametrize("name", CASES)
def test_a_worked_case(client: FlaskClient, name: str) -> None:
    """The outcome is the expected one; the decision can be read, replayed, traced and explained."""
    case = decode((ROOT / "rules" / "cases" / f"{name}.json").read_bytes())
    assert case["application"] == sent(name)
    expected = case["expected"]
    answer = post(client, "/v1/decisions", sent(name))
    assert {key: answer["outcome"].get(key) for key in expected} == expected
    assert answer["status"] == expected["status"]
    path = f"/v1/decisions/{answer['decision_id']}"
    assert decode(client.get(path).data) == answer
    assert post(client, f"{path}/replay", {})["differences"] == []
    assert decode(client.get(f"{path}/trace").data)["trace"]
    sentences = decode(client.get(f"{path}/explanation").data)["sentences"]
    assert sentences
    assert all(s["zh"] and s["en"] for s in sentences)


def test_a_batch_decides_as_single_requests_do(client: FlaskClient) -> None:
    """Apart from ids and times."""
    applications = [sent(name) for name in CASES]
    results = post(client, "/v1/decisions:batch?trace=fired", {"applications": applications})["results"]
    for application, result in zip(applications, results, strict=True):
        alone, together = post(client, "/v1/decisions", application), result["decision"]
        for answer in (alone, together):
            del answer["decision_id"], answer["decided_at"]
        assert encode(together) == encode(alone)


@pytest.mark.parametrize("matcher", MATCHERS)
def test_every_matcher_gives_the_same_bytes(client: FlaskClient, tmp_path: Path, matcher: Any) -> None:
    """Which matcher finds the rows cannot be seen in an outcome."""
    settings = Settings(f"sqlite:///{tmp_path}/greenlane.db", ROOT / "rules", matcher=matcher)
    services = build_services(settings)
    other = create_app(services).test_client()
    for name in ("EX-01", "EX-09", "EX-15"):
        answers = [post(c, "/v1/decisions?trace=none", sent(name)) for c in (client, other)]
        assert len({encode({k: a[k] for k in ("status", "outcome", "reasons", "undetermined")}) for a in answers}) == 1
    services.close()


def test_decisions_are_found_by_the_names_of_lending(client: FlaskClient) -> None:
    """Tier, product, lane and company of the shipped rules are what searches look at."""
    answer = post(client, "/v1/decisions", sent("EX-02"))
    company = sent("EX-02")["applicant"]["uscc"]
    asked = {"company": company, "tier": "core", "product": "CARBON", "route": "GREEN"}
    asked["release"] = answer["release"]["id"]
    found = client.post("/v1/decisions:search", json=asked).get_json()["decisions"]
    assert answer["decision_id"] in {d["decision_id"] for d in found}


def test_mistakes_in_an_application(client: FlaskClient) -> None:
    """The vocabulary's types, values and limits hold over HTTP."""
    body = copy.deepcopy(sent("EX-01"))
    body["request"] |= {"product": "INOV", "amount_wan": Decimal(-1), "tenor_months": Decimal("1.5")}
    body["applicant"]["uscc"] = "91320500XXXX000190"
    body["financials"]["curent_ratio"] = Decimal(1)
    response = client.post("/v1/decisions", data=encode(body), content_type="application/json")
    assert {(e["pointer"], e["code"]) for e in json.loads(response.data)["errors"]} == {
        ("/applicant/uscc", "check_digit"),
        ("/request/product", "not_allowed"),
        ("/request/amount_wan", "too_small"),
        ("/request/tenor_months", "not_whole"),
        ("/financials/curent_ratio", "unknown_field"),
    }


def test_the_shipped_ruleset_is_described(client: FlaskClient) -> None:
    """Its decisions with titles in both languages and the number of their rows, and its reference tables."""
    ruleset = client.get("/v1/rulesets/current").get_json()
    assert ruleset["decisions"]
    assert all(d["title"]["zh"] and d["title"]["en"] for d in ruleset["decisions"])
    assert {"lpr"} <= {r["name"] for r in ruleset["references"]}


def test_faulty_rule_files_do_not_start(tmp_path: Path) -> None:
    """With an error in the rule files there is no service, and every fault is told with its place."""
    files = {p.relative_to(ROOT / "rules"): p.read_bytes() for p in (ROOT / "rules").rglob("*.*")}
    spoilt = {str(path): content for path, content in files.items() if path.suffix in {".yaml", ".csv"}}
    spoilt["tiering.yaml"] = spoilt["tiering.yaml"].replace(b"credit_rating", b"credit_ratng", 1)
    with pytest.raises(RulesetError) as refused:
        compiler("bitmap")(spoilt)
    assert refused.value.diagnostics[0].place.path == "tiering.yaml"
