"""A person looks at a decision: asked for, taken down, and never altering it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from greenlane.api.decisions.disclosure import MASKED
from tests.api.personal_callers import ADMIN, READER, As

ASKED = {"requested_by": "customer", "reason": "我的营收已经更正"}
SAID = {"outcome": "upheld", "comment": "更正后结论不变"}


@pytest.fixture
def caller(app: Flask) -> As:
    """Clients by whom they call as."""
    return As(app)


@pytest.fixture
def made(client: FlaskClient, application: dict[str, Any]) -> Any:
    """A decision, as it was answered."""
    return client.post("/v1/decisions", json=application)


def test_from_request_to_outcome(client: FlaskClient, made: Any) -> None:
    """The state is told beside the decision and in searches; the bytes of the decision stay; another may follow."""
    path = made.headers["Location"]
    assert client.get(f"{path}/review").get_json()["state"] is None
    for address, body, state in (("review", ASKED, "requested"), ("review/outcome", SAID, "upheld")):
        told = client.post(f"{path}/{address}", json=body)
        assert (told.status_code, told.get_json()["state"]) == (201, state)
        read = client.get(path)
        assert (read.data, read.headers["Review"]) == (made.data, state)
        assert client.get("/v1/decisions").get_json()["decisions"][0]["review"] == state
    assert client.post(f"{path}/review", json=ASKED).status_code == 201
    remarks = client.get(f"{path}/review").get_json()["remarks"]
    assert [(r["kind"], r["said_by"], r["words"]) for r in remarks] == [
        ("requested", "customer", ASKED["reason"]),
        ("upheld", "reviewer", SAID["comment"]),
        ("requested", "customer", ASKED["reason"]),
    ]


def test_out_of_turn(client: FlaskClient, made: Any) -> None:
    """No outcome without a request, no second request while one is open."""
    path = made.headers["Location"]
    steps = [
        ("review/outcome", SAID, 409),
        ("review", ASKED, 201),
        ("review", ASKED, 409),
        ("review/outcome", SAID, 201),
    ]
    assert [client.post(f"{path}/{rest}", json=body).status_code for rest, body, _ in steps] == [s[2] for s in steps]


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"requested_by": "customer"}, "/reason", "required"),
        ({"requested_by": "nobody", "reason": "x"}, "/requested_by", "not_allowed"),
        ({**ASKED, "more": 1}, "/more", "unknown_field"),
        ({**ASKED, "reason": 1}, "/reason", "wrong_type"),
    ],
)
def test_bad_requests(client: FlaskClient, made: Any, body: dict[str, Any], pointer: str, code: str) -> None:
    """Every fault at its place; nothing is taken down."""
    path = made.headers["Location"]
    response = client.post(f"{path}/review", json=body)
    assert response.status_code == 422
    assert [(e["pointer"], e["code"]) for e in response.get_json()["errors"]] == [(pointer, code)]
    assert client.get(f"{path}/review").get_json()["remarks"] == []


def test_an_unknown_decision(client: FlaskClient) -> None:
    """404 for every call."""
    assert client.post("/v1/decisions/none/review", json=ASKED).status_code == 404
    assert client.get("/v1/decisions/none/review").status_code == 404


def test_words_are_personal(caller: As, made: Any) -> None:
    """They are masked for a reader, and gone when the customer is erased; that there was a review stays."""
    path = made.headers["Location"]
    caller(None).post(f"{path}/review", json=ASKED)
    assert caller(READER).get(f"{path}/review").get_json()["remarks"][0]["words"] == MASKED
    company = "91320500XXXX00019A"
    assert caller(ADMIN).post("/v1/erasures", json={"customer": company}).get_json()["erased"] is True
    (remark,) = caller(None).get(f"{path}/review").get_json()["remarks"]
    assert (remark["kind"], remark["words"], remark["erased"]) == ("requested", None, True)
    assert caller(None).post(f"{path}/review/outcome", json=SAID).status_code == 410
