"""Keys of access over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from greenlane.api.access.keys import is_key
from greenlane.api.app import create_app
from greenlane.api.principals import Role
from greenlane.api.wiring.services import Services
from tests.api.access.callers import bearer, key_for
from tests.api.callers import gate_of

NEW = {"name": "east", "roles": ["read"], "regions": ["32"], "expires": "2026-12-31"}


@pytest.fixture
def admin(services: Services) -> dict[str, str]:
    """The header of an admin."""
    return key_for(services, Role.ADMIN)


def test_made_used_rotated_revoked(client: FlaskClient, admin: dict[str, str]) -> None:
    """A key's life, as an admin and its holder see it."""
    made = client.post("/v1/keys", json=NEW, headers=admin)
    assert made.status_code == 201
    secret, key = made.get_json()["secret"], made.get_json()["key"]
    assert is_key(secret)
    assert {n: key[n] for n in ("name", "roles", "regions", "state", "expires_at")} == {
        "name": "east",
        "roles": ["read"],
        "regions": ["32"],
        "state": "active",
        "expires_at": "2027-01-01T00:00:00.000000Z",
    }
    assert client.get(f"/v1/keys/{key['id']}", headers=admin).get_json() == key
    assert client.get("/v1/vocabulary", headers=bearer(secret)).status_code == 200
    rotated = client.post(f"/v1/keys/{key['id']}/rotate", headers=admin).get_json()
    assert rotated["secret"] != secret
    for each in (secret, rotated["secret"]):
        assert client.get("/v1/vocabulary", headers=bearer(each)).status_code == 200
    revoked = client.post(f"/v1/keys/{key['id']}/revoke", headers=admin)
    assert (revoked.status_code, revoked.get_json()["state"]) == (200, "revoked")
    assert client.post(f"/v1/keys/{key['id']}/rotate", headers=admin).get_json()["code"] == "key_not_valid"
    assert key["id"] in [k["id"] for k in client.get("/v1/keys", headers=admin).get_json()["keys"]]


def test_rotated_without_grace(client: FlaskClient, admin: dict[str, str]) -> None:
    """The old secret, not used yet in this process, is good no more."""
    made = client.post("/v1/keys", json=NEW, headers=admin).get_json()
    rotated = client.post(f"/v1/keys/{made['key']['id']}/rotate?grace=0", headers=admin).get_json()
    assert rotated["key"]["previous_until"] is None
    assert client.get("/v1/vocabulary", headers=bearer(made["secret"])).status_code == 401
    assert client.get("/v1/vocabulary", headers=bearer(rotated["secret"])).status_code == 200


def test_without_limits(client: FlaskClient, admin: dict[str, str]) -> None:
    """Regions and expiry may be null or left out."""
    for body in ({"name": "x", "roles": []}, {"name": "x", "roles": [], "regions": None, "expires": None}):
        key = client.post("/v1/keys", json=body, headers=admin).get_json()["key"]
        assert (key["regions"], key["expires_at"]) == (None, None)


@pytest.mark.parametrize(
    ("changed", "pointer", "code"),
    [
        ({"name": ""}, "/name", "length"),
        ({"name": "a\nb"}, "/name", "control_character"),
        ({"name": "x" * 101}, "/name", "pattern"),
        ({"name": None}, "/name", "null"),
        ({"roles": ["owner"]}, "/roles/0", "not_allowed"),
        ({"roles": "read"}, "/roles", "wrong_type"),
        ({"roles": [["read"]]}, "/roles/0", "wrong_type"),
        ({"roles": ["read"] * 101}, "/roles", "length"),
        ({"regions": []}, "/regions", "length"),
        ({"regions": ["320500"]}, "/regions/0", "pattern"),
        ({"regions": [32]}, "/regions/0", "wrong_type"),
        ({"expires": "2026-02-30"}, "/expires", "no_such_date"),
        ({"expires": "90d"}, "/expires", "wrong_type"),
        ({"region": "32"}, "/region", "unknown_field"),
    ],
)
def test_bad_input(
    client: FlaskClient, admin: dict[str, str], changed: dict[str, Any], pointer: str, code: str
) -> None:
    """Every fault at its place; no key is made."""
    before = client.get("/v1/keys", headers=admin).data
    response = client.post("/v1/keys", json=NEW | changed, headers=admin)
    assert response.status_code == 422
    assert [(e["pointer"], e["code"]) for e in response.get_json()["errors"]] == [(pointer, code)]
    assert client.get("/v1/keys", headers=admin).data == before


def test_fields_that_must_be_there(client: FlaskClient, admin: dict[str, str]) -> None:
    """A name and roles: a key that does little is made on purpose only."""
    errors = client.post("/v1/keys", json={}, headers=admin).get_json()["errors"]
    assert [(e["pointer"], e["code"]) for e in errors] == [("/name", "required"), ("/roles", "required")]


@pytest.mark.parametrize("grace", ["-1", "604801", "1h", "1.5"])
def test_a_grace_that_cannot_be(client: FlaskClient, admin: dict[str, str], grace: str) -> None:
    """Whole seconds, a week at most."""
    key = client.post("/v1/keys", json=NEW, headers=admin).get_json()["key"]
    response = client.post(f"/v1/keys/{key['id']}/rotate?grace={grace}", headers=admin)
    assert response.status_code == 422
    assert response.get_json()["errors"][0]["parameter"] == "grace"


def test_an_admin_of_a_region(services: Services, client: FlaskClient, admin: dict[str, str]) -> None:
    """Neither sees nor makes keys that reach farther than its own."""
    client.post("/v1/keys", json=NEW | {"regions": ["44"]}, headers=admin)
    limited = key_for(services, Role.ADMIN, regions=["32"])
    assert client.post("/v1/keys", json=NEW, headers=limited).status_code == 201
    refused = client.post("/v1/keys", json=NEW | {"regions": None}, headers=limited)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "forbidden")
    shown = client.get("/v1/keys", headers=limited).get_json()["keys"]
    assert {tuple(k["regions"] or ()) for k in shown} == {("32",)}


def test_a_revoked_key_ends_in_every_process(services: Services, admin: dict[str, str], start: Any) -> None:
    """Another process on the same database, which has used the key, refuses it once its second is over."""
    here, there = create_app(services).test_client(), create_app(start()).test_client()
    made = here.post("/v1/keys", json=NEW, headers=admin).get_json()
    assert there.get("/v1/vocabulary", headers=bearer(made["secret"])).status_code == 200
    here.post(f"/v1/keys/{made['key']['id']}/revoke", headers=admin)
    known = gate_of(there.application).known._known
    for entry in known.values():
        entry.asked -= 1
    assert there.get("/v1/vocabulary", headers=bearer(made["secret"])).status_code == 401
