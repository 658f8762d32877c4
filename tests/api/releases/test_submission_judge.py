"""A submission is answered at once and judged in the background: once, by whichever process comes to it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from greenlane.api.problems import FieldProblem, ProblemError
from greenlane.api.releases.examination import Asked, Findings
from greenlane.api.releases.submission_judge import SubmissionJudge
from greenlane.api.releases.submission_records import SubmissionRequest
from greenlane.engine.decide.application import Violation
from greenlane.engine.text import Text
from tests.api.auditor import Bank, limited
from tests.api.submitting import asked

Open = Callable[[], Bank]


@pytest.fixture
def opened(tmp_path: Path, database_url: str) -> Iterator[Open]:
    """Opens a bank as a process would, every time on the same store."""
    banks: list[Bank] = []

    def _open() -> Bank:
        banks.append(Bank(tmp_path, database_url))
        return banks[-1]

    yield _open
    for bank in banks:
        bank.services.close()


@pytest.fixture
def bank(opened: Open) -> Bank:
    """A process whose judge was killed."""
    made = opened()
    made.services.judge.stop()
    return made


def draft(bank: Bank, files: Mapping[str, str] | None = None) -> str:
    """The id of a release that Ann drafts."""
    made = bank.ann.post("/v1/releases", {"files": files or limited(500)})
    assert made.status_code == 201, made.get_json()
    return str(made.get_json()["release"])


def ask(bank: Bank, files: Mapping[str, str] | None = None) -> str:
    """The id of a release whose submission waits."""
    release = draft(bank, files)
    body = {"comment": "附案例", "impact": "受影响客户 12 户"}
    response = bank.ann.post(f"/v1/releases/{release}/submit", body)
    assert response.status_code == 202, response.get_json()
    return release


def submission(bank: Bank, release: str) -> dict[str, Any]:
    """What is told of the last submission of a release."""
    found: dict[str, Any] = bank.ann.get(f"/v1/releases/{release}").get_json()["submission"]
    return found


def only_request(bank: Bank, release: str) -> SubmissionRequest:
    """The request that waits."""
    (request,) = bank.services.submissions.acts.store.pending([release])
    return request


def steps(bank: Bank, release: str) -> list[str]:
    """The kinds of the steps of a release."""
    return [step["step"] for step in bank.ann.get(f"/v1/releases/{release}/log").get_json()["steps"]]


def test_it_is_on_record_before_it_is_judged(bank: Bank) -> None:
    """The answer says who asked and where to look; until it is judged nothing else is done to the release."""
    release = draft(bank)
    response = bank.ann.post(f"/v1/releases/{release}/submit", {"comment": "附案例"})
    assert response.status_code == 202
    assert response.headers["Location"] == f"/v1/releases/{release}"
    assert response.headers["Retry-After"] == "2"
    assert response.get_json() == submission(bank, release)
    assert {**response.get_json(), "requested_at": ""} == {
        "release": release,
        "state": "pending",
        "by": "ann",
        "requested_at": "",
        "comment": "附案例",
        "problem": None,
    }
    for person, act, body in (
        (bank.bob, f"/{release}/approve", {}),
        (bank.bob, f"/{release}/reject", {"comment": "不可"}),
        (bank.dan, f"/{release}/submit", {}),
        (bank.dan, "", {"files": limited(500)}),
    ):
        refused = person.post(f"/v1/releases{act}", body)
        assert (refused.status_code, refused.get_json()["code"]) == (409, "evidence_pending"), act
        assert refused.headers["Retry-After"] == "2"
    assert steps(bank, release) == ["drafted"]


def test_another_process_takes_over(bank: Bank, opened: Open) -> None:
    """Once it is overdue; the step is that of who asked, with all that was handed in."""
    release, other = ask(bank), opened()
    assert other.services.submissions.overdue() == []
    other.clock.forward(seconds=other.services.submissions.overdue_seconds)
    other.services.judge.start()
    until = time.monotonic() + 120
    while submission(other, release)["state"] == "pending" and time.monotonic() < until:
        time.sleep(0.05)
    assert submission(bank, release)["state"] == "submitted"
    (_, step) = bank.ann.get(f"/v1/releases/{release}/log").get_json()["steps"]
    assert (step["step"], step["by"], step["comment"]) == ("submitted", "ann", "附案例")
    document = bank.ann.get(f"/v1/releases/{release}/evidence/{step['evidence']['impact']}")
    assert document.text == "受影响客户 12 户"
    assert bank.bob.post(f"/v1/releases/{release}/approve").status_code == 200


def test_a_refusal_is_on_record(bank: Bank, opened: Open) -> None:
    """With every fault, told in the language of who looks; the release may be submitted again."""
    without = {path: text for path, text in limited(500).items() if path != "cases/B.json"}
    release = ask(bank, without)
    opened().services.submissions.judge(only_request(bank, release))
    found = submission(bank, release)
    assert (found["state"], found["problem"]["code"]) == ("refused", "rows_not_reached")
    assert found["problem"]["errors"][0]["place"] == "pricing.yaml:14:1"
    kinds = bank.ann.get(f"/v1/releases/{release}/evidence").get_json()["evidence"]
    assert {each["kind"]: each["passed"] for each in kinds}["refusal"] is False
    assert steps(bank, release) == ["drafted"]
    assert bank.bob.post(f"/v1/releases/{release}/approve").get_json()["code"] == "step_not_allowed"
    assert bank.dan.post(f"/v1/releases/{release}/submit").status_code == 202
    assert submission(bank, release)["by"] == "dan"


def test_the_client_may_wait(opened: Open) -> None:
    """As long as it says; what it is answered is what was recorded."""
    bank = opened()
    response = asked(bank.ann, draft(bank))
    assert (response.status_code, response.headers["Preference-Applied"]) == (200, "wait=60")
    assert response.get_json()["step"] == "submitted"
    without = {path: text for path, text in limited(400).items() if path != "cases/B.json"}
    refused = asked(bank.ann, draft(bank, without))
    assert (refused.status_code, refused.get_json()["code"]) == (409, "rows_not_reached")


def test_it_is_judged_once(bank: Bank, opened: Open) -> None:
    """However many judge it at the same moment, and whatever they find: one outcome is recorded."""
    release, other = ask(bank), opened()
    request = only_request(bank, release)
    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(each.services.submissions.judge, request) for each in (bank, other, bank)]
        done.append(pool.submit(other.services.submissions.refuse, request, ProblemError("drafts_busy")))
        for each in done:
            each.result()
    kinds = [each["kind"] for each in bank.ann.get(f"/v1/releases/{release}/evidence").get_json()["evidence"]]
    assert kinds.count("refusal") + steps(bank, release).count("submitted") == 1


def test_clocks_that_differ(bank: Bank, opened: Open) -> None:
    """What comes of a request is recorded after it, by a machine whose clock is behind too."""
    bank.clock.forward(days=1)
    release, other = ask(bank), opened()
    request = only_request(bank, release)
    other.services.submissions.judge(request)
    assert submission(bank, release)["state"] == "submitted"
    assert bank.services.releases.timeline().steps[-1].recorded_at > request.requested_at


def test_no_place_for_drafts(bank: Bank) -> None:
    """It is tried again, and refused at last: nothing waits for ever."""
    release = ask(bank)
    request, known = only_request(bank, release), bank.services.submissions

    def busy(_: Asked) -> Findings:
        raise ProblemError("drafts_busy")

    crowded = replace(known, examine=busy)
    with pytest.raises(ProblemError, match="drafts_busy"):
        crowded.judge(request)
    assert submission(bank, release)["state"] == "pending"
    bank.clock.forward(seconds=3 * known.overdue_seconds)
    crowded.judge(request)
    assert submission(bank, release)["problem"]["code"] == "drafts_busy"


def test_what_fails_is_refused(bank: Bank) -> None:
    """A fault of the service ends the wait too, and the thread goes on."""
    release = ask(bank)

    def broken(_: Asked) -> Findings:
        raise RuntimeError

    judge = SubmissionJudge(replace(bank.services.submissions, examine=broken), 1)
    judge.take(only_request(bank, release))
    assert judge.wait(only_request(bank, release), 60).state == "refused"
    assert submission(bank, release)["problem"]["code"] == "internal"
    judge.stop()
    judge.join()


def test_a_refusal_has_bounds(bank: Bank) -> None:
    """What is kept for ever is no longer than what one answer tells; the number of the others is kept."""
    request = only_request(bank, ask(bank))
    text = "x" * 200_000
    faults = [FieldProblem(Violation("differs", Text(text, text)), pointer=f"/{number}") for number in range(50)]
    bank.services.submissions.refuse(request, ProblemError("cases_differ", faults, untold=7))
    problem = submission(bank, request.release)["problem"]
    assert [fault["pointer"] for fault in problem["errors"]] == ["/0", "/1", "/2"]
    assert problem["more_errors"] == 54


def test_few_wait(bank: Bank) -> None:
    """Who comes when as many wait as may is answered at once, and the others when the process ends."""
    release = ask(bank)
    request, judge = only_request(bank, release), SubmissionJudge(bank.services.submissions, 1)
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(judge.wait, request, 600) for _ in range(2)]
        done, others = wait(waiting, 120, FIRST_COMPLETED)
        assert (len(done), len(others)) == (1, 1)
        judge.stop()
        assert {each.result(120).state for each in waiting} == {"pending"}
