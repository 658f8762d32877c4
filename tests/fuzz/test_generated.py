"""A first few of the generated inputs, as every run of the tests goes through them; the rest is a campaign's."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature

from greenlane.api.evidence.pack import verify
from tests.campaigns.report import PAGE, with_inputs
from tests.fuzz import findings as found
from tests.fuzz.archives import check_pack
from tests.fuzz.bounds import lower_bounds
from tests.fuzz.campaign import SHARES, read_progress
from tests.fuzz.checks import CHECKS
from tests.fuzz.cursors import KEY, PLACES, check_cursor
from tests.fuzz.findings import Findings
from tests.fuzz.generated import GENERATED, generated
from tests.fuzz.seeds import SENTENCES
from tests.fuzz.service import check_request, check_token, service

FEW = {"workbook": 10, "rulefile": 20, "request": 150, "pack": 40, "token": 60}


@pytest.fixture(autouse=True)
def _bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    lower_bounds(monkeypatch.setattr)


@pytest.mark.parametrize("target", GENERATED)
def test_the_first_inputs_pass(target: str) -> None:
    """Of every target."""
    for number in range(FEW.get(target, 100)):
        CHECKS[target.removesuffix(SENTENCES)](generated(target, number))


@pytest.mark.parametrize("target", [name for name in GENERATED if name != "pack"])
def test_an_input_is_the_same_each_time(target: str) -> None:
    """A number is enough to make a finding again; two numbers seldom make the same."""
    made = [generated(target, number) for number in range(10)]
    assert made == [generated(target, number) for number in range(10)]
    assert len(set(made)) > 5


def test_every_target_has_its_share() -> None:
    """Of a hundred inputs."""
    assert SHARES.keys() == GENERATED.keys()
    assert sum(SHARES.values()) == 100


def test_the_page_tells_what_was_done() -> None:
    """docs/reliability.md has the figures of the shares so far, and is not changed by being written again."""
    page = PAGE.read_text(encoding="utf-8")
    assert with_inputs(page, read_progress()) == page


def test_checks_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that fails; a cursor, a token, a pack that are taken and nobody made: each would be a finding."""
    with pytest.raises(AssertionError, match="leads to 5"):
        check_cursor(KEY.seal(PLACES[0], 5).encode())
    monkeypatch.setattr(verify, "verify", lambda *_: 0)
    with pytest.raises(AssertionError, match="nobody made"):
        check_pack(verify.packed({"README.md": b"x"}))
    app = service().app
    monkeypatch.setattr(app, "wsgi_app", lambda _environ, start: start("200 OK", []) or [b"{}"])
    with pytest.raises(InvalidSignature):
        check_token(b"a.b." + b"A" * 86)
    monkeypatch.setattr(app, "wsgi_app", lambda _environ, start: start("500 FAILED", []) or [b"{}"])
    with pytest.raises(AssertionError, match="answered 500"):
        check_request(b"GET /healthz\n\n")


def test_findings_are_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The input and why, once for each place; a hang and a lack of memory among them."""
    monkeypatch.setattr(found, "SECONDS", 0.2)
    found.watch()
    findings = Findings(tmp_path)

    def hangs(_data: bytes) -> None:
        until = time.process_time() + 60
        while time.process_time() < until:
            pass

    def needs_memory(_data: bytes) -> None:
        raise MemoryError

    for check in (hangs, needs_memory, needs_memory):
        findings.run(check, f"{check.__name__}".encode())
    findings.run(lambda _data: None, b"fine")
    assert findings.number == 2
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".input", ".input", ".why", ".why"]
    told = capsys.readouterr().err
    assert "hang under" in told
    assert "MemoryError" in told
