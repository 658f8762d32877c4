"""Many applications at once."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from flask.testing import FlaskClient

Application = dict[str, Any]


def applications(application: Application, count: int) -> list[Application]:
    """Several, each with its own id; every third is too large."""
    made = []
    for number in range(count):
        each = copy.deepcopy(application)
        each["application_id"] = f"APP-{number}"
        each["request"]["amount_wan"] = 2000 if number % 3 == 2 else 500
        made.append(each)
    return made


def test_a_decision_or_a_problem_for_each_in_order(client: FlaskClient, application: Application) -> None:
    """A faulty application does not keep the others from being decided."""
    sent = applications(application, 3)
    sent[1]["request"]["product"] = "?"
    response = client.post("/v1/decisions:batch", json={"applications": sent})
    assert response.status_code == 200
    first, second, third = response.get_json()["results"]
    assert (first["status"], first["decision"]["status"]) == (201, "APPROVE_RECOMMENDED")
    assert (second["status"], second["problem"]["errors"][0]["pointer"]) == (422, "/request/product")
    assert (third["status"], third["decision"]["status"]) == (201, "DECLINED")
    assert first["decision"]["trace"] is None
    stored = client.get(f"/v1/decisions/{first['decision']['decision_id']}").get_json()
    assert stored == first["decision"]


def test_a_thousand(client: FlaskClient, application: Application) -> None:
    """The most that one batch may hold; one more is refused."""
    sent = applications(application, 1001)
    response = client.post("/v1/decisions:batch", json={"applications": sent[:1000]})
    assert [r["status"] for r in response.get_json()["results"]] == [201] * 1000
    assert client.post("/v1/decisions:batch", json={"applications": sent}).status_code == 422


def test_a_repeated_batch(client: FlaskClient, application: Application) -> None:
    """Under its key a batch gives the stored decisions; an item that has changed is a conflict of its own."""
    headers = {"Idempotency-Key": "b"}
    sent = applications(application, 3)
    first = client.post("/v1/decisions:batch", json={"applications": sent}, headers=headers)
    again = client.post("/v1/decisions:batch", json={"applications": sent}, headers=headers)
    assert again.data == first.data
    sent[1]["request"]["amount_wan"] = 1
    changed = client.post("/v1/decisions:batch", json={"applications": sent}, headers=headers).get_json()["results"]
    assert [r["status"] for r in changed] == [201, 409, 201]


def test_a_key_of_a_batch_is_not_one_of_a_single_request(client: FlaskClient, application: Application) -> None:
    """The two do not meet."""
    headers = {"Idempotency-Key": "k"}
    client.post("/v1/decisions:batch", json={"applications": [application]}, headers=headers)
    assert "Idempotent-Replayed" not in client.post("/v1/decisions", json=application, headers=headers).headers


@pytest.mark.parametrize("bad", [None, 5, [], "a", True, {}])
def test_what_is_no_application_is_its_own_problem(client: FlaskClient, application: Application, bad: Any) -> None:
    """Whatever stands in the place of one: the others are decided, and it is answered as it would be alone."""
    found = client.post("/v1/decisions:batch", json={"applications": [application, bad, application]}).get_json()
    assert [each["status"] for each in found["results"]] == [201, 422, 201]
    alone = client.post("/v1/decisions", data=json.dumps(bad), content_type="application/json").get_json()
    problem = found["results"][1]["problem"]
    assert {**problem, "trace_id": ""} == {**alone, "trace_id": ""}


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/applications"]),
        ({"applications": []}, ["/applications"]),
        ({"applications": {}}, ["/applications"]),
        ([], [""]),
        ({"application": [], "applications": None}, ["/applications", "/application"]),
    ],
)
def test_bodies_that_are_no_batch(client: FlaskClient, body: Any, pointers: list[str]) -> None:
    """Every fault with its pointer."""
    response = client.post("/v1/decisions:batch", json=body)
    assert response.status_code == 422
    assert [e["pointer"] for e in response.get_json()["errors"]] == pointers
