"""What decides as of which day, as known when; what changed, by whom; and the switch that stops it all."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from greenlane.api.app import create_app
from greenlane.api.config import Settings
from greenlane.api.wiring.services import Services, build_services
from tests.api.callers import Caller
from tests.api.conftest import SteadyClock
from tests.api.sandbox_here import examined_here
from tests.api.small_rules import CORRECTED, FILES, LOWER, application, case, changed, raised
from tests.api.submitting import submit


class Bank:
    """A bank with the small ruleset, and the people who work with it."""

    def __init__(self, services: Services) -> None:
        app = create_app(services)
        self.services = services
        self.ann, self.bob, self.eve = (Caller(app, name) for name in ("ann", "bob", "eve"))

    def release(self, files: Mapping[str, str], effective_from: str | None = None) -> str:
        """The id of a release that Ann drafts and Bob puts in force."""
        drafted = self.ann.post("/v1/releases", {"files": files})
        assert drafted.status_code == 201, drafted.get_json()
        name = str(drafted.get_json()["release"])
        submit(self.ann, name)
        assert self.bob.post(f"/v1/releases/{name}/approve").status_code == 200
        body = {"effective_from": effective_from} if effective_from else {}
        assert self.bob.post(f"/v1/releases/{name}/activate", body).status_code == 200
        return name

    def decide(self, body: Mapping[str, Any], query: str = "") -> dict[str, Any]:
        """The answer."""
        response = self.eve.post(f"/v1/decisions?trace=none{query}", body)
        assert response.status_code == 201, response.get_json()
        found: dict[str, Any] = response.get_json()
        return found

    def replayed(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        """What a replay says of an answer."""
        found: dict[str, Any] = self.eve.post(f"/v1/decisions/{answer['decision_id']}/replay").get_json()
        return found


Open = Callable[..., Bank]


@pytest.fixture
def open_bank(tmp_path: Path) -> Iterator[Open]:
    """Opens the bank, each time on the same database and clock unless told otherwise."""
    directory, clock, opened = tmp_path / "rules", SteadyClock(), []
    for path, text in FILES.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(text, encoding="utf-8")

    def _open(**more: Any) -> Bank:
        settings = {"database_url": f"sqlite:///{tmp_path}/greenlane.db", "rules": directory, "rules_mode": "releases"}
        with examined_here():
            services = build_services(Settings(**{**settings, **more}), clock=clock)
        opened.append(services)
        return Bank(services)

    yield _open
    for services in opened:
        services.close()


@pytest.fixture
def bank(open_bank: Open) -> Bank:
    """The bank."""
    return open_bank()


def test_a_back_dated_correction(bank: Bank) -> None:
    """Decisions as of a corrected day see the correction from its recording on, and not as known before."""
    before = bank.decide(application())
    assert before["outcome"]["rate"] == 3.1
    bank.release(CORRECTED, "2026-02-20")
    after = bank.decide(application())
    assert after["outcome"]["rate"] == 3.0
    as_known = f"&known_at={before['decided_at']}"
    then = bank.decide(application(), as_known)
    assert (then["outcome"], then["release"], then["known_at"]) == (
        before["outcome"],
        before["release"],
        before["decided_at"],
    )
    assert bank.decide(application(day="2026-02-19"))["release"] == before["release"]
    for answer in (before, after, then):
        assert bank.replayed(answer)["identical"] is True


def test_what_a_correction_replaces_is_told_first(bank: Bank) -> None:
    """Without an end it replaces what came later: a dry run says so and how to avoid it, and records nothing."""
    seeded = bank.ann.get("/v1/releases").get_json()["releases"][0]["id"]
    lower = bank.release(LOWER, "2026-03-01")
    corrected = bank.ann.post("/v1/releases", {"files": CORRECTED}).get_json()["release"]
    submit(bank.ann, corrected)
    bank.bob.post(f"/v1/releases/{corrected}/approve")
    path = f"/v1/releases/{corrected}/activate"
    steps = bank.ann.get("/v1/releases:log").get_json()["steps"]
    tried = bank.bob.post(path, {"effective_from": "2026-02-20", "dry_run": True}).get_json()
    first, then = "2026-02-19T16:00:00.000000Z", "2026-02-28T16:00:00.000000Z"
    assert (tried["dry_run"], tried["seq"], tried["effective_from"]) == (True, None, first)
    assert [(o["release"], o["from"], o["until"]) for o in tried["overrides"]] == [
        (seeded, first, then),
        (lower, then, None),
    ]
    assert lower in tried["warning"]["zh"]
    assert tried["warning"]["en"].endswith(f"give effective_until {then}")
    assert bank.ann.get("/v1/releases:log").get_json()["steps"] == steps
    done = bank.bob.post(path, {"effective_from": "2026-02-20", "effective_until": then}).get_json()
    assert (done["dry_run"], done["warning"], len(done["overrides"])) == (False, None, 1)
    assert bank.ann.get("/v1/releases:log").get_json()["steps"][-1]["seq"] == done["seq"]
    assert bank.decide(application())["release"]["id"] == lower
    assert bank.ann.post(path, {"dry_run": True}).status_code == 403


def test_reference_data_on_both_axes(bank: Bank) -> None:
    """Rows known on a day, as recorded by a moment, each with the release that it came with in this form."""
    now = bank.decide(application())["decided_at"]
    seeded = bank.ann.get("/v1/releases").get_json()["releases"][0]["id"]
    corrected = bank.release(CORRECTED, "2026-02-20")
    found = bank.ann.get("/v1/reference/rates?as_of=2026-03-02").get_json()
    assert [(r["values"], r["recorded"]["release"]) for r in found["rows"]] == [
        ({"published": "2024-01-22", "rate": 3.45}, seeded),
        ({"published": "2026-02-20", "rate": 3.0}, corrected),
    ]
    assert (found["release"]["id"], found["as_of"], found["en"]) == (corrected, "2026-03-02", "Rates")
    then = bank.ann.get(f"/v1/reference/rates?as_of=2026-03-02&known_at={now}").get_json()
    assert [r["values"]["rate"] for r in then["rows"]] == [3.45, 3.1]
    assert then["release"]["id"] == seeded
    earlier = bank.ann.get("/v1/reference/rates?as_of=2026-02-01").get_json()
    assert [r["values"]["rate"] for r in earlier["rows"]] == [3.45]
    assert bank.ann.get("/v1/reference/none").status_code == 404


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("known_at=2020-01-01T00:00:00Z", 409, "no_release_then"),
        ("as_of=2023-01-01", 409, "no_release_then"),
        ("known_at=2030-01-01T00:00:00Z", 422, "invalid"),
        ("known_at=2026-03-02", 422, "invalid"),
        ("known_at=2026-03-02T00:00:00", 422, "invalid"),
        ("known_at=yesterday", 422, "invalid"),
    ],
)
def test_moments_that_cannot_be(bank: Bank, query: str, status: int, code: str) -> None:
    """Before anything was known, before anything was in force, still to come, or no moment at all."""
    for refused in (
        bank.eve.post(f"/v1/decisions?{query}", application()),
        bank.ann.get(f"/v1/reference/rates?{query}"),
    ):
        assert (refused.status_code, refused.get_json()["code"]) == (status, code)


def test_known_at_where_files_decide(open_bank: Open) -> None:
    """A problem that says what it needs, not an answer by other rules."""
    refused = open_bank(rules_mode="files").eve.post("/v1/decisions?known_at=2026-03-02T00:00:00Z", application())
    assert (refused.status_code, refused.get_json()["code"]) == (409, "known_at_needs_releases")


def test_a_key_belongs_to_its_moment(bank: Bank) -> None:
    """The same key asked as known at another moment is another request."""
    answer = bank.decide(application())
    path = f"/v1/decisions?known_at={answer['decided_at']}"
    client = bank.eve._client
    header = {"Idempotency-Key": "k", "Test-Caller": "eve"}
    assert client.post("/v1/decisions", json=application(), headers=header).status_code == 201
    assert client.post(path, json=application(), headers=header).status_code == 409


def test_one_batch_is_decided_by_one_knowledge(bank: Bank) -> None:
    """Each application by the release of its day; none of them a moment later than the others."""
    lower = bank.release(LOWER, "2026-03-01")
    body = {"applications": [application(day="2026-02-27"), application(day="2026-03-01"), {"amount_wan": -1}]}
    results = bank.eve.post("/v1/decisions:batch", body).get_json()["results"]
    assert [r["status"] for r in results] == [201, 201, 422]
    assert [r["decision"]["status"] for r in results[:2]] == ["APPROVED", "REFERRED"]
    assert results[1]["decision"]["release"]["id"] == lower


NEW_CASES = (("A", 100, "STANDARD"), ("B", 5000, "MANUAL"))


def test_new_facts_are_taken_at_once(bank: Bank) -> None:
    """A release with another vocabulary takes other applications, and the document says so."""
    vocabulary = FILES["vocabulary.yaml"] + "  listed: {type: boolean, required: true, zh: 上市, en: Listed}\n"
    cases = {f"cases/{name}.json": case(amount, lane, listed=True) for name, amount, lane in NEW_CASES}
    more = raised({**FILES, "vocabulary.yaml": vocabulary, **cases}, "1.1.0")
    assert bank.eve.post("/v1/decisions", application() | {"listed": True}).status_code == 422
    name = bank.ann.post("/v1/releases", {"files": more}).get_json()["release"]
    submit(bank.ann, name)
    bank.bob.post(f"/v1/releases/{name}/approve")
    bank.bob.post(f"/v1/releases/{name}/activate")
    assert bank.eve.post("/v1/decisions?as_of=2026-03-02", application() | {"listed": True}).status_code == 201
    assert bank.eve.post("/v1/decisions?as_of=2026-03-02", application()).status_code == 422
    schemas = bank.eve.get("/openapi.json").get_json()["components"]["schemas"]
    assert "listed" in schemas["Application"]["properties"]


def test_faults_of_a_draft_are_at_their_places(bank: Bank) -> None:
    """All of them, each with file, line and column; nothing is stored."""
    broken = changed("pricing.yaml", "rates[published", "ratse[published")
    broken = changed("pricing.yaml", "LIM-2 | -   ", "LIM-1 | -   ", broken)
    refused = bank.ann.post("/v1/releases", {"files": broken})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "rules_faulty")
    places = [(e["place"].rpartition(":")[0], e["severity"], e["pointer"]) for e in refused.get_json()["errors"]]
    assert ("pricing.yaml:3", "error", "/files/pricing.yaml") in places
    assert ("pricing.yaml:15", "error", "/files/pricing.yaml") in places
    assert len(bank.ann.get("/v1/releases").get_json()["releases"]) == 1


def test_diff_and_blame(bank: Bank) -> None:
    """A changed cell, old and new; who drafted, submitted, approved; and which release a row owes its form to."""
    seeded = bank.ann.get("/v1/releases").get_json()["releases"][0]["id"]
    lower = bank.release(LOWER)
    found = bank.ann.get(f"/v1/releases/{lower}/diff").get_json()
    assert (found["old"]["id"], found["new"]["id"]) == (seeded, lower)
    assert [(c["kind"], c.get("cell"), c["new"]) for c in found["changes"][:1]] == [("heading", "version", "1.1.0")]
    assert found["changes"][1:] == [
        {
            "change": "changed",
            "kind": "row",
            "name": "LIM-1",
            "in": "limit",
            "source": "pricing.yaml:14",
            "cell": "amount_wan",
            "old": "> 1000",
            "new": "> 500",
        }
    ]
    assert [(s["step"], s["by"]) for s in found["steps"]][:3] == [
        ("drafted", "ann"),
        ("submitted", "ann"),
        ("approved", "bob"),
    ]
    assert bank.ann.get(f"/v1/releases/{lower}/diff?against={lower}").get_json()["changes"] == []
    rows = {r["row"]: r for r in bank.ann.get(f"/v1/releases/{lower}/blame").get_json()["rows"]}
    assert (rows["LIM-1"]["release"], rows["LIM-1"]["authors"], rows["LIM-1"]["approved_by"]) == (
        lower,
        ["ann"],
        ["bob"],
    )
    assert rows["LIM-1"]["changes"] == found["changes"][1:]
    assert (rows["LIM-2"]["release"], rows["LIM-2"]["step"]["step"]) == (seeded, "seeded")
    (one,) = bank.ann.get(f"/v1/releases/{lower}/blame?row=LIM-2").get_json()["rows"]
    assert one == rows["LIM-2"]
    assert bank.ann.get(f"/v1/releases/{lower}/blame?row=LIM-9").status_code == 404
    bank.bob.post("/v1/releases:rollback")
    (row,) = bank.ann.get(f"/v1/releases/{seeded}/blame?row=LIM-1").get_json()["rows"]
    assert (row["step"]["step"], row["step"]["by"]) == ("rolled back", "bob")


def test_a_draft_is_compared_with_what_decides(bank: Bank) -> None:
    """Before anything of it was approved; blame puts it at the end of the line."""
    name = bank.ann.post("/v1/releases", {"files": LOWER}).get_json()["release"]
    changes = bank.ann.get(f"/v1/releases/{name}/diff").get_json()["changes"]
    assert [c["name"] for c in changes] == ["small-lending", "LIM-1"]
    (row,) = bank.ann.get(f"/v1/releases/{name}/blame?row=LIM-1").get_json()["rows"]
    assert (row["release"], row["step"]["step"], row["approved_by"]) == (name, "drafted", [])


def test_the_kill_switch(bank: Bank) -> None:
    """On, every application is referred with a code of its own; off, the rules decide again; both are recorded."""
    assert bank.ann.get("/v1/kill-switch").get_json() == {"on": False, "step": None}
    usual = bank.decide(application())
    turned = bank.bob.post("/v1/kill-switch", {"on": True, "reason": "利率异常"}).get_json()
    assert (turned["step"], turned["comment"], turned["release"]) == ("stopped", "利率异常", None)
    assert bank.ann.get("/v1/kill-switch").get_json()["on"] is True
    assert bank.bob.post("/v1/kill-switch", {"on": True, "reason": "again"}).status_code == 409
    stopped = bank.decide(application(), "&as_of=2026-02-25")
    assert (stopped["status"], stopped["outcome"]) == ("REFERRED", {})
    assert stopped["kill_switch"] == {"step": turned["seq"], "since": turned["recorded_at"]}
    (reason,) = stopped["reasons"]
    assert (reason["code"], reason["zh"]) == ("K001", "紧急停用开关已启用：未经规则决策，转人工")
    assert stopped["release"] == usual["release"]
    refused = bank.eve.post("/v1/decisions", {"amount_wan": 1})
    assert refused.status_code == 422
    assert bank.bob.post("/v1/kill-switch", {"on": False, "reason": "恢复"}).get_json()["step"] == "resumed"
    assert bank.decide(application())["outcome"] == usual["outcome"]
    assert bank.replayed(stopped)["identical"] is True
    path = f"/v1/decisions/{stopped['decision_id']}"
    assert bank.eve.get(f"{path}/trace").get_json()["trace"]["decisions"] == []
    (sentence,) = bank.eve.get(f"{path}/explanation").get_json()["sentences"]
    assert sentence["en"] == "Kill switch on: no rule was asked, referred to a person"


def test_the_kill_switch_where_files_decide(open_bank: Open) -> None:
    """It stops these too, across restarts."""
    bank = open_bank(rules_mode="files")
    bank.bob.post("/v1/kill-switch", {"on": True, "reason": "x"})
    assert bank.decide(application())["status"] == "REFERRED"
    assert open_bank(rules_mode="files").decide(application())["status"] == "REFERRED"


def test_the_store_decides_after_a_restart(open_bank: Open, tmp_path: Path) -> None:
    """Rule files that have changed, or are gone, are nothing to a store that has a release."""
    lower = open_bank().release(LOWER, "2026-03-01")
    (tmp_path / "rules" / "pricing.yaml").write_text("broken", encoding="utf-8")
    assert open_bank().decide(application())["release"]["id"] == lower
    shutil.rmtree(tmp_path / "rules")
    again = open_bank()
    assert again.decide(application())["release"]["id"] == lower
    assert again.eve.get("/readyz").get_json()["release"] == lower


def test_other_processes_follow(open_bank: Open) -> None:
    """What one process records, another decides by after its next look; the switch does not wait for rules."""
    here, there = open_bank(), open_bank()
    there.decide(application())
    lower = here.release(LOWER, "2026-03-01")
    snapshots = there.services.releases.snapshots
    assert there.decide(application())["status"] == "APPROVED"
    assert snapshots.follow() is True
    assert there.decide(application())["status"] == "APPROVED"
    here.bob.post("/v1/kill-switch", {"on": True, "reason": "x"})
    snapshots.follow()
    assert there.decide(application())["reasons"][0]["code"] == "K001"
    here.bob.post("/v1/kill-switch", {"on": False, "reason": "x"})
    snapshots.prepare()
    snapshots.follow()
    answer = there.decide(application())
    assert (answer["status"], answer["release"]["id"]) == ("REFERRED", lower)
    assert snapshots.follow() is False
