"""Two people take a changed rule from a draft to every decision, and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from greenlane.api.app import create_app
from greenlane.api.wiring.services import Services
from tests.api.callers import Caller
from tests.api.submitting import asked, case_file

LIMIT = "500 1.1.0"


class Office:
    """The people around one application, and what they usually do."""

    def __init__(self, app: Flask, application: dict[str, Any]) -> None:
        self.application = application
        self.ann, self.bob, self.cat, self.dan, self.eve = (
            Caller(app, name) for name in ("ann", "bob", "cat", "dan", "eve")
        )

    def files(self, limit: str = LIMIT, **expected: Any) -> dict[str, str]:
        """Rule files with one worked case: the usual application is declined by a limit of 500, and so ordinary."""
        return {"limit.yaml": limit, "cases/EX-1.json": case_file(self.application, **expected or {"tier": "ordinary"})}

    def draft(self, files: dict[str, str] | None = None) -> str:
        """The id of a release that Ann drafts."""
        made = self.ann.post("/v1/releases", {"files": files or self.files(), "comment": "上限降至 500"})
        assert made.status_code == 201, made.get_json()
        return str(made.get_json()["release"])

    def submit(self, release: str, **more: Any) -> Any:
        """The response to Ann's submission."""
        return asked(self.ann, release, **more)

    def approved(self) -> str:
        """The id of a release that Bob has approved."""
        release = self.draft()
        assert self.submit(release).status_code == 200
        assert self.bob.post(f"/v1/releases/{release}/approve").status_code == 200
        return release

    def decided(self, query: str = "") -> dict[str, Any]:
        """What the usual application is answered."""
        answer: dict[str, Any] = self.eve.post(f"/v1/decisions?trace=none{query}", self.application).get_json()
        return answer

    def state(self, release: str) -> str:
        """The state of a release."""
        return str(self.ann.get(f"/v1/releases/{release}").get_json()["state"])


@pytest.fixture
def office(start: Callable[..., Services], application: dict[str, Any]) -> Office:
    """An office whose releases decide."""
    return Office(create_app(start(rules_mode="releases")), application)


def refusal(response: Any) -> tuple[int, str]:
    """Status and code of a problem."""
    return response.status_code, response.get_json()["code"]


def test_from_draft_to_decision(office: Office) -> None:
    """Each step shows in the state; decisions follow at once and say which release made them."""
    assert office.decided()["status"] == "APPROVE_RECOMMENDED"
    release = office.draft()
    assert office.state(release) == "draft"
    office.submit(release)
    assert office.state(release) == "submitted"
    assert office.bob.post(f"/v1/releases/{release}/approve", {"comment": "同意"}).status_code == 200
    assert office.state(release) == "approved"
    assert office.decided()["status"] == "APPROVE_RECOMMENDED"
    assert office.cat.post(f"/v1/releases/{release}/activate", {"effective_from": "2026-03-01"}).status_code == 200
    assert office.state(release) == "active"
    answer = office.decided()
    assert (answer["status"], answer["release"]["id"], answer["release"]["version"]) == ("DECLINED", release, "1.1.0")
    log = office.ann.get(f"/v1/releases/{release}/log").get_json()["steps"]
    assert [(s["step"], s["by"]) for s in log] == [
        ("drafted", "ann"),
        ("submitted", "ann"),
        ("approved", "bob"),
        ("activated", "cat"),
    ]
    everything = office.ann.get("/v1/releases:log").get_json()["steps"]
    assert [s["step"] for s in everything] == ["seeded", *(s["step"] for s in log)]


def test_four_eyes(office: Office) -> None:
    """Neither who drafted nor who submitted approves, whatever their roles; the problem says so in both languages."""
    release = str(office.eve.post("/v1/releases", {"files": office.files()}).get_json()["release"])
    office.submit(release)
    refused = office.eve.post(f"/v1/releases/{release}/approve")
    assert refusal(refused) == (409, "four_eyes")
    assert refused.get_json()["title"] == "nobody approves what they drafted or submitted"
    assert office.state(release) == "submitted"
    assert office.bob.post(f"/v1/releases/{release}/approve").status_code == 200


