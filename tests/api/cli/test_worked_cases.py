"""`greenlane test`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.api.cli.conftest import ROOT, Run


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    """A copy of the shipped cases, in `examples` of the directory that commands run in."""
    place = tmp_path / "examples"
    shutil.copytree(ROOT / "examples", place)
    return place


def test_shipped_cases_are_as_expected(run: Run, examples: Path) -> None:
    """Every worked case gives what it should, and the rows they reach are counted."""
    shown = run("test")
    assert shown.exit_code == 0, shown.output
    lines = shown.output.splitlines()
    assert len(lines) == 2
    assert " rows held in some case (" in lines[0]
    assert lines[1] == f"{len(list((examples / 'applications').iterdir()))} cases, 0 different"


def test_difference_is_shown_by_its_place(run: Run, examples: Path) -> None:
    """What was expected and what was decided, by pointer; a member that is not decided counts."""
    file = examples / "expected" / "EX-01.json"
    expected = json.loads(file.read_text(encoding="utf-8"))
    expected["pricing"]["rate_pct"] = "2.84"
    expected["mood"] = "good"
    file.write_text(json.dumps(expected), encoding="utf-8")
    shown = run("test")
    assert shown.exit_code == 1
    assert '/pricing/rate_pct: expected "2.84", decided "2.85"' in shown.output
    assert '/mood: expected "good", decided nothing' in shown.output
    assert shown.output.endswith(", 1 different\n")


def test_rows_that_no_case_reaches(run: Run, examples: Path) -> None:
    """`--rows` lists them with their place."""
    shown = run("test", "--rows")
    assert "never held: MF-L-01 (missing_facts, eligibility.yaml:" in shown.output
    assert "never held: ELG-IN9 (" not in shown.output


def test_no_cases(run: Run) -> None:
    """A path without cases is a finding."""
    assert run("test", "nowhere").exit_code == 1


def test_case_without_expectation(run: Run, examples: Path) -> None:
    """A case that expects nothing is named."""
    (examples / "expected" / "EX-03.json").unlink()
    shown = run("test")
    assert shown.exit_code == 1
    assert "EX-03.json` is missing or is not JSON" in shown.output
