"""Operators see which release decides, how often that changed, whether a process is behind, and the kill switch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from greenlane.api.app import create_app
from greenlane.api.metrics import DIRECTORY
from greenlane.api.operations.deciding import deciding
from greenlane.api.wiring.services import Services
from tests.api.auditor import Bank, limited


@pytest.fixture
def bank(tmp_path: Path, database_url: str) -> Iterator[Bank]:
    """A bank on an empty database of each kind."""
    bank = Bank(tmp_path, database_url)
    yield bank
    bank.services.close()


def seen(bank: Bank) -> dict[str, float]:
    """What the metrics say of releases: names with their labels, and values."""
    text = bank.eve.get("/metrics").text
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {
        " ".join((s.name.removeprefix("greenlane_"), *s.labels.values())): s.value
        for s in samples
        if s.name.startswith(("greenlane_release", "greenlane_kill"))
    }


def test_what_decides(bank: Bank) -> None:
    """An activation counts when its time has come, a rollback at once; there is one series of releases at any time."""
    seeded = bank.ann.get("/v1/releases").get_json()["releases"][0]["id"]
    usual = {"release_behind_seconds": 0.0, "kill_switch": 0.0}
    assert seen(bank) == {f"release_info {seeded} 1.0.0": 1.0, "release_swaps_total": 0.0, **usual}
    lower = bank.release(limited(500), bank.ann, bank.bob, effective_from="2026-03-10")
    assert seen(bank) == {f"release_info {seeded} 1.0.0": 1.0, "release_swaps_total": 0.0, **usual}
    bank.clock.forward(days=10)
    assert seen(bank) == {f"release_info {lower} 1.1.9500": 1.0, "release_swaps_total": 1.0, **usual}
    bank.bob.post("/v1/releases:rollback")
    assert seen(bank) == {f"release_info {seeded} 1.0.0": 1.0, "release_swaps_total": 2.0, **usual}


def test_the_kill_switch(bank: Bank) -> None:
    """Is 1 while it is on."""
    for on in (True, False):
        bank.bob.post("/v1/kill-switch", {"on": on, "reason": "利率异常"})
        assert seen(bank)["kill_switch"] == float(on)


def test_a_process_that_is_behind(tmp_path: Path, database_url: str) -> None:
    """Seconds since the first step was recorded that it has not taken; 0 as soon as it has. A draft is no such step."""
    here, there = (Bank(tmp_path, database_url) for _ in range(2))
    there.clock.forward(minutes=5)
    here.draft(limited(300), here.ann)
    assert seen(there)["release_behind_seconds"] == 0
    lower = here.release(limited(500), here.ann, here.bob)
    behind = seen(there)
    assert 240 < behind["release_behind_seconds"] < 360
    assert f"release_info {lower} 1.1.9500" not in behind
    there.services.releases.snapshots.refresh()
    caught_up = seen(there)
    assert (caught_up["release_behind_seconds"], caught_up[f"release_info {lower} 1.1.9500"]) == (0, 1)
    for each in (here, there):
        each.services.close()


def test_workers_tell_the_same(bank: Bank, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where workers share a directory, what is read off the record is told once and not added up."""
    bank.release(limited(500), bank.ann, bank.bob)
    alone = seen(bank)
    (tmp_path / "shared").mkdir()
    monkeypatch.setenv(DIRECTORY, str(tmp_path / "shared"))
    assert seen(bank) == alone


def test_where_files_decide(start: Callable[..., Services]) -> None:
    """The release that the files are."""
    services = start()
    create_app(services)
    found = deciding(services.releases)
    assert found is not None
    assert (found.release, found.swaps, found.behind) == (services.releases.current.id, 0, 0.0)


def test_without_a_store(start: Callable[..., Services], tmp_path: Path) -> None:
    """Metrics are answered all the same: what is not known is left out."""
    (tmp_path / "var").write_text("in the way")
    url = f"sqlite:///{tmp_path}/var/greenlane.db"
    by_files = deciding(start(database_url=url).releases)
    assert by_files is not None
    assert (by_files.release is None, by_files.behind) == (False, None)
    services = start(database_url=url, rules_mode="releases")
    assert deciding(services.releases) is None
    response = create_app(services).test_client().get("/metrics")
    assert (response.status_code, "greenlane_release" in response.text) == (200, False)
