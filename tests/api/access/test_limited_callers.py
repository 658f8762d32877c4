"""Callers that call too often, and addresses that keep failing to say who calls."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from greenlane.api.access.gate import FAILURES
from greenlane.api.access.keys import new_secret
from greenlane.api.app import create_app
from greenlane.api.principals import Role
from greenlane.api.wiring.services import Services
from tests.api.access.callers import bearer, key_for

PATH = "/v1/vocabulary"


@pytest.fixture
def services(start: Callable[..., Services]) -> Services:
    """A service where every caller needs a key and has two requests a minute."""
    return start(access="keys", rate_limit=2)


def test_a_caller_within_its_limit_and_beyond(services: Services, client: FlaskClient) -> None:
    """Every answer says what is left; beyond, 429 and when to come again; others are not concerned."""
    headers, other = key_for(services, Role.READ), key_for(services, Role.READ)
    first, second, third = (client.get(PATH, headers=headers) for _ in range(3))
    assert [r.status_code for r in (first, second, third)] == [200, 200, 429]
    assert first.headers["RateLimit-Policy"] == '"caller";q=2;w=60'
    assert first.headers["RateLimit"] == '"caller";r=1;t=30'
    assert third.headers["RateLimit"].startswith('"caller";r=0;t=')
    assert 1 <= int(third.headers["Retry-After"]) <= 30
    assert third.get_json()["code"] == "too_many_requests"
    assert client.get(PATH, headers=other).status_code == 200


def test_what_is_refused_counts_as_well(services: Services, client: FlaskClient) -> None:
    """A caller without the role is limited like any other."""
    headers = key_for(services, Role.AUTHOR)
    assert [client.get(PATH, headers=headers).status_code for _ in range(3)] == [403, 403, 429]


def test_a_key_keeps_its_limit_when_rotated(services: Services, client: FlaskClient) -> None:
    """The allowance is the key's, not the secret's."""
    issued = services.gate.keys.first_admin()
    assert issued is not None
    rotate = f"/v1/keys/{issued.key.key_id}/rotate"
    secret = client.post(rotate, headers=bearer(issued.secret)).get_json()["secret"]
    assert client.get("/v1/keys", headers=bearer(secret)).status_code == 200
    assert client.get("/v1/keys", headers=bearer(secret)).status_code == 429


def test_failing_to_say_who_calls(services: Services, client: FlaskClient) -> None:
    """After so many refusals an address gets 429 for them; a valid key from there is let in all the same."""
    answers = [client.get(PATH, headers=bearer(new_secret())) for _ in range(FAILURES)]
    assert {r.status_code for r in answers} == {401}
    # One more is let through for each second that this took.
    more = (client.get(PATH, headers=bearer(new_secret())) for _ in range(FAILURES))
    refused = next(r for r in more if r.status_code != 401)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    assert client.get(PATH).status_code == 429
    assert client.get(PATH, environ_overrides={"REMOTE_ADDR": "10.0.0.7"}).status_code == 401
    assert client.get(PATH, headers=key_for(services, Role.READ)).status_code == 200


def test_what_is_for_everybody_is_not_limited(client: FlaskClient) -> None:
    """Probes of liveness come often."""
    answers = [client.get("/healthz") for _ in range(10)]
    assert {r.status_code for r in answers} == {200}
    assert "RateLimit" not in answers[0].headers


@pytest.mark.parametrize("settings", [{"access": "keys", "rate_limit": 0}, {"access": "local", "rate_limit": 1}])
def test_without_limits(start: Callable[..., Services], settings: dict[str, str | int]) -> None:
    """None when turned off, and none for callers on this machine that need no key."""
    services = start(**settings)
    client = create_app(services).test_client()
    headers = key_for(services, Role.READ) if settings["access"] == "keys" else {}
    answers = [client.get(PATH, headers=headers) for _ in range(5)]
    assert {r.status_code for r in answers} == {200}
    assert "RateLimit" not in answers[0].headers
