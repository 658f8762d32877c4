"""HTTP of keys of access, for admins: made, listed, rotated, revoked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response

from greenlane.api.access.admission import principal
from greenlane.api.access.answers import ApiKeyDocument, ApiKeysDocument, IssuedDocument
from greenlane.api.access.bodies import NewKey, RotateQuery
from greenlane.api.access.gate import Gate
from greenlane.api.access.keys import Issued
from greenlane.api.http.exchange import ONE_LIMIT, json_response, load, read_json, service
from greenlane.api.http.operation import READS_BODY, READS_STORE, Answers, Takes, blueprint, operation
from greenlane.api.principals import Role

keys = blueprint("keys", "Keys of access")

ONE = [("key_id", "The key's id")]
BODY = {
    "required": True,
    "content": {"application/json": {"schema": NewKey}},
}


@operation(
    keys,
    "POST",
    "/v1/keys",
    Answers(IssuedDocument, "The key, with its secret", status=201),
    Takes(body=BODY),
    refuses=(*READS_BODY, *READS_STORE),
    role=Role.ADMIN,
)
def create_key() -> Response:
    """Makes a key. Its secret is shown this once: only a hash of it is stored."""
    wanted = load(read_json(ONE_LIMIT), NewKey())
    roles, regions = frozenset(Role(role) for role in wanted["roles"]), wanted.get("regions")
    limits = None if regions is None else frozenset(regions)
    made = service(Gate).keys.create(principal(), wanted["name"], roles, limits, wanted.get("expires"))
    return _issued(made, 201)


@operation(
    keys,
    "GET",
    "/v1/keys",
    Answers(ApiKeysDocument, "Every key, by id"),
    refuses=READS_STORE,
    role=Role.ADMIN,
)
def all_keys() -> Response:
    """Every key, those revoked and expired as well."""
    kept = service(Gate).keys
    return json_response(ApiKeysDocument([kept.document(key) for key in kept.all(principal())]))


@operation(
    keys,
    "GET",
    "/v1/keys/<key_id>",
    Answers(ApiKeyDocument, "The key"),
    Takes(path=ONE),
    refuses=(404, *READS_STORE),
    role=Role.ADMIN,
)
def key(key_id: str) -> Response:
    """A key, as its last step left it."""
    kept = service(Gate).keys
    return json_response(kept.document(kept.key(principal(), key_id)))


@operation(
    keys,
    "POST",
    "/v1/keys/<key_id>/rotate",
    Answers(IssuedDocument, "The key, with its new secret"),
    Takes(query=RotateQuery, path=ONE),
    refuses=(404, 409, 422, *READS_STORE),
    role=Role.ADMIN,
)
def rotate_key(query: dict[str, Any], key_id: str) -> Response:
    """Gives a key a new secret, shown this once. The one before stays good for `grace` seconds."""
    return _issued(service(Gate).keys.rotate(principal(), key_id, timedelta(seconds=query["grace"])))


@operation(
    keys,
    "POST",
    "/v1/keys/<key_id>/revoke",
    Answers(ApiKeyDocument, "The key, revoked"),
    Takes(path=ONE),
    refuses=(404, *READS_STORE),
    role=Role.ADMIN,
)
def revoke_key(key_id: str) -> Response:
    """Ends a key and all its secrets, for every worker within a second. Revoking it again changes nothing."""
    kept = service(Gate).keys
    return json_response(kept.document(kept.revoke(principal(), key_id)))


def _issued(issued: Issued, status: int = 200) -> Response:
    return json_response(IssuedDocument(service(Gate).keys.document(issued.key), issued.secret), status)