@pytest.mark.parametrize(
    ("path", "body", "caller"),
    [
        ("/v1/releases", {"files": {"limit.yaml": LIMIT}}, "bob"),
        ("/v1/releases/rel-0/submit", {}, "bob"),
        ("/v1/releases/rel-0/approve", {}, "ann"),
        ("/v1/releases/rel-0/reject", {"comment": "no"}, "ann"),
        ("/v1/releases/rel-0/activate", {}, "ann"),
        ("/v1/releases:rollback", {}, "ann"),
        ("/v1/kill-switch", {"on": True, "reason": "x"}, "ann"),
    ],
)
def test_roles(office: Office, path: str, body: dict[str, Any], caller: str) -> None:
    """Authors do not approve, approvers do not draft."""
    assert refusal(getattr(office, caller).post(path, body)) == (403, "forbidden")


def test_the_service_finds_the_evidence(office: Office) -> None:
    """Check and scenarios are run, kept by the hash of their bytes, and named by the approval."""
    release = office.draft()
    submitted = office.submit(release, impact="受影响客户 12 户").get_json()
    approved = office.bob.post(f"/v1/releases/{release}/approve").get_json()
    assert approved["evidence"] == submitted["evidence"]
    listed = {e["kind"]: e for e in office.ann.get(f"/v1/releases/{release}/evidence").get_json()["evidence"]}
    assert listed.pop("submission")["passed"] is True
    files = listed.pop("files")["sha256"]
    hashes = office.ann.get(f"/v1/releases/{release}/evidence/{files}").get_json(force=True)
    assert hashes == {path: hashlib.sha256(text.encode()).hexdigest() for path, text in office.files().items()}
    assert {kind: e["sha256"] for kind, e in listed.items()} == approved["evidence"]
    contents = {}
    for kind, line in listed.items():
        response = office.ann.get(f"/v1/releases/{release}/evidence/{line['sha256']}")
        assert hashlib.sha256(response.data).hexdigest() == line["sha256"]
        assert (line["passed"], line["bytes"]) == (True, len(response.data))
        contents[kind] = response.text
    assert contents["impact"] == "受影响客户 12 户"
    assert json.loads(contents["check"])["errors"] == 0
    (case,) = json.loads(contents["scenarios"])["cases"]
    assert (case["name"], case["status"], case["expected"]) == ("EX-1", "DECLINED", {"tier": "ordinary"})
    assert refusal(office.ann.get(f"/v1/releases/{release}/evidence/{'0' * 64}")) == (404, "not_found")


def test_the_same_evidence_has_the_same_hash(office: Office) -> None:
    """Submitted again after a rejection, the same files and cases give the same bytes."""
    release = office.draft()
    first = office.submit(release).get_json()["evidence"]
    assert office.bob.post(f"/v1/releases/{release}/reject", {"comment": "材料不全"}).status_code == 200
    assert office.state(release) == "rejected"
    assert office.submit(release).get_json()["evidence"] == first


def test_cases_that_differ_are_not_submitted(office: Office) -> None:
    """Every difference at its place; nothing is recorded."""
    release = office.draft(office.files(tier="core", rate_pct="2.85"))
    refused = office.submit(release)
    assert refusal(refused) == (409, "cases_differ")
    assert [(e["pointer"], e["detail"]) for e in refused.get_json()["errors"]] == [
        ("/files/cases~1EX-1.json/expected/tier", 'expected "core", decided "ordinary"'),
        ("/files/cases~1EX-1.json/expected/rate_pct", 'expected "2.85", decided -'),
    ]
    assert office.state(release) == "draft"


def test_a_release_without_cases_is_not_submitted(office: Office) -> None:
    """Whatever it changes, nobody has said what should come out."""
    release = office.draft({"limit.yaml": LIMIT})
    assert refusal(office.submit(release)) == (409, "cases_missing")
    assert office.state(release) == "draft"


