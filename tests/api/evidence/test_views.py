"""The log over HTTP: everything an auditor needs to check it, and receipts of decisions."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from greenlane.api.ledger.proof.head import Head
from greenlane.api.ledger.proof.leaf import decode_leaf, digest
from greenlane.api.ledger.proof.signing_key import PublicKey
from greenlane.api.ledger.proof.tree import leaf_hash
from tests.api.ledger.proof import rfc9162
from tests.api.ledger.proof.verifier import extends, includes


@pytest.fixture
def decided(client: FlaskClient, application: dict[str, Any]) -> list[str]:
    """The ids of seven decisions."""
    answers = [client.post("/v1/decisions", json=application).get_json() for _ in range(7)]
    return [answer["decision_id"] for answer in answers]


def get(client: FlaskClient, path: str) -> Any:
    """What a call answers."""
    response = client.get(path)
    assert response.status_code == 200, response.get_data(as_text=True)
    return response.get_json()


def raw(path: list[str]) -> list[bytes]:
    """Hashes as bytes."""
    return [bytes.fromhex(one) for one in path]


def leaves(client: FlaskClient) -> list[bytes]:
    """The data of all entries."""
    return [entry["data"].encode() for entry in get(client, "/v1/log/entries")["entries"]]


@pytest.mark.usefixtures("decided")
def test_the_head_is_signed_and_tells_the_root(client: FlaskClient) -> None:
    """Of the entries that can be fetched, by the key that is published."""
    head, key = Head(**get(client, "/v1/log/head")), get(client, "/v1/log/key")
    assert key["current"] is True
    assert head.verifies(PublicKey(bytes.fromhex(key["public_key"])))
    assert bytes.fromhex(head.root) == rfc9162.mth(leaves(client))
    assert get(client, "/v1/log/keys") == {"keys": [key]}
    assert key["pem"].startswith("-----BEGIN PUBLIC KEY-----\n")
    assert decode_leaf(leaves(client)[key["position"]].decode()).columns["public_key"] == digest(key["public_key"])


@pytest.mark.usefixtures("decided")
def test_entries_in_pages(client: FlaskClient) -> None:
    """From a position to before another, and where to go on."""
    whole = get(client, "/v1/log/entries")
    assert whole["size"] == len(whole["entries"]) == 13
    assert whole["next"] is None
    part = get(client, "/v1/log/entries?from=2&to=5")
    assert [e["position"] for e in part["entries"]] == [2, 3, 4]
    assert part["entries"] == whole["entries"][2:5]
    assert all(e["hash"] == leaf_hash(e["data"].encode()).hex() for e in whole["entries"])
    for nothing in ("from=13", "from=5&to=5", "from=5&to=2", "from=1000000000000000"):
        assert get(client, f"/v1/log/entries?{nothing}")["entries"] == []


def test_long_pages_are_cut(client: FlaskClient, application: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """`next` leads through all of them."""
    monkeypatch.setattr("greenlane.api.evidence.proofs.PAGE", 2)
    client.post("/v1/decisions:batch", json={"applications": [application] * 5})
    found, at = [], 0
    while at is not None:
        page = get(client, f"/v1/log/entries?from={at}")
        found += [e["position"] for e in page["entries"]]
        at = page["next"]
    assert found == list(range(11))


@pytest.mark.usefixtures("decided")
def test_inclusion(client: FlaskClient) -> None:
    """Every entry is proved to be in every tree that has it."""
    data = leaves(client)
    for size in range(1, len(data) + 1):
        for leaf in range(size):
            proof = get(client, f"/v1/log/proofs/inclusion?leaf={leaf}&size={size}")
            root = bytes.fromhex(proof["root"])
            assert root == rfc9162.mth(data[:size])
            assert includes(leaf_hash(proof["entry"]["data"].encode()), leaf, proof["size"], raw(proof["path"]), root)
    assert get(client, "/v1/log/proofs/inclusion?leaf=3") == proof | get(
        client, "/v1/log/proofs/inclusion?leaf=3&size=13"
    )


@pytest.mark.usefixtures("decided")
def test_consistency(client: FlaskClient) -> None:
    """Between any two sizes, and to the newest when none is named."""
    data = leaves(client)
    for old in range(1, len(data) + 1):
        proof = get(client, f"/v1/log/proofs/consistency?from={old}")
        assert (proof["from"], proof["to"]) == (old, len(data))
        roots = bytes.fromhex(proof["from_root"]), bytes.fromhex(proof["to_root"])
        assert roots == (rfc9162.mth(data[:old]), rfc9162.mth(data))
        assert extends(old, roots[0], len(data), roots[1], raw(proof["path"]))
    assert get(client, "/v1/log/proofs/consistency?from=3&to=6")["to"] == 6


def test_a_receipt(client: FlaskClient, decided: list[str]) -> None:
    """Proves the decision to whoever keeps it, whatever becomes of the database."""
    receipt = get(client, f"/v1/decisions/{decided[3]}/proof")
    head, key = Head(**receipt["head"]), get(client, "/v1/log/key")
    assert head.verifies(PublicKey(bytes.fromhex(key["public_key"])))
    entry = receipt["entry"]
    leaf = decode_leaf(entry["data"])
    assert (leaf.kind, leaf.subject) == ("decision", decided[3])
    assert leaf.columns["status"] == digest("APPROVE_RECOMMENDED")
    hashed = leaf_hash(entry["data"].encode())
    assert includes(hashed, entry["position"], head.size, raw(receipt["path"]), bytes.fromhex(head.root))


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v1/decisions/nobody/proof", "not_found"),
        ("/v1/log/proofs/inclusion?leaf=13", "not_in_log"),
        ("/v1/log/proofs/inclusion?leaf=3&size=3", "not_in_log"),
        ("/v1/log/proofs/inclusion?leaf=0&size=0", "not_in_log"),
        ("/v1/log/proofs/inclusion?leaf=0&size=14", "not_in_log"),
        ("/v1/log/proofs/consistency?from=0", "not_in_log"),
        ("/v1/log/proofs/consistency?from=5&to=4", "not_in_log"),
        ("/v1/log/proofs/consistency?from=5&to=14", "not_in_log"),
        ("/v1/log/proofs/inclusion", "invalid"),
        ("/v1/log/proofs/consistency?to=5", "invalid"),
        ("/v1/log/proofs/inclusion?leaf=-1", "invalid"),
        ("/v1/log/entries?from=x", "invalid"),
    ],
)
@pytest.mark.usefixtures("decided")
def test_what_cannot_be_proved(client: FlaskClient, path: str, code: str) -> None:
    """Is a problem with a code."""
    problem = client.get(path).get_json()
    assert problem["code"] == code


def test_a_parameter_left_out_is_named(client: FlaskClient) -> None:
    """As a field of a body would be."""
    errors = client.get("/v1/log/proofs/inclusion").get_json()["errors"]
    assert [(e["parameter"], e["code"]) for e in errors] == [("leaf", "required")]
