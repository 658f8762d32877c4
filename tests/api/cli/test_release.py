"""`greenlane release`: two people, a changed row, evidence, approval, activation, rollback, and the switch."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import structlog
from click.testing import Result
from werkzeug.serving import make_server

from greenlane.api import logs
from greenlane.api.app import create_app
from greenlane.api.config import Settings
from greenlane.api.wiring.services import Services, build_services
from tests.api.callers import identify_callers
from tests.api.cli.conftest import Run
from tests.api.conftest import SteadyClock
from tests.api.small_rules import CORRECTED, FILES, LOWER, changed

As = Callable[..., Result]


def write(directory: Path, files: Mapping[str, str]) -> Path:
    """Rule files on disk."""
    for path, text in files.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(text, encoding="utf-8")
    return directory


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """A running service with the small ruleset, whose releases decide."""
    rules = write(tmp_path / "seed", FILES)
    settings = Settings(f"sqlite:///{tmp_path}/service.db", rules, rules_mode="releases")
    services = build_services(settings, clock=SteadyClock())
    app = create_app(services)
    identify_callers(app)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    logs.configure("error", io.StringIO())
    url = f"http://127.0.0.1:{server.port}"
    monkeypatch.setenv("GREENLANE_URL", url)
    yield services
    server.shutdown()
    thread.join()
    server.server_close()
    services.close()
    structlog.reset_defaults()


@pytest.fixture
def who(run: Run, service: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> As:
    """Runs a command of `release` as a person."""

    def _as(name: str, *words: object) -> Result:
        monkeypatch.setenv("GREENLANE_KEY", name)
        return run("release", *words)

    return _as


def test_the_whole_life(who: As, tmp_path: Path) -> None:
    """Each command says in a line what was recorded; log, list, diff and blame tell it afterwards."""
    new = write(tmp_path / "new", LOWER)
    shown = who("ann", "diff", new)
    assert shown.exit_code == 1
    assert shown.output.splitlines() == [
        "heading",
        "  ~ small-lending  version: 1.0.0 → 1.1.0  (ruleset.yaml)",
        "rows of limit",
        "  ~ LIM-1  amount_wan: > 1000 → > 500  (pricing.yaml:14)",
        "2 changes",
    ]
    drafted = who("ann", "draft", new, "--comment", "降低限额")
    assert drafted.exit_code == 0, drafted.output
    assert drafted.output.rstrip().endswith("drafted     by ann  降低限额")
    release = drafted.output.split()[1]
    assert who("ann", "submit", release, "--comment", "附案例").exit_code == 0
    assert who("bob", "approve", release).exit_code == 0
    activated = who("bob", "activate", release, "--from", "2026-03-01")
    assert "activated   by bob  from 2026-02-28T16:00:00Z" in activated.output
    listed = who("ann", "list").output.splitlines()
    assert [line.split()[2] for line in listed] == ["active", "superseded"]
    assert listed[0].endswith("decides now")
    assert [line.split()[2] for line in who("ann", "log", release).output.splitlines()] == [
        "drafted",
        "submitted",
        "approved",
        "activated",
    ]
    blamed = who("ann", "blame", "--row", "LIM-1").output
    assert f"{release}  activated by bob; ann, approved by bob  amount_wan: > 1000 → > 500" in blamed
    same = who("ann", "diff", new)
    assert (same.exit_code, same.output) == (0, "0 changes\n")
    assert who("ann", "diff", release, "--json").output.count('"cell":"amount_wan"') == 1
    first = listed[1].split()[0]
    assert "amount_wan: > 1000 → > 500" in who("ann", "diff", first, release).output
    assert "amount_wan: > 500 → > 1000" in who("ann", "diff", release, first).output
    assert who("ann", "diff", first, release, first).exit_code == 2
    assert "rolled back by bob  from 2026-02-28T16:00:00Z  误伤" in who("bob", "rollback", "--comment", "误伤").output
    assert len(who("ann", "log").output.splitlines()) == 6


def test_a_correction_that_replaces_what_came_later(who: As, tmp_path: Path) -> None:
    """It is listed, with how to avoid it, and asked about; `--until` ends the correction where the later one began."""
    names = []
    for directory, files in (("lower", LOWER), ("corrected", CORRECTED)):
        names.append(who("ann", "draft", write(tmp_path / directory, files)).output.split()[1])
        who("ann", "submit", names[-1])
        who("bob", "approve", names[-1])
    lower, corrected = names
    assert who("bob", "activate", lower, "--from", "2026-03-01").output.count("\n") == 1
    before = who("ann", "log").output
    tried = who("bob", "activate", corrected, "--from", "2026-02-20", "--dry-run")
    lines = tried.output.splitlines()
    assert tried.exit_code == 0
    assert lines[0] == "takes the place, for 2026-02-19T16:00:00Z – …, of"
    assert lines[2] == f"  {lower}  2026-02-28T16:00:00Z – …"
    assert lines[-1].endswith("give effective_until 2026-02-28T16:00:00.000000Z")
    refused = who("bob", "activate", corrected, "--from", "2026-02-20", "--lang", "zh")
    assert refused.exit_code == 1
    assert "将一并取代此后生效的发布" in refused.output
    assert "仍要启用吗？" in refused.output
    assert who("ann", "log").output == before
    assert who("bob", "activate", corrected, "--from", "2026-02-20", "--until", "2026-03-01").output.count("\n") == 1
    assert "decides now" in next(line for line in who("ann", "list").output.splitlines() if lower in line)
    assert who("bob", "activate", corrected, "--from", "2026-02-20", "--yes").exit_code == 0
    assert "decides now" in next(line for line in who("ann", "list").output.splitlines() if corrected in line)


def test_four_eyes(who: As, tmp_path: Path) -> None:
    """The refusal is said in words, in the caller's language."""
    release = who("eve", "draft", write(tmp_path / "new", LOWER)).output.split()[1]
    who("ann", "submit", release)
    refused = who("eve", "approve", release, "--lang", "zh")
    assert refused.exit_code == 1
    assert refused.output.startswith("error: 不得审批本人起草或提交的规则发布（四眼原则） (four_eyes)\n")
    assert who("bob", "reject", release, "--comment", "再议").exit_code == 0


