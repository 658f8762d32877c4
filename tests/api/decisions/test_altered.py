"""A decision whose stored content was altered is refused by name, and hides nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from greenlane.api.app import create_app
from greenlane.api.json_objects import encode
from greenlane.api.ledger.database import reading, writing
from greenlane.api.ledger.migrations.triggers import unguarded
from greenlane.api.ledger.sealing.values import DataKey, seal
from greenlane.api.ledger.tables import decisions, reviews
from greenlane.api.wiring.services import Services

Values = dict[str, Any]
KEY = {"Idempotency-Key": "order-2"}


@dataclass(frozen=True)
class Stored:
    """Three decisions in a store, and somebody who can write to its database and holds all keys."""

    services: Services
    client: FlaskClient
    application: dict[str, Any]
    ids: list[str]

    @property
    def one(self) -> str:
        """The decision in the middle."""
        return self.ids[1]

    def row(self, decision_id: str) -> Values:
        """The row of a decision."""
        with reading(self.services.ledger.database) as connection:
            query = select(decisions).where(decisions.c.decision_id == decision_id)
            return dict(connection.execute(query).mappings().one())

    def key(self) -> DataKey:
        """The data key of the decision in the middle."""
        with reading(self.services.ledger.database) as connection:
            key_id = self.row(self.one)["data_key_id"]
            return self.services.ledger.keys.by_id(connection, [key_id])[key_id]

    def resealed(self, column: str, value: bytes) -> bytes:
        """A value sealed as the service would, in place of what was stored."""
        return seal(self.key(), self.one, column, value).blob

    def alter(self, values: Values) -> None:
        """Changes the row in the middle behind the triggers."""
        with writing(self.services.ledger.database) as connection, unguarded(connection, "decisions"):
            connection.execute(update(decisions).where(decisions.c.decision_id == self.one).values(**values))


@pytest.fixture
def stored(start: Callable[..., Services], database_url: str, application: dict[str, Any]) -> Stored:
    """On each database."""
    services = start(database_url=database_url)
    client = create_app(services).test_client()
    ids = []
    for number in range(3):
        headers = {"Idempotency-Key": f"order-{number + 1}"}
        made = client.post("/v1/decisions?trace=fired", json=application, headers=headers)
        ids.append(made.get_json()["decision_id"])
    return Stored(services, client, application, ids)


def flipped(content: bytes) -> bytes:
    """With its last bit another."""
    return content[:-1] + bytes([content[-1] ^ 1])


ALTERED: dict[str, Callable[[Stored], Values]] = {
    "a bit of the inputs": lambda s: {"inputs": flipped(s.row(s.one)["inputs"])},
    "a bit of the answer": lambda s: {"answer": flipped(s.row(s.one)["answer"])},
    "a bit of the trace": lambda s: {"trace": flipped(s.row(s.one)["trace"])},
    "nothing is left of the answer": lambda _: {"answer": b""},
    "the trace is gone": lambda _: {"trace": None},
    "the inputs of another decision": lambda s: {"inputs": s.row(s.ids[0])["inputs"]},
    "other inputs under the right key": lambda s: {
        "inputs": s.resealed("inputs", encode({**s.application, "request": {"product": "INNOV", "amount_wan": 801}}))
    },
    "another answer under the right key": lambda s: {"answer": s.resealed("answer", b'{"status":"APPROVED"}')},
    "another commitment": lambda _: {"inputs_commitment": "0" * 64},
    "a key that there never was": lambda _: {"data_key_id": "0" * 32},
    "inputs in the clear, as if never sealed": lambda s: {
        **dict.fromkeys(("data_key_id", "inputs_commitment", "answer_commitment", "trace_commitment")),
        "sealed": 0,
        "inputs": encode(s.application),
        "answer": b'{"status":"APPROVED"}',
        "trace": None,
    },
    "bytes that are no text": lambda _: {"sealed": 0, "data_key_id": None, "inputs": b"\xff"},
}
SEEN_BY_SEARCH = ALTERED.keys() - {
    *("a bit of the answer", "a bit of the trace", "nothing is left of the answer", "the trace is gone"),
    "another answer under the right key",
}
"""A search reads the inputs alone."""


@pytest.mark.parametrize("what", ALTERED)
def test_what_was_altered_is_refused(stored: Stored, what: str) -> None:
    """Wherever it would be shown, also to the caller that repeats its request; a replay names the input."""
    stored.alter(ALTERED[what](stored))
    path = f"/v1/decisions/{stored.one}"
    repeated = stored.client.post("/v1/decisions?trace=fired", json=stored.application, headers=KEY)
    if what in ("a key that there never was", "inputs in the clear, as if never sealed", "bytes that are no text"):
        # What the request was kept as cannot be told any more; it is not decided again either.
        assert repeated.get_json()["code"] in {"altered", "idempotency_conflict"}
    else:
        assert repeated.get_json()["code"] == "altered"
    for rest in ("", "/trace", "/explanation", "/evidence"):
        refused = stored.client.get(path + rest)
        found = refused.get_json()
        assert (refused.status_code, found["code"], found["decision_id"]) == (409, "altered", stored.one), rest
        assert refused.mimetype == "application/problem+json"
        assert stored.one in found["detail"]
        assert "`greenlane audit verify`" in found["detail"]
    replay = stored.client.post(f"{path}/replay").get_json()
    assert (replay["identical"], replay["cause"]) == (False, ["input"])


@pytest.mark.parametrize("what", ALTERED)
def test_a_search_leaves_nothing_out(stored: Stored, what: str) -> None:
    """The others are as ever; the altered one is there with a mark, and nothing of its application."""
    before = stored.client.get("/v1/decisions").get_json()["decisions"]
    stored.alter(ALTERED[what](stored))
    shown = stored.client.get("/v1/decisions").get_json()["decisions"]
    assert [line["decision_id"] for line in shown] == list(reversed(stored.ids))
    assert (shown[0], shown[2]) == (before[0], before[2])
    if what in SEEN_BY_SEARCH:
        assert shown[1] == {**before[1], "application_id": None, "uscc": None, "altered": True}
    else:
        assert shown[1] == before[1]


def test_in_chinese(stored: Stored) -> None:
    """As it is asked for."""
    stored.alter({"inputs": b"\x01"})
    found = stored.client.get(f"/v1/decisions/{stored.one}", headers={"Accept-Language": "zh"}).get_json()
    assert found["title"] == "存储的决策已被更改或无法读取"
    assert stored.one in found["detail"]


def test_one_item_of_a_batch(stored: Stored) -> None:
    """Of a batch that is sent again the other items are answered."""
    body = {"applications": [stored.application] * 3}
    made = stored.client.post("/v1/decisions:batch", json=body, headers=KEY).get_json()["results"]
    one = Stored(stored.services, stored.client, stored.application, [r["decision"]["decision_id"] for r in made])
    one.alter({"answer": b"\x01"})
    again = stored.client.post("/v1/decisions:batch", json=body, headers=KEY).get_json()["results"]
    assert (again[0], again[2]) == (made[0], made[2])
    assert (again[1]["status"], again[1]["problem"]["code"]) == (409, "altered")


def test_words_of_a_review(stored: Stored) -> None:
    """Their text is held to its commitment as well."""
    path = f"/v1/decisions/{stored.one}/review"
    assert stored.client.post(path, json={"requested_by": "customer", "reason": "why"}).status_code == 201
    (before,) = stored.client.get(path).get_json()["remarks"]
    assert (before["words"], before["altered"]) == ("why", False)
    sealed = seal(stored.key(), before["id"], "text", b"because").blob
    for text in (sealed, b"\x01"):
        with writing(stored.services.ledger.database) as connection, unguarded(connection, "reviews"):
            connection.execute(update(reviews).values(text=text))
        (remark,) = stored.client.get(path).get_json()["remarks"]
        assert remark == {**before, "words": None, "altered": True}


def test_evidence_of_a_row_that_is_not_as_logged(stored: Stored) -> None:
    """A column in the clear that was altered does not keep a decision from being read, but no pack is made of it."""
    stored.alter({"tier": "strategic"})
    path = f"/v1/decisions/{stored.one}"
    assert stored.client.get(path).status_code == 200
    assert stored.client.get(f"{path}/evidence").get_json()["code"] == "altered"
