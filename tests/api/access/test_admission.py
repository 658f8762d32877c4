"""Who may call what: every operation, every role, the own region and another."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from greenlane.api.access.keys import new_secret
from greenlane.api.app import create_app
from greenlane.api.config import Settings
from greenlane.api.http.operation import for_everybody
from greenlane.api.principals import LOCAL, Role
from greenlane.api.wiring.services import Services, build_services
from tests.api.access.callers import bearer, key_for, key_id
from tests.api.access.who_may_call import Line, lines, named
from tests.api.fake_rules import fake_rules

EAST, SOUTH = "32", "44"
REGION_CODES = {EAST: "320500", SOUTH: "440300", None: None}


@dataclass
class Service:
    """The service where every caller needs a key, with decisions in it."""

    services: Services
    client: FlaskClient
    application: dict[str, Any]

    def decided(self, headers: dict[str, str], region: str | None) -> str:
        """The id of a new decision about an application of a region."""
        applicant = {**self.application["applicant"], "region_code": REGION_CODES[region]}
        response = self.client.post("/v1/decisions", json={**self.application, "applicant": applicant}, headers=headers)
        assert response.status_code == 201, response.text
        return str(response.get_json()["decision_id"])

    def call(self, line: Line, headers: dict[str, str], **variables: str) -> TestResponse:
        """Calls an operation as it should be called."""
        release = self.services.releases.current.id
        target = key_for(self.services, Role.READ)
        ids = {
            "name": "swagger-ui.css",
            "release_id": release,
            "sha256": "0" * 64,
            "table": "none",
            "decision_id": str(uuid.uuid4()),
        }
        path = line.rule
        for name, value in {**ids, "key_id": key_id(self.services, target), **variables}.items():
            path = path.replace(f"<{name}>", value)
        bodies: dict[str, Any] = {
            "/v1/decisions": self.application,
            "/v1/decisions:batch": {"applications": [self.application]},
            "/v1/decisions:search": {},
            "/v1/keys": {"name": "new", "roles": ["read"]},
            "/v1/decisions/<decision_id>/review": {"requested_by": "customer", "reason": "why"},
            "/v1/decisions/<decision_id>/review/outcome": {"outcome": "upheld", "comment": "so"},
            "/v1/erasures": {"customer": "nobody"},
            "/v1/releases": {"files": {"limit.yaml": f"{uuid.uuid4().int % 10**9} 1.0.0"}},
            "/v1/releases/<release_id>/submit": {"comment": "new"},
            "/v1/releases/<release_id>/approve": {},
            "/v1/releases/<release_id>/reject": {"comment": "no"},
            "/v1/releases/<release_id>/activate": {},
            "/v1/releases:rollback": {},
            "/v1/kill-switch": {"on": False, "reason": "over"},
        }
        query = {"/v1/log/proofs/inclusion": "?leaf=0", "/v1/log/proofs/consistency": "?from=1"}.get(line.rule, "")
        body = bodies.get(line.rule) if line.method == "POST" else None
        return self.client.open(path + query, method=line.method, json=body, headers=headers)


@pytest.fixture(scope="module")
def module_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service where every caller needs a key, for all tests that do not mind each other's decisions."""
    directory = tmp_path_factory.mktemp("access")
    (directory / "limit.yaml").write_text("1000 1.0.0")
    settings = Settings(f"sqlite:///{directory}/greenlane.db", directory, access="keys", rate_limit=0)
    with fake_rules():
        services = build_services(settings)
        yield Service(services, create_app(services).test_client(), {})
    services.close()


@pytest.fixture
def service(module_service: Service, application: dict[str, Any]) -> Service:
    """A service where every caller needs a key."""
    return replace(module_service, application=application)