def test_faults_at_their_cells(who: As, tmp_path: Path) -> None:
    """File, line and column of each, with the help that `check` gives."""
    broken = changed("pricing.yaml", "rates[published", "ratse[published")
    refused = who("ann", "draft", write(tmp_path / "new", broken))
    assert refused.exit_code == 1
    assert "pricing.yaml:3:8: error GL210 unknown name `ratse` (did you mean `rates`" in refused.output


def test_the_kill_switch(who: As) -> None:
    """Turned with a reason, shown, turned back."""
    assert who("ann", "kill-switch").output == "the kill switch is off\n"
    assert who("bob", "kill-switch", "on").exit_code == 2
    assert "stopped     by bob  利率异常" in who("bob", "kill-switch", "on", "--reason", "利率异常").output
    assert who("ann", "kill-switch").output.startswith("the kill switch is on\n")
    assert who("bob", "kill-switch", "off", "--reason", "恢复").exit_code == 0


def test_no_service(who: As, monkeypatch: pytest.MonkeyPatch) -> None:
    """Says where it looked and what to do."""
    monkeypatch.setenv("GREENLANE_URL", "http://127.0.0.1:9")
    refused = who("ann", "list")
    assert refused.exit_code == 1
    assert "no service answers at http://127.0.0.1:9" in refused.output
    assert "greenlane serve" in refused.output


def test_a_submission_that_is_not_judged_yet(who: As, service: Services, tmp_path: Path) -> None:
    """It is waited for as long as is said; it is on record, and nobody approves it meanwhile."""
    service.judge.stop()
    release = who("ann", "draft", write(tmp_path / "new", LOWER)).output.split()[1]
    shown = who("ann", "submit", release, "--wait", "0")
    assert (shown.exit_code, shown.output) == (
        1,
        f"error: {release}: not judged yet; `release log` tells what comes of it\n",
    )
    assert "(evidence_pending)" in who("ann", "submit", release).output
    assert "(evidence_pending)" in who("bob", "approve", release).output
    assert who("ann", "log", release).output.endswith(f"{release}  submission pending  by ann\n")


def test_a_changed_row_needs_a_case(who: As, tmp_path: Path) -> None:
    """The row is named at its place, with what the nearest case is short of."""
    alone = {path: text for path, text in LOWER.items() if path != "cases/B.json"}
    release = who("ann", "draft", write(tmp_path / "new", alone)).output.split()[1]
    refused = who("ann", "submit", release)
    assert refused.exit_code == 1
    assert "(rows_not_reached)" in refused.output
    told = (
        "pricing.yaml:14:1: error not_reached the changed row `LIM-1` holds in no case; nearest is `A`: `amount_wan` is"
    )
    assert told in refused.output
    last = who("ann", "log", release, "--lang", "zh").output.splitlines()[-1]
    assert last.endswith("submission refused  by ann  有改动的规则行没有案例覆盖，未提交 (rows_not_reached)")
