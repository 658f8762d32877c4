"""Every refused call leaves an entry in the log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from greenlane.api.access.gate import FAILURES
from greenlane.api.access.keys import new_secret
from greenlane.api.app import create_app
from greenlane.api.ledger.errors import StoreUnavailableError
from greenlane.api.principals import Role
from greenlane.api.wiring.services import Services
from tests.api.access.callers import bearer, key_for, key_id
from tests.api.access.log_entries import events


@pytest.fixture
def services(start: Callable[..., Services]) -> Services:
    """A service where every caller needs a key."""
    return start(access="keys", rate_limit=100)


@pytest.fixture
def told(services: Services) -> Callable[[], list[tuple[Any, ...]]]:
    """What the log is told of refusals: subject, source, caller, method, route, code, times."""

    def written() -> list[tuple[Any, ...]]:
        services.gate.denials.close()
        names = ("source", "caller", "method", "route", "code", "times")
        found = events(services.ledger.database, "denied")
        return sorted(((subject, *(content[n] for n in names)) for subject, content in found), key=repr)

    return written


def test_nobody_and_somebody(
    services: Services, client: FlaskClient, told: Callable[[], list[tuple[Any, ...]]]
) -> None:
    """Who is not known is told by its address, who is known by its key; the route stands for what was asked."""
    author = key_for(services, Role.AUTHOR)
    client.get("/v1/decisions/x?secret=1")
    client.get("/v1/decisions/y", headers=bearer(new_secret()))
    client.post("/v1/decisions", json={}, headers=author)
    name, here = key_id(services, author), "127.0.0.1"
    assert told() == [
        (here, here, None, "GET", "/v1/decisions/<decision_id>", "credential_refused", 1),
        (here, here, None, "GET", "/v1/decisions/<decision_id>", "unauthenticated", 1),
        (name, here, name, "POST", "/v1/decisions", "forbidden", 1),
    ]


def test_a_decision_that_a_caller_may_not_see(
    services: Services, client: FlaskClient, told: Callable[[], list[tuple[Any, ...]]], application: dict[str, Any]
) -> None:
    """The caller is told that there is none; the log, that there was one. What really is not there is no refusal."""
    application["applicant"]["region_code"] = "440300"
    made = client.post("/v1/decisions", json=application, headers=key_for(services, Role.DECIDE))
    east = key_for(services, Role.READ, regions=["32"])
    assert client.get(made.headers["Location"], headers=east).status_code == 404
    assert client.get("/v1/decisions/none", headers=east).status_code == 404
    name = key_id(services, east)
    assert told() == [(name, "127.0.0.1", name, "GET", "/v1/decisions/<decision_id>", "not_found", 1)]


def test_too_many_requests(services: Services, client: FlaskClient, told: Callable[[], list[tuple[Any, ...]]]) -> None:
    """Those who call too often, known or not, are counted, not listed."""
    headers = key_for(services)
    for _ in range(110):
        client.get("/metrics", headers=headers)
    for _ in range(FAILURES + 10):
        client.get("/metrics")
    name, found = key_id(services, headers), told()
    counted = {key: sum(f[-1] for f in found if (f[0], f[-2]) == key) for key in {(f[0], f[-2]) for f in found}}
    assert counted[("127.0.0.1", "unauthenticated")] == FAILURES + 10 - counted[("127.0.0.1", "too_many_requests")]
    assert 1 <= counted[(name, "too_many_requests")] <= 10
    assert len(found) <= 2 * len(counted) == 6


def test_what_is_for_everybody_is_no_refusal(client: FlaskClient, told: Callable[[], list[tuple[Any, ...]]]) -> None:
    """Nor is a mistake in what was sent."""
    client.get("/healthz", headers=bearer("nonsense"))
    client.get("/nowhere")
    client.delete("/v1/decisions")
    assert told() == []


def test_refused_all_the_same_while_the_store_is_away(
    start: Callable[..., Services], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer does not wait for the entry."""
    services = start(access="keys")
    author = key_for(services, Role.AUTHOR)
    client = create_app(services).test_client()

    def away(*_arguments: Any) -> None:
        raise StoreUnavailableError

    monkeypatch.setattr("greenlane.api.ledger.log.LogWriter.append", away)
    assert client.get("/v1/decisions", headers=author).status_code == 403
    services.gate.denials.close()
    assert client.get("/v1/decisions", headers=author).status_code == 403
