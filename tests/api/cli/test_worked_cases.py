"""`greenlane test`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.api.cli.conftest import ROOT, Run, spoil

CASES = ROOT / "rules" / "cases"


@pytest.fixture
def own(rules: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cases of a copy of the shipped rules, which commands take."""
    monkeypatch.setenv("GREENLANE_RULES", "rules")
    return rules / "cases"


def expect(file: Path, **members: Any) -> None:
    """Expects something else of a case."""
    case = json.loads(file.read_text(encoding="utf-8"))
    case["expected"] |= members
    file.write_text(json.dumps(case), encoding="utf-8")


def test_shipped_cases_are_as_expected(run: Run) -> None:
    """Every worked case of the rules gives what it should, and the rows they reach are counted."""
    shown = run("test")
    assert shown.exit_code == 0, shown.output
    lines = shown.output.splitlines()
    assert len(lines) == 2
    assert " rows held in some case (" in lines[0]
    assert lines[1] == f"{len(list(CASES.iterdir()))} cases, 0 different"


def test_difference_is_shown_by_its_place(run: Run, own: Path) -> None:
    """Expected and decided, by pointer, with the rows behind; lists by what is in one of them only."""
    expect(own / "EX-01.json", tier="core", mood="good", segments=["growing_sme", "tech", "export"])
    shown = run("test")
    assert shown.exit_code == 1
    assert shown.output.splitlines()[:4] == [
        "EX-01",
        '  /segments: missing ["export"], unexpected ["manufacturing"] (SGM-1, SGM-2, SGM-6)',
        '  /tier: expected "core", decided "strategic" (TR-3)',
        '  /mood: expected "good", decided nothing',
    ]
    assert shown.output.endswith(", 1 different\n")


def test_many_rows_are_cut(run: Run, own: Path) -> None:
    """A price stands on more than a line holds."""
    expect(own / "EX-01.json", pricing={})
    assert "LPR-2, PRC-T1, PRC-P1" in (shown := run("test").output)
    assert " and " in shown
    assert " more)" in shown


def test_expectations_are_rewritten(run: Run, own: Path) -> None:
    """`--update` writes the members that were expected, as they are decided, in the layout of the others."""
    before = {file.name: file.read_bytes() for file in own.iterdir()}
    expect(own / "EX-01.json", tier="core")
    expect(own / "EX-02.json", tier="core", mood="good")
    spoil(own / "EX-03.json", '"refer_codes": []', '"refer_codes": [ ]')
    changed = (own / "EX-03.json").read_bytes()
    shown = run("test", "--update")
    assert shown.exit_code == 0
    assert shown.output.endswith("15 cases, 2 different\n2 files updated in rules/cases\n")
    assert {file.name: file.read_bytes() for file in own.iterdir()} == before | {"EX-03.json": changed}
    assert run("test").exit_code == 0


def test_a_new_case_is_filled(run: Run, own: Path) -> None:
    """One that expects nothing yet gets all of the outcome."""
    application = json.loads((own / "EX-04.json").read_text(encoding="utf-8"))["application"]
    (own / "new.json").write_text(json.dumps({"application": application, "expected": {}}), encoding="utf-8")
    assert run("test").exit_code == 0
    assert "1 file updated" in run("test", "--update").output
    filled = json.loads((own / "new.json").read_text(encoding="utf-8"))
    assert filled["application"] == application
    assert filled["expected"]["status"] == "DECLINED"
    assert "0 files updated" in run("test", "--update").output


def test_cases_of_another_folder(run: Run, tmp_path: Path) -> None:
    """Those of the rules are left out then; `--update` writes there."""
    shutil.copytree(CASES, tmp_path / "more")
    for file in sorted((tmp_path / "more").iterdir())[2:]:
        file.unlink()
    expect(tmp_path / "more" / "EX-01.json", tier="core")
    assert run("test", "more").output.endswith("2 cases, 1 different\n")
    assert "1 file updated in more" in run("test", "more", "--update").output
    assert run("test", "more").exit_code == 0


def test_rows_that_no_case_reaches(run: Run) -> None:
    """`--rows` lists them with their place, and says what the nearest case is short of."""
    shown = run("test", "--rows")
    assert "; nearest EX-01: `years_operating` is 7, not `< 3`\n" in shown.output
    assert "never held: MF-L-01 (missing_facts, eligibility.yaml:" in shown.output
    assert "never held: ELG-IN9 (" not in shown.output


def test_no_cases(run: Run, own: Path) -> None:
    """A path without cases is a finding, and so are rules without."""
    assert "there are no cases in `nowhere`" in run("test", "nowhere").output
    shutil.rmtree(own)
    refused = run("test")
    assert refused.exit_code == 1
    assert "there are no cases in `rules/cases`" in refused.output


def test_what_is_no_case(run: Run, own: Path, tmp_path: Path) -> None:
    """Every fault at its file: as `check` says it of the rules' own, and the same elsewhere."""
    (tmp_path / "more").mkdir()
    for folder in (own, tmp_path / "more"):
        (folder / "Y.json").write_text('{"application": {}}', encoding="utf-8")
        (folder / "Z.json").write_text("{", encoding="utf-8")
    for shown in (run("check", "rules"), run("test"), run("test", "more")):
        assert shown.exit_code == 1
        assert "Y.json:1:1: error GL116: the case lacks `expected`" in shown.output
        assert "Z.json:1:1: error GL501: this is not JSON" in shown.output
    (own / "Z.json").unlink()
    (own / "Y.json").write_text('{"application": {"applicant": 1}, "expected": {}}', encoding="utf-8")
    assert "rules/cases/Y.json:1:1: error GL502: `/application/applicant`: " in run("test").output
