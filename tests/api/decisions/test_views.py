"""Decisions over HTTP."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from greenlane.api.app import create_app
from greenlane.api.wiring.services import Services

Application = dict[str, Any]

LIMIT = {"decision": "limit", "inputs": [{"name": "amount", "value": 800}]}
FAILED = [{"row": "LIM-1", "conditions": [{"text": "> 1000", "value": 800}]}]
FIRED = {"level": "fired", "as_of": "2026-03-02", "decisions": [LIMIT | {"result": 1000}]}
FULL = {"level": "full", "as_of": "2026-03-02", "decisions": [LIMIT | {"failed": FAILED, "result": 1000}]}


def test_an_application_is_decided(client: FlaskClient, application: Application) -> None:
    """The answer has every member of the contract and says where the decision can be read again."""
    response = client.post("/v1/decisions", json=application)
    body = response.get_json()
    assert response.status_code == 201
    assert response.headers["Location"] == f"/v1/decisions/{body['decision_id']}"
    assert uuid.UUID(body.pop("decision_id"))
    release = body.pop("release")
    assert body == {
        "application_id": "APP-20260302-001",
        "decided_at": "2026-03-02T01:00:01.000000Z",
        "as_of": "2026-03-02",
        "status": "APPROVE_RECOMMENDED",
        "outcome": {"tier": "core", "routing": {"lane": "STANDARD"}, "rate_pct": "2.85", "share": 0.8},
        "reasons": [],
        "undetermined": [],
        "trace": FIRED,
    }
    assert (release["name"], release["version"]) == ("fake", "1.0.0")
    assert release["id"] == "rel-" + release["sha256"][:16]


def test_reasons_and_undetermined_rows(client: FlaskClient, application: Application) -> None:
    """A reason carries the texts and the place of its row; an undetermined row says why."""
    application["request"]["amount_wan"] = 1000.01
    declined = client.post("/v1/decisions", json=application).get_json()
    assert declined["reasons"] == [
        {"code": "E309", "zh": "超过上限", "en": "Above the limit", "row": "LIM-1", "source": "limit.yaml:1"}
    ]
    del application["financials"]
    referred = client.post("/v1/decisions", json=application).get_json()
    cause = {
        "kind": "missing",
        "subject": "current_ratio",
        "zh": "缺少 current_ratio",
        "en": "`current_ratio` is missing",
    }
    assert referred["undetermined"] == [{"row": "LIM-2", "because": [cause]}]


def test_text_is_sent_unescaped(client: FlaskClient, application: Application) -> None:
    """Chinese is readable in the bytes."""
    application["request"]["amount_wan"] = 2000
    assert "超过上限".encode() in client.post("/v1/decisions", json=application).data


@pytest.mark.parametrize(
    ("level", "shown"),
    [
        ("none", None),
        ("fired", FIRED),
        ("full", FULL),
    ],
)
def test_trace_levels(client: FlaskClient, application: Application, level: str, shown: Any) -> None:
    """The answer carries as much trace as asked for; /trace always gives all of it."""
    body = client.post(f"/v1/decisions?trace={level}", json=application).get_json()
    assert body["trace"] == shown
    full = client.get(f"/v1/decisions/{body['decision_id']}/trace").get_json()
    assert full["trace"] == FULL


def test_as_of(client: FlaskClient, application: Application) -> None:
    """The date asked for stands in the answer and reaches the rules; else it is the application's."""
    body = client.post("/v1/decisions?as_of=2026-05-01&trace=full", json=application).get_json()
    assert body["as_of"] == body["trace"]["as_of"] == "2026-05-01"


def test_before_the_rules_are_in_force(client: FlaskClient, application: Application) -> None:
    """A date on which the rules are not in force is refused; nothing is stored."""
    response = client.post("/v1/decisions?as_of=2023-12-31", json=application)
    assert response.status_code == 409
    assert response.get_json()["code"] == "not_in_force"
    assert response.get_json()["detail"] == "the current rules are in force from 2024-01-01"
    assert client.get("/v1/decisions").get_json()["decisions"] == []


