"""Releases are swapped under load: no decision mixes two of them, none fails, and every process comes along."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from greenlane.api.config import Settings
from greenlane.api.decisions.service import Application, Request
from greenlane.api.json_objects import encode
from greenlane.api.ledger.errors import StoreUnavailableError
from greenlane.api.principals import LOCAL, Principal, Role
from greenlane.api.releases.cache import background_compilation
from greenlane.api.releases.snapshots import ReleasePoller
from greenlane.api.releases.statements import ReleaseStore
from greenlane.api.wiring.services import Services, build_services
from greenlane.engine.json_text import decode
from tests.api.sandbox_here import examined_here
from tests.api.small_rules import application, changed
from tests.api.submitting import case_file

ANN = Principal("ann", frozenset((Role.AUTHOR,)))
BOB = Principal("bob", frozenset((Role.APPROVE,)))
RELEASES, SWAPS, CALLERS = 5, 60, 4
APPLICATION = decode(encode(application()))


def marked(number: int) -> dict[str, str]:
    """Rule files that carry a number in three places: an expression, a reference table, and the heading."""
    files = changed("outcome.yaml", "lane: limit.lane", f"lane: limit.lane, mark: {number}")
    files["cases/A.json"] = case_file(application(), mark=number)
    files = changed("reference/rates.csv", "2026-02-20,3.10", f"2026-02-20,{number}", files)
    return changed("ruleset.yaml", "version: 1.0.0", f"version: 1.0.{number}", files)


def approve(services: Services, number: int) -> str:
    """The id of a release with that number which may be activated."""
    lifecycle = services.lifecycle
    release = lifecycle.draft(marked(number), None, ANN).release_id
    assert release is not None
    services.submissions.judge(services.submissions.ask(release, None, None, ANN))
    lifecycle.approve(release, None, BOB)
    return release


@pytest.fixture
def start(tmp_path: Path, database_url: str) -> Iterator[Callable[[], Services]]:
    """Starts services as a process would, on one database."""
    for path, text in marked(1).items():
        (tmp_path / "rules" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "rules" / path).write_text(text, encoding="utf-8")
    kept = {"signing_key_file": tmp_path / "keys" / "signing.key", "witness": tmp_path / "heads.jsonl"}
    settings = Settings(database_url, tmp_path / "rules", rules_mode="releases", **kept)
    started: list[Services] = []

    def _start() -> Services:
        with examined_here():
            started.append(build_services(settings))
        return started[-1]

    yield _start
    for services in started:
        services.close()


class Load:
    """Callers that ask one process for decisions until they are told to stop."""

    def __init__(self, services: Services) -> None:
        self.answers: list[dict[str, Any]] = []
        self.failures: list[BaseException] = []
        self._services = services
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._call) for _ in range(CALLERS)]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _call(self) -> None:
        while not self._stop.is_set():
            try:
                day = self._services.lifecycle.days.today(self._services.lifecycle.acts.clock())
                answer = self._services.decisions.decide(Request(Application(APPLICATION), day, "none"), LOCAL)
                self.answers.append(decode(answer.body))
            except BaseException as failure:
                self.failures.append(failure)


def test_swaps_under_load(start: Callable[[], Services], monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes decide while releases old and new are activated, one of them by a third process."""
    monkeypatch.setattr("greenlane.api.releases.snapshots.POLL_SECONDS", 0.01)
    here, there = start(), start()
    releases = [approve(here, number) for number in range(2, RELEASES + 1)]
    following = ReleasePoller(there.releases.snapshots)
    following.start()
    with Load(here) as one, Load(there) as other:
        for swap in range(SWAPS):
            if swap % 10 == 9:
                releases.append(approve(here, RELEASES + len(releases)))
            here.lifecycle.activate(releases[swap * 7 % len(releases)], None, None, None, BOB)
        last = approve(here, 99)
        here.lifecycle.activate(last, None, None, None, BOB)
        _wait_until(lambda: other.answers[-1]["release"]["id"] == last)
    following.stop()
    assert one.failures == other.failures == []
    for answer in (*one.answers, *other.answers):
        number = answer["outcome"]["mark"]
        assert (answer["outcome"]["rate"], answer["release"]["version"]) == (number, f"1.0.{number}")
    assert one.answers[-1]["release"]["id"] == last
    assert len({answer["release"]["id"] for answer in other.answers}) > 3


def test_the_last_snapshot_goes_on(start: Callable[[], Services], monkeypatch: pytest.MonkeyPatch) -> None:
    """While the store cannot be read the poller keeps trying; what was known stays known, and then it follows."""
    monkeypatch.setattr("greenlane.api.releases.snapshots.POLL_SECONDS", 0.01)
    here, there = start(), start()
    snapshots = there.releases.snapshots
    before = snapshots.take()
    away = threading.Event()
    away.set()
    version = ReleaseStore.version

    def unreachable(store: ReleaseStore) -> int:
        if store is there.releases.store and away.is_set():
            raise StoreUnavailableError
        return version(store)

    monkeypatch.setattr(ReleaseStore, "version", unreachable)
    following = ReleasePoller(snapshots)
    following.start()
    release = approve(here, 7)
    here.lifecycle.activate(release, None, None, None, BOB)
    time.sleep(0.1)
    assert snapshots.take() is before
    away.clear()
    _wait_until(lambda: snapshots.take().current(there.lifecycle.acts.clock()).record.id == release)
    following.stop()


def test_compiling_beside_requests_lets_them_have_their_turn() -> None:
    """The interpreter changes hands often meanwhile, and garbage is collected afterwards."""
    import gc
    import sys

    usual = sys.getswitchinterval()
    with background_compilation():
        assert sys.getswitchinterval() < usual
        assert not gc.isenabled()
    assert sys.getswitchinterval() == usual
    assert gc.isenabled()


def _wait_until(true: Callable[[], bool]) -> None:
    limit = time.monotonic() + 20
    while not true():
        assert time.monotonic() < limit
        time.sleep(0.01)