def test_cases_of_days_on_which_nothing_is_in_force(office: Office) -> None:
    """Told with the others, at the case."""
    office.application["application_date"] = "2023-12-31"
    refused = office.submit(office.draft())
    assert refusal(refused) == (409, "cases_differ")
    (fault,) = refused.get_json()["errors"]
    assert (fault["code"], fault["pointer"]) == ("not_in_force", "/files/cases~1EX-1.json/application")


@pytest.mark.parametrize(
    ("version", "status"),
    [
        *(("1.9.1", 200), ("1.10.0", 200), ("2.0.0", 200), ("1.9.1-rc.1", 200), ("1.9." + "9" * 40, 200)),
        *(("1.9.0", 409), ("1.8.99", 409), ("01.9.0", 409), ("0.9.9", 409), ("1.9.0-rc.1", 409)),
    ],
)
def test_the_version_must_rise(office: Office, version: str, status: int) -> None:
    """Above the one in force, number by number; the problem names that."""
    first = office.draft(office.files("500 1.9.0"))
    assert office.submit(first).status_code == 200
    office.bob.post(f"/v1/releases/{first}/approve")
    office.bob.post(f"/v1/releases/{first}/activate")
    second = office.draft(office.files(f"400 {version}"))
    answer = office.submit(second)
    assert answer.status_code == status
    if status == 409:
        assert refusal(answer) == (409, "version_not_raised")
        assert answer.get_json()["detail"] == "it must be above 1.9.0, which is in force"
        assert office.state(second) == "draft"


@pytest.mark.parametrize(
    ("path", "body", "pointers"),
    [
        ("/v1/releases", {}, ["/files"]),
        ("/v1/releases", {"files": {}}, ["/files"]),
        ("/v1/releases", {"files": {"a.yaml": 1, "b.yaml": "x"}, "coment": "x"}, ["/files/a.yaml", "/coment"]),
        (
            "/v1/releases",
            {"files": {"../a.yaml": "", ".a.yaml": "", "/a.yaml": "", "a.txt": "", "b/../a.yaml": ""}},
            ["/files/..~1a.yaml", "/files/.a.yaml", "/files/~1a.yaml", "/files/a.txt", "/files/b~1..~1a.yaml"],
        ),
        ("/v1/releases", {"files": {"limit.yaml": LIMIT}, "comment": ""}, ["/comment"]),
        ("/v1/releases/rel-0/submit", {"cases": {}, "impact": ""}, ["/impact", "/cases"]),
        ("/v1/releases/rel-0/reject", {}, ["/comment"]),
        ("/v1/releases/rel-0/activate", {"effective_from": "2026-03-01T08:00:00"}, ["/effective_from"]),
        ("/v1/releases/rel-0/activate", {"effective_from": "2026-02-30"}, ["/effective_from"]),
        ("/v1/releases/rel-0/activate", {"effective_from": 20260301}, ["/effective_from"]),
        ("/v1/kill-switch", {"on": "yes"}, ["/on", "/reason"]),
    ],
)
def test_bodies_at_fault(office: Office, path: str, body: dict[str, Any], pointers: list[str]) -> None:
    """Every fault at once, each with its JSON pointer."""
    refused = office.eve.post(path, body)
    assert refusal(refused) == (422, "invalid")
    assert [e["pointer"] for e in refused.get_json()["errors"]] == pointers


def test_steps_out_of_order(office: Office) -> None:
    """A problem that names the state in the caller's language."""
    release = office.draft()
    refused = office.bob.post(f"/v1/releases/{release}/approve")
    assert refusal(refused) == (409, "step_not_allowed")
    assert refused.get_json()["detail"] == "its state is draft"
    assert refusal(office.bob.post(f"/v1/releases/{release}/activate")) == (409, "step_not_allowed")
    office.submit(release)
    assert refusal(office.ann.post("/v1/releases", {"files": office.files()})) == (409, "step_not_allowed")
    assert refusal(office.submit("rel-0")) == (404, "not_found")


def test_a_draft_may_be_drafted_again(office: Office) -> None:
    """By another author too, who then may not approve it either."""
    release = office.draft()
    assert office.eve.post("/v1/releases", {"files": office.files()}).get_json()["release"] == release
    office.submit(release)
    assert refusal(office.eve.post(f"/v1/releases/{release}/approve")) == (409, "four_eyes")


