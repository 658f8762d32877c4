"""Rules that nobody has approved never run in a worker, whatever is asked about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from greenlane.api.app import create_app
from greenlane.api.config import Settings
from greenlane.api.releases.examination import (
    Asked,
    ComparisonExamination,
    DraftExamination,
    Findings,
    SubmissionExamination,
)
from greenlane.api.wiring.services import Services, build_services
from greenlane.engine.policy import Policy, compiler
from tests.api.callers import Caller
from tests.api.conftest import SteadyClock
from tests.api.sandbox_here import SandboxHere
from tests.api.small_rules import FILES, LOWER
from tests.api.submitting import submit


class NotingSandbox(SandboxHere):
    """Notes what is asked."""

    def __init__(self, settings: Settings, places: Path | None) -> None:
        super().__init__(settings, places)
        self.asked: list[type[Asked]] = []

    def examine(self, asked: Asked) -> Findings:
        """What is found."""
        self.asked.append(type(asked))
        return super().examine(asked)


@dataclass
class Watched:
    """A service, what its sandbox was asked, and the rules that its workers compiled, by their limit."""

    services: Services
    compiled: list[str] = field(default_factory=list)

    @property
    def asked(self) -> list[type[Asked]]:
        """What was asked since the last look."""
        sandbox = self.services.sandbox
        assert isinstance(sandbox, NotingSandbox)
        found, sandbox.asked = sandbox.asked, []
        return found

    def compile(self, files: Mapping[str, bytes]) -> Policy:
        """Compiles as workers do."""
        self.compiled.append("500" if b"> 500" in files["pricing.yaml"] else "1000")
        return compiler("bitmap")(files)


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    """A service whose releases decide, of which the small rules are the first."""
    for path, text in FILES.items():
        (tmp_path / "rules" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "rules" / path).write_text(text, encoding="utf-8")
    monkeypatch.setattr("greenlane.api.wiring.services.Sandbox", NotingSandbox)
    settings = Settings(f"sqlite:///{tmp_path}/greenlane.db", tmp_path / "rules", rules_mode="releases")
    services = build_services(settings, SteadyClock())
    found = Watched(services)
    services.releases.cache.compile = found.compile
    yield found
    services.close()


def test_only_what_is_approved_is_compiled(watched: Watched) -> None:
    """Drafted, submitted, compared and blamed it is examined elsewhere; approved, it is made ready to decide."""
    app = create_app(watched.services)
    ann, bob = Caller(app, "ann"), Caller(app, "bob")
    snapshots = watched.services.releases.snapshots
    first = ann.get("/v1/releases").get_json()["releases"][0]["id"]
    release = ann.post("/v1/releases", {"files": LOWER}).get_json()["release"]
    assert watched.asked == [DraftExamination]
    submit(ann, release)
    assert watched.asked == [SubmissionExamination]
    snapshots.follow()
    snapshots.prepare()
    for path in (f"{release}/diff", f"{first}/diff?against={release}", f"{release}/blame?row=LIM-1"):
        assert ann.get(f"/v1/releases/{path}").status_code == 200
        assert watched.asked == [ComparisonExamination]
    assert watched.compiled == []
    assert bob.post(f"/v1/releases/{release}/approve").status_code == 200
    assert snapshots.follow()
    snapshots.prepare()
    assert watched.compiled == ["500"]


def test_an_approved_release_is_compared_here(watched: Watched) -> None:
    """It decides here anyway. What is told is the same as before the approval, but for its steps."""
    app = create_app(watched.services)
    ann, bob = Caller(app, "ann"), Caller(app, "bob")
    release = ann.post("/v1/releases", {"files": LOWER}).get_json()["release"]
    submit(ann, release)
    paths = (f"/v1/releases/{release}/diff", f"/v1/releases/{release}/blame?row=LIM-1")
    before = [ann.get(path).get_json() for path in paths]
    bob.post(f"/v1/releases/{release}/approve")
    assert len(watched.asked) == 4
    diff, blame = (ann.get(path).get_json() for path in paths)
    assert watched.asked == []
    assert diff["changes"] == before[0]["changes"]
    assert diff["changes"][1] == {
        "change": "changed",
        "kind": "row",
        "name": "LIM-1",
        "in": "limit",
        "source": "pricing.yaml:14",
        "cell": "amount_wan",
        "old": "> 1000",
        "new": "> 500",
    }
    assert blame["rows"][0]["changes"] == before[1]["rows"][0]["changes"] == diff["changes"][1:]
    assert (before[1]["rows"][0]["approved_by"], blame["rows"][0]["approved_by"]) == ([], ["bob"])
