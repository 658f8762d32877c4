"""Decisions are replayed from what is stored, whatever has changed since."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from greenlane.api.app import create_app
from greenlane.api.wiring.services import Services
from greenlane.engine.decide import Result
from greenlane.engine.json_text import differences
from tests.api.fake_rules import FakeRules

Start = Callable[..., Services]


@pytest.mark.parametrize(
    ("stored", "replayed", "expected"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": [1, {"b": "x"}]}, {"a": [1, {"b": "y"}]}, [{"pointer": "/a/1/b", "stored": "x", "replayed": "y"}]),
        ({"a": 1}, {}, [{"pointer": "/a", "stored": 1}]),
        ({}, {"a/b": None}, [{"pointer": "/a~1b", "replayed": None}]),
        ([1], [1, 2], [{"pointer": "/1", "replayed": 2}]),
        ({"a": None}, {"a": False}, [{"pointer": "/a", "stored": None, "replayed": False}]),
        ({"a": True}, {"a": Decimal(1)}, [{"pointer": "/a", "stored": True, "replayed": Decimal(1)}]),
        ({"a": {}}, {"a": []}, [{"pointer": "/a", "stored": {}, "replayed": []}]),
    ],
)
def test_differences(stored: Any, replayed: Any, expected: list[dict[str, Any]]) -> None:
    """The deepest places that differ, with both values."""
    assert list(differences(stored, replayed)) == expected


def test_the_release_that_decided_replays(start: Start, rules_directory: Path, application: dict[str, Any]) -> None:
    """After the rule files have changed, an old decision is replayed, traced and explained by its own release."""
    made = create_app(start()).test_client().post("/v1/decisions?trace=none", json=application).get_json()
    (rules_directory / "limit.yaml").write_text("1 2.0.0")
    client = create_app(start()).test_client()
    now = client.post("/v1/decisions", json=application).get_json()
    assert (now["status"], now["release"]["version"]) == ("DECLINED", "2.0.0")
    path = f"/v1/decisions/{made['decision_id']}"
    assert client.post(f"{path}/replay").get_json()["identical"] is True
    assert client.get(f"{path}/trace").get_json()["trace"]["decisions"][0]["result"] == 1000
    assert "APPROVE_RECOMMENDED" in client.get(f"{path}/explanation").get_json()["sentences"][0]["en"]


def test_a_changed_engine_is_found_out(
    client: FlaskClient, application: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A replay that comes out otherwise says where; a trace of another result is not passed off as the decision's."""
    made = client.post("/v1/decisions?trace=fired", json=application).get_json()
    other = Result({"tier": "ordinary", "routing": {"lane": "STANDARD"}, "rate_pct": "2.85"}, "DECLINED", (), ())
    monkeypatch.setattr(FakeRules, "decide_valid", lambda *_: other)
    path = f"/v1/decisions/{made['decision_id']}"
    replay = client.post(f"{path}/replay").get_json()
    assert replay["identical"] is False
    assert replay["differences"] == [
        {"pointer": "/status", "stored": "APPROVE_RECOMMENDED", "replayed": "DECLINED"},
        {"pointer": "/outcome/tier", "stored": "core", "replayed": "ordinary"},
        {"pointer": "/outcome/share", "stored": 0.8},
    ]
    for rest in ("trace", "explanation"):
        response = client.get(f"{path}/{rest}")
        assert (response.status_code, response.get_json()["code"]) == (409, "trace_not_reproducible")


def test_differences_without_end(
    client: FlaskClient, application: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first thousand are told, and how many more there are."""
    made = client.post("/v1/decisions", json=application).get_json()
    other = Result({f"f{number}": number for number in range(3000)}, "DECLINED", (), ())
    monkeypatch.setattr(FakeRules, "decide_valid", lambda *_: other)
    replay = client.post(f"/v1/decisions/{made['decision_id']}/replay").get_json()
    assert (replay["identical"], len(replay["differences"])) == (False, 1000)
    assert replay["more_differences"] > 2000


def test_a_stored_full_trace_is_given_as_it_is(
    client: FlaskClient, application: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full trace in the store needs no replay."""
    made = client.post("/v1/decisions?trace=full", json=application).get_json()
    monkeypatch.setattr(FakeRules, "decide_valid", None)
    assert client.get(f"/v1/decisions/{made['decision_id']}/trace").get_json()["trace"] == made["trace"]


def test_the_same_input_and_release_give_the_same_bytes(client: FlaskClient, application: dict[str, Any]) -> None:
    """Everything but the decision's id and time."""
    first, second = (client.post("/v1/decisions", json=application).get_json() for _ in range(2))
    for answer in (first, second):
        del answer["decision_id"], answer["decided_at"]
    assert json.dumps(first) == json.dumps(second)