def test_an_activation_to_come(office: Office) -> None:
    """A plan shows as such and changes nothing before its time; as of a day after it, its release decides."""
    release = office.approved()
    planned = office.bob.post(f"/v1/releases/{release}/activate", {"effective_from": "2026-03-10T09:00:00+08:00"})
    assert planned.get_json()["effective_from"] == "2026-03-10T01:00:00.000000Z"
    assert office.state(release) == "approved"
    line = office.ann.get(f"/v1/releases/{release}").get_json()
    assert (line["planned_from"], line["current"]) == ("2026-03-10T01:00:00.000000Z", False)
    assert office.decided()["release"]["version"] == "1.0.0"
    assert office.decided("&as_of=2026-03-09")["release"]["version"] == "1.0.0"
    assert office.decided("&as_of=2026-03-10")["release"]["version"] == "1.1.0"


def test_a_plan_comes_true_by_itself(office: Office) -> None:
    """Nobody has to do anything at the moment it begins: the clock alone decides. (It goes on a second each look.)"""
    release = office.approved()
    office.bob.post(f"/v1/releases/{release}/activate", {"effective_from": "2026-03-02T09:01:00+08:00"})
    versions = [office.decided()["release"]["version"] for _ in range(60)]
    assert versions == sorted(versions)
    assert set(versions) == {"1.0.0", "1.1.0"}
    assert office.state(release) == "active"


def test_a_period_must_not_end_before_it_begins(office: Office) -> None:
    """Refused at its place."""
    release = office.approved()
    body = {"effective_from": "2026-03-10", "effective_until": "2026-03-10"}
    refused = office.bob.post(f"/v1/releases/{release}/activate", body)
    assert refusal(refused) == (422, "invalid")
    assert refused.get_json()["errors"][0]["pointer"] == "/effective_until"


def test_rolling_back(office: Office) -> None:
    """One call, itself a step: the release before decides again, also as of days on which the other one did."""
    release = office.approved()
    office.bob.post(f"/v1/releases/{release}/activate", {"effective_from": "2026-02-20"})
    assert office.decided("&as_of=2026-02-25")["status"] == "DECLINED"
    step = office.cat.post("/v1/releases:rollback", {"comment": "误伤"}).get_json()
    assert (step["step"], step["by"], step["comment"]) == ("rolled back", "cat", "误伤")
    assert step["effective_from"] == "2026-02-19T16:00:00.000000Z"
    assert office.decided()["release"]["version"] == "1.0.0"
    assert office.decided("&as_of=2026-02-25")["release"]["version"] == "1.0.0"
    assert office.state(release) == "superseded"
    assert refusal(office.cat.post("/v1/releases:rollback")) == (409, "nothing_to_roll_back")
    assert office.cat.post("/v1/releases:rollback", {"to": release}).status_code == 200
    assert office.decided()["release"]["id"] == release


def test_nothing_to_roll_back(office: Office) -> None:
    """Not from the first release, not to one that was never in force, not to none at all."""
    assert refusal(office.bob.post("/v1/releases:rollback")) == (409, "nothing_to_roll_back")
    release = office.approved()
    assert refusal(office.bob.post("/v1/releases:rollback", {"to": release})) == (409, "nothing_to_roll_back")
    assert refusal(office.bob.post("/v1/releases:rollback", {"to": "rel-0"})) == (404, "not_found")


def test_where_files_decide(start: Callable[..., Services], application: dict[str, Any]) -> None:
    """Releases can be prepared, and not activated; the files go on deciding."""
    office = Office(create_app(start()), application)
    release = office.approved()
    assert refusal(office.bob.post(f"/v1/releases/{release}/activate")) == (409, "files_decide")
    assert refusal(office.bob.post("/v1/releases:rollback")) == (409, "files_decide")
    assert office.decided()["release"]["version"] == "1.0.0"
    lines = office.ann.get("/v1/releases").get_json()["releases"]
    assert {(r["version"], r["state"], r["current"]) for r in lines} == {
        ("1.0.0", "active", True),
        ("1.1.0", "approved", False),
    }