def test_a_decision_is_read_back_byte_for_byte(client: FlaskClient, application: Application) -> None:
    """What was answered is what is stored."""
    made = client.post("/v1/decisions", json=application)
    assert client.get(made.headers["Location"]).data == made.data


def test_numbers_never_become_floats(client: FlaskClient, application: Application) -> None:
    """A number with more digits than a float holds keeps them all."""
    application["request"]["amount_wan"] = 1
    body = client.application.json.dumps(application).replace('"amount_wan": 1', '"amount_wan": 0.12345678901234567890')
    answer = client.post("/v1/decisions?trace=full", data=body, content_type="application/json")
    assert b'"value":0.12345678901234567890' in answer.data


class TestIdempotency:
    """A request repeated under its key is answered with the stored bytes."""

    HEADERS = {"Idempotency-Key": "order-1"}  # noqa: RUF012

    def test_the_same_request(self, client: FlaskClient, application: Application) -> None:
        """The same bytes, 201 again, marked as a repetition; one decision stored."""
        first = client.post("/v1/decisions", json=application, headers=self.HEADERS)
        again = client.post("/v1/decisions", json=dict(reversed(application.items())), headers=self.HEADERS)
        assert (again.status_code, again.data) == (201, first.data)
        assert "Idempotent-Replayed" not in first.headers
        assert again.headers["Idempotent-Replayed"] == "true"
        assert len(client.get("/v1/decisions").get_json()["decisions"]) == 1

    def test_another_body_or_parameter(self, client: FlaskClient, application: Application) -> None:
        """Anything that could change the answer makes it another request: 409."""
        client.post("/v1/decisions", json=application, headers=self.HEADERS)
        other = {**application, "application_id": "APP-2"}
        for path, body in (
            ("/v1/decisions", other),
            ("/v1/decisions?as_of=2026-04-01", application),
            ("/v1/decisions?trace=full", application),
        ):
            response = client.post(path, json=body, headers=self.HEADERS)
            assert (response.status_code, response.get_json()["code"]) == (409, "idempotency_conflict")

    def test_after_a_restart_with_other_rules(
        self, start: Callable[..., Services], rules_directory: Path, application: Application
    ) -> None:
        """The stored answer is given although the rules would now decide otherwise."""
        first = create_app(start()).test_client().post("/v1/decisions", json=application, headers=self.HEADERS)
        (rules_directory / "limit.yaml").write_text("1 2.0.0")
        again = create_app(start()).test_client().post("/v1/decisions", json=application, headers=self.HEADERS)
        assert again.data == first.data

    def test_under_concurrency(
        self, start: Callable[..., Services], application: Application, database_url: str
    ) -> None:
        """Many requests at once to two sets of services: one decision, one answer for all."""
        apps = [create_app(start(database_url=database_url)) for _ in range(2)]

        def send(number: int) -> tuple[int, bytes]:
            response = apps[number % 2].test_client().post("/v1/decisions", json=application, headers=self.HEADERS)
            return response.status_code, response.data

        with ThreadPoolExecutor(16) as pool:
            answers = set(pool.map(send, range(32)))
        assert len(answers) == 1
        assert len(apps[0].test_client().get("/v1/decisions").get_json()["decisions"]) == 1

    @pytest.mark.parametrize("key", ["", "a b", "x" * 201, "钥匙".encode().decode("latin-1")])
    def test_a_bad_key(self, client: FlaskClient, application: Application, key: str) -> None:
        """A key that cannot be kept is refused before deciding."""
        response = client.post("/v1/decisions", json=application, headers={"Idempotency-Key": key})
        assert response.status_code == 422
        assert response.get_json()["errors"][0]["parameter"] == "Idempotency-Key"


def test_replay_is_identical(client: FlaskClient, application: Application) -> None:
    """Deciding again from what is stored gives the same."""
    made = client.post("/v1/decisions", json=application).get_json()
    replay = client.post(f"/v1/decisions/{made['decision_id']}/replay").get_json()
    assert (replay["identical"], replay["differences"]) == (True, [])
    assert replay["release"] == made["release"]["id"]


