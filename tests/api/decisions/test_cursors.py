"""Pages of searches: only what the service sealed for a search leads on in it, wherever it is asked for."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from greenlane.api.app import create_app
from greenlane.api.wiring.services import Services


@pytest.fixture(autouse=True)
def _made(client: FlaskClient, application: dict[str, Any]) -> None:
    for number in range(5):
        application["application_id"] = f"APP-{number}"
        client.post("/v1/decisions", json=application)


def both(client: FlaskClient, cursor: str) -> list[tuple[int, str]]:
    """What comes of a cursor in an address and in a body: status and code."""
    by_address = client.get("/v1/decisions", query_string={"cursor": cursor})
    by_body = client.post("/v1/decisions:search", json={"cursor": cursor})
    return [(found.status_code, found.get_json().get("code")) for found in (by_address, by_body)]


@pytest.mark.parametrize("number", ["1e700000", "1e19", "-1", "1", "1.5", "null", '"1"', "9" * 5000])
def test_a_cursor_that_somebody_made(client: FlaskClient, number: str) -> None:
    """Well formed as it may look: a position with the mark of the search, as cursors were before they were sealed."""
    content = {"equal": {}, "since": "None", "until": "None"}
    mark = hashlib.sha256(json.dumps(content, separators=(",", ":"), sort_keys=True).encode()).hexdigest()[:16]
    for made in (f'[{number},"{mark}"]', f"[{number}]", number):
        for cursor in (base64.urlsafe_b64encode(made.encode()).decode().rstrip("="), made):
            assert both(client, cursor) == [(404, "no_such_page")] * 2


@pytest.mark.parametrize("cursor", ["", " ", "\t", "\0", "x" * 5000, "x" * 32])
def test_any_text_is_no_page_rather_than_a_fault(client: FlaskClient, cursor: str) -> None:
    """One status for every text; what is no text in a body is of the wrong type."""
    assert both(client, cursor) == [(404, "no_such_page")] * 2
    assert client.post("/v1/decisions:search", json={"cursor": 5}).get_json()["errors"][0]["code"] == "wrong_type"


def test_a_cursor_is_good_on_every_process(client: FlaskClient, start: Callable[..., Services]) -> None:
    """Of a service that was started again, and of another one beside it; in an address and in a body alike."""
    cursor = client.get("/v1/decisions?limit=2").get_json()["next_cursor"]
    other = create_app(start()).test_client()
    by_address = other.get(f"/v1/decisions?limit=2&cursor={cursor}").get_json()
    by_body = other.post("/v1/decisions:search", json={"limit": 2, "cursor": cursor}).get_json()
    assert by_address == by_body
    assert [line["application_id"] for line in by_body["decisions"]] == ["APP-2", "APP-1"]
