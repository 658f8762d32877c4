"""Rules that nobody has approved run in processes of their own, with limits; what passes one is a diagnostic."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from greenlane.api.config import Settings
from greenlane.api.problems import ProblemError
from greenlane.api.releases.examination import Asked, ComparisonExamination, DraftExamination, SubmissionExamination
from greenlane.api.releases.records import ReleaseRecord
from greenlane.api.releases.sandbox import Sandbox
from tests.api.releases.hostile import calling_twice, long_rules
from tests.api.sandbox_here import SandboxHere
from tests.api.small_rules import FILES, LOWER, application, case, changed
from tests.api.submitting import case_file

ROOT = Path(__file__).parents[3]
SETTINGS = Settings(draft_wait=0, draft_seconds=300)
LONG = DraftExamination(long_rules(60))
ENDLESS = DraftExamination(long_rules(2000))


def submission(files: Mapping[str, str], **cases: str) -> SubmissionExamination:
    """A release of these files and these cases instead of theirs, against the small rules."""
    own = {path: text for path, text in files.items() if not (cases and path.startswith("cases/"))}
    own |= {f"cases/{name}.json": text for name, text in cases.items()}
    at = "2026-03-02T00:00:00.000000Z"
    old, new = (ReleaseRecord("rel-1", "1" * 64, "small", "1.0.0", dict(each), at) for each in (FILES, own))
    return SubmissionExamination(new, old, date(2026, 3, 2), "test")


@contextmanager
def sandbox(settings: Settings = SETTINGS, places: Path | None = None) -> Iterator[Sandbox]:
    """A sandbox, closed afterwards."""
    made = Sandbox(settings, places)
    try:
        yield made
    finally:
        made.close()


def refused(made: Sandbox, asked: Asked) -> ProblemError:
    """The problem that it ends with."""
    with pytest.raises(ProblemError) as problem:
        made.examine(asked)
    return problem.value


def children(of: int) -> list[int]:
    """The processes that a process started, without those that were there before these tests."""
    found = []
    for each in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, rest = each.read_text().split(" (", 1)
        except OSError:
            continue
        if int(rest.rsplit(") ", 1)[1].split()[1]) == of and int(pid) not in OTHERS:
            found.append(int(pid))
    return found


OTHERS: set[int] = set()
"""Processes of the run of the tests itself: a database server, one that cleans up."""


@pytest.fixture(autouse=True)
def other_processes() -> None:
    """Notes what runs before the test."""
    OTHERS.clear()
    OTHERS.update(children(os.getpid()))


def wait_until(holds: Callable[[], object]) -> None:
    """Returns when it holds, which is soon."""
    for _ in range(1200):
        if holds():
            return
        time.sleep(0.05)
    raise TimeoutError


@pytest.mark.parametrize(
    "asked",
    [
        DraftExamination(FILES),
        DraftExamination({**FILES, "outcome.yaml": "decision: x\nvalue: 1 +\n"}),
        submission(LOWER),
        submission(LOWER, A=case_file(application(5000), rate=1, lane="STANDARD")),
        submission(LOWER, A=case_file({"amount_wan": "1e5"})),
        submission(LOWER, A=case(100, "STANDARD")),
        ComparisonExamination(FILES, LOWER),
        ComparisonExamination(None, FILES),
        ComparisonExamination({"ruleset.yaml": ""}, FILES),
    ],
)
def test_it_finds_what_would_be_found_here(asked: Asked) -> None:
    """The same findings or the same problem, to the last place and digit, with every rule and case."""

    def outcome(made: Sandbox | SandboxHere) -> object:
        try:
            return made.examine(asked)
        except ProblemError as problem:
            return problem.code, problem.errors

    with sandbox() as made:
        assert outcome(made) == outcome(SandboxHere(SETTINGS, None))


def test_cases_are_decided_on_the_budget_of_the_service() -> None:
    """So evidence says what the release will decide: a case that asks for more work is referred."""
    asked = submission(changed("pricing.yaml", "| -                 |", "| < count(for i in 1..5000 return i) |"))
    with sandbox() as made:
        assert made.examine(asked).proofs
    with sandbox(replace(SETTINGS, decision_steps=10_000)) as made:
        assert refused(made, asked).code == "cases_differ"


def test_too_much_time() -> None:
    """GL901 at the files; and the process is gone."""
    with sandbox(replace(SETTINGS, draft_seconds=1)) as made:
        problem = refused(made, ENDLESS)
        assert children(os.getpid()) == []
    assert problem.code == "rules_faulty"
    assert [(f.violation.code, f.severity, f.pointer) for f in problem.errors] == [("GL901", "error", "/files")]


def test_too_much_time_in_a_case() -> None:
    """The diagnostic leads to the case."""
    cases = {f"C{n}": case(100, "STANDARD") for n in range(1000)}
    with sandbox(replace(SETTINGS, draft_seconds=4)) as made:
        (fault,) = refused(made, submission(calling_twice(12), **cases)).errors
    assert fault.violation.code == "GL901"
    assert fault.pointer is not None
    name = fault.pointer.removeprefix("/files/cases~1").removesuffix(".json")
    assert name in cases
    assert fault.violation.detail.en == f"deciding the case `{name}` took more than 4 s"


def test_too_much_memory() -> None:
    """GL902."""
    with sandbox(replace(SETTINGS, draft_memory=48)) as made:
        (fault,) = refused(made, LONG).errors
    assert fault.violation.code == "GL902"
    assert fault.violation.detail.zh == "读取与检查规则文件时所需内存超过 48 MB"


def test_too_long_an_answer() -> None:
    """GL903: a megabyte of texts comes back to a worker that takes none."""
    with sandbox(replace(SETTINGS, draft_answer=1)) as made:
        (fault,) = refused(made, ComparisonExamination(None, long_rules(80))).errors
        assert made.examine(DraftExamination(FILES)).identity is not None
    assert fault.violation.code == "GL903"


def test_a_process_that_is_killed() -> None:
    """GL904: the kernel kills when the machine has no memory left; the draft is refused and nothing else fails."""
    with sandbox() as made, ThreadPoolExecutor(1) as pool:
        problem = pool.submit(refused, made, ENDLESS)
        wait_until(lambda: children(os.getpid()))
        os.kill(children(os.getpid())[0], signal.SIGKILL)
        (fault,) = problem.result().errors
        assert fault.violation.code == "GL904"
        assert made.examine(DraftExamination(FILES)).identity is not None


def test_a_process_that_is_killed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it has taken what it is asked: GL904 too."""
    start = Sandbox._started

    def killed(made: Sandbox, place: int | None) -> subprocess.Popen[bytes]:
        process = start(made, place)
        process.kill()
        process.wait()
        return process

    monkeypatch.setattr(Sandbox, "_started", killed)
    with sandbox() as made:
        (fault,) = refused(made, ENDLESS).errors
    assert fault.violation.code == "GL904"