def test_explanation(client: FlaskClient, application: Application) -> None:
    """Sentences in both languages."""
    made = client.post("/v1/decisions", json=application).get_json()
    found = client.get(f"/v1/decisions/{made['decision_id']}/explanation").get_json()
    assert found["sentences"] == [
        {
            "zh": "结论：APPROVE_RECOMMENDED",
            "en": "Status: APPROVE_RECOMMENDED",
            "heading": True,
            "decision": "limit",
            "row": "LIM-1",
            "source": "rules.yaml:1:1",
        }
    ]


@pytest.mark.parametrize("rest", ["", "/trace", "/explanation"])
def test_an_unknown_decision(client: FlaskClient, rest: str) -> None:
    """404, as a problem."""
    response = client.get(f"/v1/decisions/{uuid.uuid4()}{rest}")
    assert (response.status_code, response.get_json()["code"]) == (404, "not_found")


class TestSearch:
    """Decisions are found by what they are about, newest first."""

    @pytest.fixture(autouse=True)
    def _made(self, client: FlaskClient, application: Application) -> None:
        for number, amount in enumerate((800, 2000, 900, 3000, 700)):
            application["application_id"] = f"APP-{number}"
            application["request"]["amount_wan"] = amount
            client.post("/v1/decisions", json=application)

    def ids(self, client: FlaskClient, query: str) -> list[str]:
        """The applications found."""
        return [d["application_id"] for d in client.get(f"/v1/decisions?{query}").get_json()["decisions"]]

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("", [4, 3, 2, 1, 0]),
            ("tier=core", [4, 2, 0]),
            ("status=DECLINED", [3, 1]),
            ("route=STANDARD", [4, 2, 0]),
            ("product=INNOV", [4, 3, 2, 1, 0]),
            ("product=CARBON", []),
            ("application_id=APP-3", [3]),
            ("from=2026-03-02&until=2026-03-02", [4, 3, 2, 1, 0]),
            ("from=2026-03-03", []),
            ("until=2026-03-01", []),
            ("until=9999-12-31", [4, 3, 2, 1, 0]),
        ],
    )
    def test_filters(self, client: FlaskClient, query: str, expected: list[int]) -> None:
        """Each filter, and several together."""
        assert self.ids(client, query) == [f"APP-{n}" for n in expected]

    def test_a_line_says_what_it_was_found_by(self, client: FlaskClient) -> None:
        """Enough to choose from, without the application's content."""
        (line,) = client.get("/v1/decisions?application_id=APP-0").get_json()["decisions"]
        assert {k: line[k] for k in ("uscc", "product", "tier", "route", "status", "as_of")} == {
            "uscc": "91320500XXXX00019A",
            "product": "INNOV",
            "tier": "core",
            "route": "STANDARD",
            "status": "APPROVE_RECOMMENDED",
            "as_of": "2026-03-02",
        }

    def test_pages(self, client: FlaskClient, application: Application) -> None:
        """Cursors lead through all, each once, even when new decisions arrive in between."""
        found, query = [], "limit=2"
        while True:
            page = client.get(f"/v1/decisions?{query}").get_json()
            found += [d["application_id"] for d in page["decisions"]]
            if page["next_cursor"] is None:
                break
            query = f"limit=2&cursor={page['next_cursor']}"
            client.post("/v1/decisions", json=application)
        assert found == ["APP-4", "APP-3", "APP-2", "APP-1", "APP-0"]

    @pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "from=1"])
    def test_bad_parameters(self, client: FlaskClient, query: str) -> None:
        """422, naming the parameter."""
        response = client.get(f"/v1/decisions?{query}")
        assert response.status_code == 422
        assert response.get_json()["errors"][0]["parameter"] == query.partition("=")[0]

    def test_a_cursor_of_another_search(self, client: FlaskClient) -> None:
        """A cursor cannot be carried to other conditions, nor made up."""
        cursor = client.get("/v1/decisions?limit=1").get_json()["next_cursor"]
        for query in (f"limit=1&tier=core&cursor={cursor}", "cursor=nonsense", "cursor=W10", "cursor=钥匙"):
            response = client.get(f"/v1/decisions?{query}")
            assert (response.status_code, response.get_json()["code"]) == (404, "no_such_page")
