"""An answer is bounded: a batch by the size of its decisions, every problem by the number and size of its faults."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from greenlane.api.app import create_app
from greenlane.api.problems import FieldProblem, ProblemDocument, ProblemError
from greenlane.api.wiring.services import Services
from greenlane.engine.decide.application import UNKNOWN
from tests.api.fake_rules import FakeRules
from tests.api.test_whole_numbers import LARGE

Start = Callable[..., Services]


def batch(client: FlaskClient, applications: list[Any], trace: str = "full", key: str | None = None) -> list[Any]:
    """The results of a batch."""
    headers = {"Idempotency-Key": key} if key else {}
    sent = {"applications": applications}
    found = client.post(f"/v1/decisions:batch?trace={trace}", json=sent, headers=headers).get_json()["results"]
    assert len(found) == len(applications)
    return list(found)


def numbered(application: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """As many applications, each with its own id."""
    return [application | {"application_id": f"APP-{number}"} for number in range(count)]


def test_a_batch_goes_on_until_its_answer_is_full(
    start: Start, application: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then nothing is decided: no work is done, nothing is stored, and each says so. Sent again, the rest goes on."""
    asked: list[object] = []
    decide = FakeRules.decide_valid

    def counted(*given: Any) -> Any:
        asked.append(given)
        return decide(*given)

    monkeypatch.setattr(FakeRules, "decide_valid", counted)
    client = create_app(start(answer_limit=2000)).test_client()
    sent = numbered(application, 8)
    found = batch(client, sent)
    size = len(client.get("/v1/decisions/" + found[0]["decision"]["decision_id"]).data)
    done = 2000 // size + 1
    assert 1 < done < 8
    assert [each["status"] for each in found] == [201] * done + [413] * (8 - done)
    assert {each["problem"]["code"] for each in found[done:]} == {"answer_full"}
    assert "2000" in found[done]["problem"]["detail"]
    assert len(asked) == done
    assert len(client.get("/v1/decisions").get_json()["decisions"]) == done
    rest = batch(client, sent[done:])
    assert [each["status"] for each in rest] == [201] * min(done, 8 - done) + [413] * max(0, 8 - 2 * done)


def test_a_repeated_batch_is_cut_at_the_same_place(start: Start, application: dict[str, Any]) -> None:
    """What was stored under the key counts as what is decided anew does: the same results."""
    client = create_app(start(answer_limit=2000)).test_client()
    sent = numbered(application, 8)
    first = batch(client, sent, key="k")
    assert [each.get("decision") for each in batch(client, sent, key="k")] == [each.get("decision") for each in first]


def test_one_decision_is_answered_whatever_its_size(start: Start, application: dict[str, Any]) -> None:
    """The limit is one of batches."""
    client = create_app(start(answer_limit=1)).test_client()
    assert client.post("/v1/decisions?trace=full", json=application).status_code == 201
    assert [each["status"] for each in batch(client, [application] * 2)] == [201, 413]


def test_faults_of_a_batch_are_counted_together(start: Start) -> None:
    """The first are told; of each item at least one; and how many there are besides."""
    client = create_app(start(fault_limit=5)).test_client()
    alone = client.post("/v1/decisions", json={}).get_json()
    many = len(alone["errors"]) + alone.get("more_errors", 0)
    assert many > 2
    told = [each["problem"] for each in batch(client, [{}] * 4)]
    lengths = [len(problem["errors"]) for problem in told]
    assert lengths == [min(many, 5), max(1, 5 - many), 1, 1]
    assert [problem.get("more_errors", 0) for problem in told] == [many - length for length in lengths]


@pytest.mark.parametrize("path", ["/v1/decisions", "/v1/decisions:batch", "/v1/decisions:search"])
def test_a_flood_of_unknown_members(client: FlaskClient, application: dict[str, Any], path: str) -> None:
    """The first thousand are told and the others counted, whatever body they are in."""
    given = {"/v1/decisions": application, "/v1/decisions:batch": {"applications": [application]}}.get(path, {})
    body = {**given, **{f"f{number}": number for number in range(5000)}}
    found = client.post(path, json=body).get_json()
    assert (len(found["errors"]), found["more_errors"]) == (1000, 4000)
    few = client.post(path, json={**given, "f": 1}).get_json()
    assert (len(few["errors"]), "more_errors" in few) == (1, False)


def test_names_that_go_on_and_on(client: FlaskClient) -> None:
    """Faults are told until their texts are a million characters."""
    deep = "x" * 300_000
    problem = ProblemError("invalid", [FieldProblem(UNKNOWN, pointer=f"/{deep}/{number}") for number in range(100)])
    document = ProblemDocument.of(problem, "en", "")
    assert (len(document.errors or ()), document.more_errors) == (4, 96)


def test_numbers_in_an_application(client: FlaskClient, application: dict[str, Any]) -> None:
    """However large or small: a fault, and no more work than for another."""
    for number in (LARGE, "-" + LARGE, "1e-700000", "9" * 9999):
        body = f'{{"application_id": "A", "request": {{"product": "INNOV", "amount_wan": {number}}}}}'
        found = client.post("/v1/decisions", data=body, content_type="application/json")
        assert found.status_code == 422