def test_every_operation_has_a_line(app: Flask) -> None:
    """Whoever adds an operation says here who may call it."""
    there = {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {named(line) for line in lines()} == there


def test_who_may_turn_something_may_read_it() -> None:
    """At every address that is read and written, a role that writes reads as well."""
    by_rule: dict[str, dict[str, set[str]]] = {}
    for line in lines():
        by_rule.setdefault(line.rule, {})[line.method] = set(line.roles.split(", "))
    both = [roles for roles in by_rule.values() if roles.keys() == {"GET", "POST"}]
    assert len(both) >= 5
    assert all(roles["POST"] <= roles["GET"] for roles in both)


@pytest.mark.parametrize("line", lines(), ids=named)
def test_callers_without_a_credential(service: Service, line: Line) -> None:
    """401 with a challenge, whatever else is wrong with the request; only what is for everybody answers."""
    for headers, challenge in (
        ({}, 'Bearer realm="greenlane"'),
        (bearer(new_secret()), 'Bearer realm="greenlane", error="invalid_token"'),
        (bearer("nonsense"), 'Bearer realm="greenlane", error="invalid_token"'),
        ({"Authorization": "Basic dTpw"}, 'Bearer realm="greenlane", error="invalid_token"'),
    ):
        response = service.call(line, headers)
        if line.roles == "everybody":
            assert response.status_code == 200
            continue
        assert response.status_code == 401, response.text
        assert response.headers["WWW-Authenticate"] == challenge
        assert response.mimetype == "application/problem+json"


@pytest.mark.parametrize("line", lines(), ids=named)
def test_callers_with_one_role(service: Service, line: Line) -> None:
    """With a role of its line an operation answers; with any other, or none, 403."""
    decision = service.decided(key_for(service.services, Role.DECIDE), EAST)
    for roles in ((), *((role,) for role in Role)):
        headers = key_for(service.services, *roles)
        own = service.decided(headers, EAST) if roles == (Role.DECIDE,) else decision
        response = service.call(line, headers, decision_id=own)
        if line.allows(*roles):
            assert answer(response) == line.answer, (roles, response.text)
        else:
            assert (response.status_code, response.get_json()["code"]) == (403, "forbidden"), roles


@pytest.mark.parametrize("line", lines(), ids=named)
def test_callers_on_this_machine(service: Service, line: Line) -> None:
    """In local mode they decide, read and audit without a key; a wrong key is refused all the same."""
    services = replace(service.services, gate=replace(service.services.gate, local=True))
    service = replace(service, services=services, client=create_app(services).test_client())
    decision = service.decided({}, EAST)
    response = service.call(line, {}, decision_id=decision)
    if line.allows(*LOCAL.roles):
        assert answer(response) == line.answer, response.text
    else:
        assert response.status_code == 403
    if line.roles != "everybody":
        assert service.call(line, bearer(new_secret()), decision_id=decision).status_code == 401
        assert service.call(line, {"X-Forwarded-For": "10.0.0.7"}, decision_id=decision).status_code == 401
        assert service.call(line, {"Host": "bank.example"}, decision_id=decision).status_code == 401


@pytest.mark.parametrize(("line", "role"), [(line, r) for line in lines("one") for r in Role if line.allows(r)])
def test_one_decision_of_a_region(service: Service, line: Line, role: Role) -> None:
    """A caller limited to a region finds its decisions; others, and those of no region, are not there for it."""
    headers = key_for(service.services, role, regions=[EAST])
    maker = headers if role is Role.DECIDE else key_for(service.services, Role.DECIDE)
    unknown = service.call(line, headers)
    for region in (EAST, SOUTH, None):
        decision = service.decided(maker, region)
        response = service.call(line, headers, decision_id=decision)
        if region == EAST:
            assert response.status_code == 200
            continue
        assert response.status_code == unknown.status_code == 404
        assert without_trace(response) == without_trace(unknown)


@pytest.mark.parametrize("line", [line for line in lines("one") if line.allows(Role.DECIDE)], ids=named)
def test_one_decision_of_another_caller(service: Service, line: Line) -> None:
    """Whoever may only decide sees what was decided for it; what was for others is not there."""
    own, other = (key_for(service.services, Role.DECIDE) for _ in range(2))
    assert service.call(line, own, decision_id=service.decided(own, EAST)).status_code == 200
    hidden, unknown = service.call(line, own, decision_id=service.decided(other, EAST)), service.call(line, own)
    assert hidden.status_code == 404
    assert without_trace(hidden) == without_trace(unknown)


@pytest.mark.parametrize("line", lines("listed"), ids=named)
def test_lists_of_decisions(start: Callable[..., Services], application: dict[str, Any], line: Line) -> None:
    """Searches show what the caller may see, and nothing tells that there is more."""
    services = start(access="keys")
    service = Service(services, create_app(services).test_client(), application)
    deciders = [key_for(service.services, Role.DECIDE) for _ in range(2)]
    made = {(n, r): service.decided(d, r) for n, d in enumerate(deciders) for r in (EAST, SOUTH, None)}
    readers = {
        None: key_for(service.services, Role.READ),
        EAST: key_for(service.services, Role.READ, regions=[EAST]),
        SOUTH: key_for(service.services, Role.READ, Role.DECIDE, regions=[SOUTH]),
    }
    for region, headers in readers.items():
        seen = {identity for (_, r), identity in made.items() if region in (None, r)}
        assert listed(service, line, headers) == seen
    for number, headers in enumerate(deciders):
        assert listed(service, line, headers) == {identity for (n, _), identity in made.items() if n == number}


@pytest.mark.parametrize("line", lines("whole"), ids=named)
def test_what_tells_of_every_region(service: Service, line: Line) -> None:
    """A caller limited to a region is refused, whatever it asks for."""
    limited = key_for(service.services, Role.AUDIT, regions=[EAST])
    assert service.call(line, limited).status_code == 403
    assert service.call(line, key_for(service.services, Role.AUDIT)).status_code == 200


def answer(response: TestResponse) -> str:
    """The status, and the code of a problem."""
    code = response.get_json()["code"] if response.mimetype == "application/problem+json" else ""
    return f"{response.status_code} {code}".strip()


def listed(service: Service, line: Line, headers: dict[str, str]) -> set[str]:
    """The ids a caller is shown."""
    body = service.call(line, headers).get_json()
    assert body["next_cursor"] is None
    return {d["decision_id"] for d in body["decisions"]}


def without_trace(response: TestResponse) -> dict[str, Any]:
    """A problem without what differs for every request."""
    return {name: value for name, value in response.get_json().items() if name != "trace_id"}


def test_idempotency_keys_are_the_callers_own(service: Service) -> None:
    """Two callers that choose the same key do not meet, and neither learns of the other."""
    answers = []
    for _ in range(2):
        headers = {**key_for(service.services, Role.DECIDE), "Idempotency-Key": "order-1"}
        first, again = (service.client.post("/v1/decisions", json=service.application, headers=headers) for _ in "12")
        assert first.data == again.data
        answers.append(first.get_json()["decision_id"])
    assert len(set(answers)) == 2


def test_the_language_of_a_refusal(service: Service) -> None:
    """As `Accept-Language` asks."""
    response = service.client.get("/v1/decisions", headers={"Accept-Language": "zh-CN"})
    assert response.get_json()["title"] == "需要凭证"
    headers = {**key_for(service.services, Role.ADMIN), "Accept-Language": "zh-CN"}
    assert service.client.get("/v1/decisions", headers=headers).get_json()["detail"] == "需要角色 `read / decide`"


def test_callers_are_judged_before_their_request(service: Service) -> None:
    """Whoever may not call learns nothing about what would be accepted."""
    headers = key_for(service.services, Role.AUTHOR)
    for path in ("/v1/decisions?limit=x", "/v1/decisions?nothing=1"):
        assert service.client.get(path).status_code == 401
        assert service.client.get(path, headers=headers).status_code == 403
    assert service.client.post("/v1/decisions", data=b"{", content_type="text/plain").status_code == 401


@pytest.mark.parametrize("access", ["keys", "local"])
def test_the_document_says_which_operations_need_a_key(start: Callable[..., Services], access: str) -> None:
    """A bearer credential, which in local mode may be left out."""
    client = create_app(start(access=access)).test_client()
    document = client.get("/openapi.json").get_json()
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    needed = [{"bearer": []}] if access == "keys" else [{}, {"bearer": []}]
    for line in lines():
        path = document["paths"].get(line.rule.replace("<", "{").replace(">", "}"))
        if path is None:
            continue
        told = path[line.method.lower()]
        if line.roles == "everybody":
            assert told["security"] == []
        else:
            assert told["security"] == needed
            assert {"401", "403", "429"} <= set(told["responses"])


def test_a_view_that_says_nothing_is_closed(start: Callable[..., Services]) -> None:
    """Whoever forgets to say who may call a view has not opened it to everybody."""
    app = create_app(start())
    app.add_url_rule("/forgotten", view_func=lambda: "open")
    app.add_url_rule("/meant", endpoint="meant", view_func=for_everybody(lambda: Response("open")))
    client = app.test_client()
    assert (client.get("/forgotten").status_code, client.get("/forgotten").get_json()["code"]) == (403, "forbidden")
    assert client.get("/meant").status_code == 200
