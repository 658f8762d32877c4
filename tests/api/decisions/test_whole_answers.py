"""Answers of which a part cannot be told, that lack what they must have, or that have no status."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from greenlane.api.app import create_app
from greenlane.api.config import Settings
from greenlane.api.wiring.services import Services, build_services
from greenlane.engine.decide import Result, UndeterminedRow
from greenlane.engine.policy import Policy
from tests.api.conftest import SteadyClock
from tests.api.small_rules import FILES, application, changed

Start = Callable[..., FlaskClient]
NO_RATE_YET = "2024-01-10"
"""A day before the first published rate."""
ANSWER = "answer: {outcome: outcome, status: status, reasons: reasons, referred: REFERRED}\n"
REQUIRING = changed(
    "ruleset.yaml",
    ANSWER,
    "answer:\n  outcome: outcome\n  status: status\n  reasons: reasons\n  referred: REFERRED\n  requires:\n"
    '    Q1: {when: status = "APPROVED", then: amount_wan > 100, zh: 金额过小, en: Too small}\n',
)
COMPUTING = changed("ruleset.yaml", ANSWER, "answer: {outcome: outcome}\n")


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a service with these rule files on the one database."""
    running: list[Services] = []

    def started(files: Mapping[str, str], **more: Any) -> FlaskClient:
        for path, text in files.items():
            (tmp_path / "rules" / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "rules" / path).write_text(text, encoding="utf-8")
        settings = Settings(f"sqlite:///{tmp_path / 'greenlane.db'}", tmp_path / "rules", **more)
        running.append(build_services(settings, clock=SteadyClock()))
        return create_app(running[-1]).test_client()

    yield started
    for services in running:
        services.close()


def decided(client: FlaskClient, body: dict[str, Any]) -> dict[str, Any]:
    """The answer, which the OpenAPI document describes, and which replays."""
    response = client.post("/v1/decisions?trace=full", json=body)
    assert response.status_code == 201, response.text
    answer: dict[str, Any] = response.get_json()
    document = client.get("/openapi.json").get_json()
    schema = {"$ref": "#/components/schemas/DecisionDocument", "components": document["components"]}
    assert list(Draft202012Validator(schema).iter_errors(answer)) == []
    address = f"/v1/decisions/{answer['decision_id']}"
    assert client.get(address).get_json() == answer
    assert client.post(f"{address}/replay").get_json()["identical"] is True
    assert client.get(f"{address}/explanation").status_code == 200
    return answer


def test_a_member_that_cannot_be_told(start: Start) -> None:
    """The case is referred; the member is null and named; the rest is as decided."""
    answer = decided(start(FILES), application(day=NO_RATE_YET))
    assert (answer["status"], answer["outcome"]) == ("REFERRED", {"rate": None, "lane": "STANDARD"})
    assert [reason["code"] for reason in answer["reasons"]] == ["R2"]
    (found,) = answer["undetermined"]
    assert (found["member"], "row" in found) == ("/outcome/rate", False)
    assert found["because"][0]["kind"] == "missing"
    assert answer["trace"]["undetermined"] == [found]


@pytest.mark.parametrize("matcher", ["bitmap", "rete"])
def test_a_decision_that_asks_for_too_much_work(start: Start, matcher: str) -> None:
    """The case is referred, by the number that the service was told, and named is where the budget ran out."""
    files = changed("pricing.yaml", "| > 1000            |", "| > count(for i in 1..5000 return i) |")
    answer = decided(start(files, matcher=matcher, decision_steps=10_000), application())
    assert (answer["status"], answer["outcome"]) == ("REFERRED", {"rate": None, "lane": None})
    told = [(each.get("row", each.get("member")), each["because"][0]["kind"]) for each in answer["undetermined"]]
    assert ("limit", "limit") in told
    assert {kind for _, kind in told} == {"limit"}
    assert "(10000 steps)" in str(answer["undetermined"])
    assert decided(start(files, matcher=matcher), application())["undetermined"] == []


def test_what_an_answer_must_have(start: Start) -> None:
    """Without it the case is referred, with the ruleset's own code first."""
    client = start(REQUIRING)
    assert decided(client, application(800))["status"] == "APPROVED"
    answer = decided(client, application(100))
    assert (answer["status"], [reason["code"] for reason in answer["reasons"]]) == ("REFERRED", ["Q1", "R2"])
    assert answer["reasons"][0]["source"].startswith("ruleset.yaml:")
    assert answer["undetermined"] == []


def test_rules_that_only_compute(start: Start) -> None:
    """No status, no reasons; found, listed, counted and kept like all others."""
    client = start(COMPUTING)
    answer = decided(client, application(800))
    assert (answer["status"], answer["reasons"], answer["outcome"]["lane"]) == (None, [], "STANDARD")
    untold = decided(client, application(day=NO_RATE_YET))
    assert (untold["status"], untold["undetermined"][0]["member"]) == (None, "/outcome/rate")
    assert [line["status"] for line in client.get("/v1/decisions").get_json()["decisions"]] == [None, None]
    assert 'greenlane_decisions_total{product="none",route="none",status="none"} 2.0' in client.get("/metrics").text


def test_a_decision_that_was_otherwise_complete_then(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """By an engine that took no notice of such members: a replay says that the engine is what differs."""
    client, now = start(FILES), Policy.decide_valid

    def then(*asked: Any) -> Result:
        found = now(*asked)
        rows = tuple(each for each in found.undetermined if isinstance(each, UndeterminedRow))
        return replace(found, status="APPROVED", undetermined=rows)

    with monkeypatch.context() as patch:
        patch.setattr(Policy, "decide_valid", then)
        made = client.post("/v1/decisions", json=application(day=NO_RATE_YET)).get_json()
    assert (made["status"], made["undetermined"]) == ("APPROVED", [])
    address = f"/v1/decisions/{made['decision_id']}"
    replayed = client.post(f"{address}/replay").get_json()
    assert (replayed["identical"], replayed["cause"]) == (False, ["engine"])
    assert [each["pointer"] for each in replayed["differences"]] == ["/status", "/undetermined/0"]
    assert client.get(address).get_json() == made