def test_it_is_told_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the address of the database nor a key is in the process that runs what anybody wrote."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://greenlane:secret@db/greenlane")
    monkeypatch.setenv("GREENLANE_MASTER_KEY", "secret")
    with sandbox() as made, ThreadPoolExecutor(1) as pool:
        problem = pool.submit(refused, made, ENDLESS)
        wait_until(lambda: children(os.getpid()))
        (child,) = children(os.getpid())
        wait_until(lambda: b"sandbox_process" in Path(f"/proc/{child}/cmdline").read_bytes())
        assert b"secret" not in Path(f"/proc/{child}/environ").read_bytes()
        os.kill(child, signal.SIGKILL)
        problem.result()


def test_few_at_once(tmp_path: Path) -> None:
    """Two workers with one place: the second is told when to come again; a worker that dies leaves its place."""
    settings = replace(SETTINGS, draft_processes=1)
    with sandbox(settings, tmp_path / "places") as one, sandbox(settings, tmp_path / "places") as other:
        with ThreadPoolExecutor(1) as pool:
            problem = pool.submit(refused, one, ENDLESS)
            wait_until(lambda: children(os.getpid()))
            busy = refused(other, DraftExamination(FILES))
            assert (busy.code, busy.kind.status, busy.retry_after) == ("drafts_busy", 503, 5)
            os.kill(children(os.getpid())[0], signal.SIGKILL)
            problem.result()
        assert other.examine(DraftExamination(FILES)).identity is not None


def test_a_place_is_waited_for(tmp_path: Path) -> None:
    """Those that find none wait, and are examined one after the other."""
    settings = replace(SETTINGS, draft_processes=1, draft_wait=600)
    with sandbox(settings, tmp_path / "places") as made, ThreadPoolExecutor(4) as pool:
        found = list(pool.map(made.examine, [DraftExamination(FILES)] * 4))
    assert {each.identity.version for each in found if each.identity} == {"1.0.0"}
    assert len(found) == 4


def test_half_of_the_threads_wait_at_most() -> None:
    """One more is refused at once, so that the other half answers decisions."""
    with sandbox(replace(SETTINGS, threads=4)) as made, ThreadPoolExecutor(2) as pool:
        running = [pool.submit(refused, made, ENDLESS) for _ in range(2)]
        wait_until(lambda: len(children(os.getpid())) == 2)
        assert refused(made, DraftExamination(FILES)).code == "drafts_busy"
        made.close()
        assert {each.result().code for each in running} == {"drafts_busy"}
        assert refused(made, DraftExamination(FILES)).code == "drafts_busy"
    assert children(os.getpid()) == []


WORKER = """
from dataclasses import replace
from tests.api.releases.test_sandbox import ENDLESS, SETTINGS, Sandbox
Sandbox(replace(SETTINGS, draft_seconds=600), None).examine(ENDLESS)
"""


def test_it_ends_with_its_worker() -> None:
    """A worker is killed while it waits; what it started does not go on."""
    worker = subprocess.Popen([sys.executable, "-c", WORKER], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    try:
        wait_until(lambda: children(worker.pid))
        (child,) = children(worker.pid)
        wait_until(lambda: b"sandbox_process" in Path(f"/proc/{child}/cmdline").read_bytes())
    finally:
        worker.kill()
        worker.wait()
    wait_until(lambda: not Path(f"/proc/{child}").exists())


def test_a_thread_for_each_that_runs() -> None:
    """None is left behind by what is over."""
    with sandbox() as made:
        made.examine(DraftExamination(FILES))
        before = threading.active_count()
        made.examine(DraftExamination(FILES))
        assert threading.active_count() == before
